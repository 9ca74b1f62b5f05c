/*
 * rdata_field - the kinds of fields that rdata is made of
 *
 * Each takes the word in front (or all that are left) and appends what it
 * stands for.  False: rdata_fail() was called.
 */

#ifndef LIB_RDATA_FIELD_H
#define LIB_RDATA_FIELD_H

#include "lib/rdata.h"
#include "lib/rdata_layout.h"

/* Reads the field of that letter. */
bool
    rdata_field_read(struct core_rdata_reader *self, char letter);

#endif
