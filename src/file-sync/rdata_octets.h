/*
 * rdata_octets - octets that are written as hex, base64, base32 or types
 */

#ifndef FILE_SYNC_RDATA_OCTETS_H
#define FILE_SYNC_RDATA_OCTETS_H

#include "file-sync/rdata.h"

/* The word in front; the reader goes behind it. */
const struct word *
    rdata_take_word(struct rdata_reader *self);

/* The value of a hex digit; -1 when it is none. */
int
    rdata_hex_digit(char digit);

/* Readers of fields, see rdata_field.h. */
bool
    rdata_read_hex(struct rdata_reader *self);
bool
    rdata_read_base64(struct rdata_reader *self);
bool
    rdata_read_key(struct rdata_reader *self);
bool
    rdata_read_salt(struct rdata_reader *self);
bool
    rdata_read_hash(struct rdata_reader *self);
bool
    rdata_read_types(struct rdata_reader *self);

#endif
