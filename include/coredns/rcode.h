/*
 * rcode - the words for what a reply says: rcodes and Extended DNS Errors
 *
 * As IANA's registries "DNS RCODEs" and "Extended DNS Error Codes" have them.
 */

#ifndef COREDNS_RCODE_H
#define COREDNS_RCODE_H

/* "NXDOMAIN"; NULL for a number without a word. */
const char *
    core_rcode_name(unsigned rcode);

/* The number of a word in any case, or -1. */
int
    core_rcode_from_name(const char *name);

/* "Stale Answer"; NULL for a number without a purpose (RFC 8914). */
const char *
    core_ede_name(unsigned code);

#endif
