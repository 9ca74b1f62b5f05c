/*
 * rdata_layout - which fields the rdata of each type has
 */

#include "lib/rdata_layout.h"

#include <stddef.h>

#include "coredns/rrtype.h"

static const struct {
    uint16_t type;
    char fields[10];
} layouts[] = {
    { CORE_A, "a" }, { CORE_AAAA, "6" }, { CORE_CNAME, "l" },
    { CORE_NS, "l" }, { CORE_MX, "2l" }, { CORE_TXT, "S" },
    { CORE_PTR, "n" }, { CORE_SRV, "222n" }, { CORE_SOA, "ll4tttt" },
    { CORE_RRSIG, "yg1tTT2nb" }, { CORE_NSEC, "nm" }, { CORE_DS, "2g1x" },
    { CORE_DNSKEY, "21gb" }, { CORE_SVCB, "2nv" }, { CORE_HTTPS, "2nv" },
    { CORE_CAA, "1kq" }, { CORE_DNAME, "n" }, { CORE_NAPTR, "22sssn" },
    { CORE_MD, "n" }, { CORE_MF, "n" }, { CORE_MB, "n" }, { CORE_MG, "n" },
    { CORE_MR, "n" }, { CORE_MINFO, "nn" }, { CORE_HINFO, "ss" },
    { CORE_RP, "nn" }, { CORE_AFSDB, "2n" }, { CORE_RT, "2n" },
    { CORE_SIG, "yg1tTT2nb" }, { 25 /* KEY */, "21gb" }, { CORE_PX, "2nn" },
    { CORE_KX, "2n" }, { 37 /* CERT */, "c2gb" }, { 44 /* SSHFP */, "11x" },
    { 45 /* IPSECKEY */, "111GB" }, { 260 /* AMTRELAY */, "1R" },
    { 19 /* X25 */, "s" }, { 27 /* GPOS */, "sss" },
    { 49 /* DHCID */, "b" }, { CORE_NSEC3, "112hom" },
    { CORE_NSEC3PARAM, "112h" }, { 52 /* TLSA */, "111x" },
    { 53 /* SMIMEA */, "111x" }, { 56 /* NINFO */, "S" },
    { 58 /* TALINK */, "nn" }, { 59 /* CDS */, "2g1x" },
    { 60 /* CDNSKEY */, "21gb" }, { 61 /* OPENPGPKEY */, "b" },
    { 62 /* CSYNC */, "42m" }, { 63 /* ZONEMD */, "411x" },
    { 99 /* SPF */, "S" }, { 104 /* NID */, "2i" }, { 105 /* L32 */, "2a" },
    { 106 /* L64 */, "2i" }, { 107 /* LP */, "2n" }, { 108 /* EUI48 */, "e" },
    { 109 /* EUI64 */, "E" }, { 256 /* URI */, "22q" }, { 258 /* AVC */, "S" },
    { 261 /* RESINFO */, "S" }, { 262 /* WALLET */, "S" },
    { 32769 /* DLV */, "2g1x" },
};

const char *
rdata_layout(uint16_t type)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].type == type)
            return layouts[i].fields;
    return NULL;
}
