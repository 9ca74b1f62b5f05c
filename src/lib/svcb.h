/*
 * svcb - the parameters of SVCB and HTTPS records (RFC 9460)
 */

#ifndef LIB_SVCB_H
#define LIB_SVCB_H

#include "lib/rdata.h"
#include "lib/svcb_key.h"

/* Reads all words that are left as parameters and appends them, sorted by
   key as the wire wants them. */
bool
    svcb_read(struct core_rdata_reader *self);

#endif
