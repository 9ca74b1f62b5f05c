/*
 * svcb_key - the keys of SVCB and HTTPS parameters (RFC 9460 section 14.3.2)
 */

#include "lib/svcb_key.h"

#include <stddef.h>

static const char *const names[] = {
    "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech",
    "ipv6hint", "dohpath", "ohttp",
};

const char *
svcb_key_name(unsigned key)
{
    return key < sizeof names / sizeof *names ? names[key] : NULL;
}
