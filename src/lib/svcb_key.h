/*
 * svcb_key - the keys of SVCB and HTTPS parameters (RFC 9460 section 14.3.2),
 * and how many and how long they may be here
 */

#ifndef LIB_SVCB_KEY_H
#define LIB_SVCB_KEY_H

#define SVCB_PARAMETERS 64              /* of one record */
#define SVCB_VALUE_SIZE 8192            /* octets of a value's text */

enum svcb_key {
    SVCB_MANDATORY = 0, SVCB_ALPN = 1, SVCB_NO_DEFAULT_ALPN = 2,
    SVCB_PORT = 3, SVCB_IPV4HINT = 4, SVCB_ECH = 5, SVCB_IPV6HINT = 6,
    SVCB_DOHPATH = 7, SVCB_OHTTP = 8,
};

/* The word of a key; NULL: it has none, nor has any above. */
const char *
    svcb_key_name(unsigned key);

#endif
