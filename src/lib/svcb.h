/*
 * svcb - the parameters of SVCB and HTTPS records (RFC 9460)
 */

#ifndef LIB_SVCB_H
#define LIB_SVCB_H

#include "lib/rdata.h"

#define SVCB_PARAMETERS 64              /* of one record */
#define SVCB_VALUE_SIZE 8192            /* octets of a value's text */

enum svcb_key {
    SVCB_MANDATORY = 0, SVCB_ALPN = 1, SVCB_NO_DEFAULT_ALPN = 2,
    SVCB_PORT = 3, SVCB_IPV4HINT = 4, SVCB_ECH = 5, SVCB_IPV6HINT = 6,
    SVCB_DOHPATH = 7, SVCB_OHTTP = 8,
};

/* The word of a key, or NULL. */
const char *
    svcb_key_name(unsigned key);

/* Reads all words that are left as parameters and appends them, sorted by
   key as the wire wants them. */
bool
    svcb_read(struct core_rdata_reader *self);

#endif
