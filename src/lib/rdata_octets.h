/*
 * rdata_octets - octets that are written as hex, base64, base32 or types
 */

#ifndef LIB_RDATA_OCTETS_H
#define LIB_RDATA_OCTETS_H

#include "lib/rdata.h"

/* The word in front; the reader goes behind it. */
const struct core_word *
    rdata_take_word(struct core_rdata_reader *self);

/* The value of a hex digit; -1 when it is none. */
int
    rdata_hex_digit(char digit);

/* Readers of fields, see rdata_field.h. */
bool
    rdata_read_hex(struct core_rdata_reader *self);
bool
    rdata_read_base64(struct core_rdata_reader *self);
bool
    rdata_read_key(struct core_rdata_reader *self);
bool
    rdata_read_salt(struct core_rdata_reader *self);
bool
    rdata_read_hash(struct core_rdata_reader *self);
bool
    rdata_read_types(struct core_rdata_reader *self);

#endif
