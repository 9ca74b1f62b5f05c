/*
 * rrtype - what the wire needs to know of a record type
 *
 * Mnemonics of all types that the library of zone text knows, TYPEnnn (RFC
 * 3597) for the rest; and for the types whose rdata holds domain names: where,
 * and whether they may be compressed.
 */

#ifndef COREDNS_RRTYPE_H
#define COREDNS_RRTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum core_rrtype {
    CORE_A = 1, CORE_NS = 2, CORE_MD = 3, CORE_MF = 4, CORE_CNAME = 5,
    CORE_SOA = 6, CORE_MB = 7, CORE_MG = 8, CORE_MR = 9, CORE_WKS = 11,
    CORE_PTR = 12, CORE_HINFO = 13, CORE_MINFO = 14, CORE_MX = 15,
    CORE_TXT = 16, CORE_RP = 17, CORE_AFSDB = 18, CORE_RT = 21,
    CORE_NSAP_PTR = 23, CORE_SIG = 24,
    CORE_PX = 26, CORE_AAAA = 28, CORE_NXT = 30, CORE_SRV = 33,
    CORE_NAPTR = 35, CORE_KX = 36, CORE_DNAME = 39, CORE_OPT = 41,
    CORE_DS = 43, CORE_RRSIG = 46, CORE_NSEC = 47, CORE_DNSKEY = 48,
    CORE_NSEC3 = 50, CORE_NSEC3PARAM = 51, CORE_TALINK = 58, CORE_CDS = 59,
    CORE_CDNSKEY = 60, CORE_ZONEMD = 63, CORE_SVCB = 64, CORE_HTTPS = 65,
    CORE_DSYNC = 66, CORE_LP = 107,
    CORE_TKEY = 249, CORE_TSIG = 250, CORE_IXFR = 251, CORE_AXFR = 252,
    CORE_ANY = 255, CORE_CAA = 257,
};

enum core_rrclass {
    CORE_IN = 1, CORE_CH = 3, CORE_HS = 4, CORE_CLASS_NONE = 254,
    CORE_CLASS_ANY = 255,
};

#define CORE_RRTYPE_TEXT_SIZE 16

/* "A", "TYPE65280"...; written to text and returned. */
const char *
    core_rrtype_to_text(char text[CORE_RRTYPE_TEXT_SIZE], uint16_t type);

/* The number of a mnemonic or TYPEnnn in any case, or -1. */
int
    core_rrtype_from_text(const char *text);

/* "IN", "CLASS65280"...; written to text and returned. */
const char *
    core_rrclass_to_text(char text[CORE_RRTYPE_TEXT_SIZE], uint16_t rrclass);

/*
 * How the names lie in the rdata of a type: octets in front of the first name,
 * then so many names in a row.  names is 0 for types without.
 *
 * It is 0 too where the octets in front vary: NAPTR, A6, IPSECKEY, HIP and
 * AMTRELAY.  Their names are never compressed, so to the wire they are plain
 * octets; who needs them (the canonical form of RFC 4034) has to look himself.
 */
struct core_rrtype_names {
    uint8_t before;
    uint8_t names;
    bool compressible;                  /* RFC 3597 section 4 */
};

struct core_rrtype_names
    core_rrtype_names(uint16_t type);

#endif
