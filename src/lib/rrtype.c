/*
 * rrtype - what the wire needs to know of a record type
 *
 * The mnemonics are those of IANA's table; the common ones come early in it,
 * so a search from the front finds them at once.
 */

#include "coredns/rrtype.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ROW(number, text) { number, sizeof text - 1, text }

/* In order of their numbers. */
static const struct {
    uint16_t number;
    uint8_t length;
    char text[CORE_RRTYPE_TEXT_SIZE - 3];
} rows[] = {
    ROW(1, "A"), ROW(2, "NS"), ROW(3, "MD"), ROW(4, "MF"), ROW(5, "CNAME"),
    ROW(6, "SOA"), ROW(7, "MB"), ROW(8, "MG"), ROW(9, "MR"), ROW(10, "NULL"),
    ROW(11, "WKS"), ROW(12, "PTR"), ROW(13, "HINFO"), ROW(14, "MINFO"),
    ROW(15, "MX"), ROW(16, "TXT"), ROW(17, "RP"), ROW(18, "AFSDB"),
    ROW(19, "X25"), ROW(20, "ISDN"), ROW(21, "RT"), ROW(22, "NSAP"),
    ROW(23, "NSAP-PTR"), ROW(24, "SIG"), ROW(25, "KEY"), ROW(26, "PX"),
    ROW(27, "GPOS"), ROW(28, "AAAA"), ROW(29, "LOC"), ROW(30, "NXT"),
    ROW(31, "EID"), ROW(32, "NIMLOC"), ROW(33, "SRV"), ROW(34, "ATMA"),
    ROW(35, "NAPTR"), ROW(36, "KX"), ROW(37, "CERT"), ROW(38, "A6"),
    ROW(39, "DNAME"), ROW(40, "SINK"), ROW(41, "OPT"), ROW(42, "APL"),
    ROW(43, "DS"), ROW(44, "SSHFP"), ROW(45, "IPSECKEY"), ROW(46, "RRSIG"),
    ROW(47, "NSEC"), ROW(48, "DNSKEY"), ROW(49, "DHCID"), ROW(50, "NSEC3"),
    ROW(51, "NSEC3PARAM"), ROW(52, "TLSA"), ROW(53, "SMIMEA"), ROW(55, "HIP"),
    ROW(56, "NINFO"), ROW(57, "RKEY"), ROW(58, "TALINK"), ROW(59, "CDS"),
    ROW(60, "CDNSKEY"), ROW(61, "OPENPGPKEY"), ROW(62, "CSYNC"),
    ROW(63, "ZONEMD"), ROW(64, "SVCB"), ROW(65, "HTTPS"), ROW(66, "DSYNC"),
    ROW(99, "SPF"), ROW(100, "UINFO"), ROW(101, "UID"), ROW(102, "GID"),
    ROW(103, "UNSPEC"), ROW(104, "NID"), ROW(105, "L32"), ROW(106, "L64"),
    ROW(107, "LP"), ROW(108, "EUI48"), ROW(109, "EUI64"), ROW(128, "NXNAME"),
    ROW(249, "TKEY"), ROW(250, "TSIG"), ROW(251, "IXFR"), ROW(252, "AXFR"),
    ROW(253, "MAILB"), ROW(254, "MAILA"), ROW(255, "ANY"), ROW(256, "URI"),
    ROW(257, "CAA"), ROW(258, "AVC"), ROW(259, "DOA"), ROW(260, "AMTRELAY"),
    ROW(261, "RESINFO"), ROW(262, "WALLET"), ROW(32768, "TA"),
    ROW(32769, "DLV"),
};

#undef ROW

#define ROWS (sizeof rows / sizeof *rows)

/* The mnemonic of a number, or NULL. */
static const char *
find_text(uint16_t number)
{
    size_t low = 0;
    size_t high = ROWS;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (rows[middle].number == number)
            return rows[middle].text;
        if (rows[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *
core_rrtype_to_text(char text[CORE_RRTYPE_TEXT_SIZE], uint16_t type)
{
    const char *mnemonic = find_text(type);

    if (mnemonic != NULL)
        return strcpy(text, mnemonic);
    snprintf(text, CORE_RRTYPE_TEXT_SIZE, "TYPE%u", type);
    return text;
}

/* Reads the digits behind TYPE (RFC 3597 section 5). */
static int
read_number(const char *digits)
{
    int number = 0;

    if (*digits == '\0')
        return -1;
    for (; *digits != '\0'; digits++) {
        if (*digits < '0' || *digits > '9')
            return -1;
        number = number * 10 + *digits - '0';
        if (number > UINT16_MAX)
            return -1;
    }
    return number;
}

const char *
core_rrclass_to_text(char text[CORE_RRTYPE_TEXT_SIZE], uint16_t rrclass)
{
    switch (rrclass) {
    case CORE_IN:
        return strcpy(text, "IN");
    case CORE_CH:
        return strcpy(text, "CH");
    case CORE_HS:
        return strcpy(text, "HS");
    case CORE_CLASS_NONE:
        return strcpy(text, "NONE");
    case CORE_CLASS_ANY:
        return strcpy(text, "ANY");
    default:
        snprintf(text, CORE_RRTYPE_TEXT_SIZE, "CLASS%u", rrclass);
        return text;
    }
}

int
core_rrtype_from_text(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].length == length && strcasecmp(rows[i].text, text) == 0)
            return rows[i].number;
    return strncasecmp(text, "TYPE", 4) == 0 ? read_number(text + 4) : -1;
}

struct core_rrtype_names
core_rrtype_names(uint16_t type)
{
    switch (type) {
    case CORE_NS: case CORE_MD: case CORE_MF: case CORE_CNAME: case CORE_MB:
    case CORE_MG: case CORE_MR: case CORE_PTR:
        return (struct core_rrtype_names) { 0, 1, true };
    case CORE_SOA: case CORE_MINFO:
        return (struct core_rrtype_names) { 0, 2, true };
    case CORE_MX:
        return (struct core_rrtype_names) { 2, 1, true };
    case CORE_NSAP_PTR: case CORE_NXT: case CORE_DNAME: case CORE_NSEC:
        return (struct core_rrtype_names) { 0, 1, false };
    case CORE_RP: case CORE_TALINK:
        return (struct core_rrtype_names) { 0, 2, false };
    case CORE_AFSDB: case CORE_RT: case CORE_KX: case CORE_SVCB:
    case CORE_HTTPS: case CORE_LP:
        return (struct core_rrtype_names) { 2, 1, false };
    case CORE_PX:
        return (struct core_rrtype_names) { 2, 2, false };
    case CORE_DSYNC:
        return (struct core_rrtype_names) { 5, 1, false };
    case CORE_SRV:
        return (struct core_rrtype_names) { 6, 1, false };
    case CORE_SIG: case CORE_RRSIG:
        return (struct core_rrtype_names) { 18, 1, false };
    case CORE_TKEY: case CORE_TSIG:
        return (struct core_rrtype_names) { 0, 1, false };
    default:
        return (struct core_rrtype_names) { 0, 0, false };
    }
}
