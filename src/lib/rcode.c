/*
 * rcode - the words for what a reply says: rcodes and Extended DNS Errors
 */

#include "coredns/rcode.h"

#include <stddef.h>
#include <strings.h>

#define COUNT(table) (sizeof (table) / sizeof *(table))

static const char *const rcodes[] = {
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
    "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
    [16] = "BADVERS", "BADKEY", "BADTIME", "BADMODE", "BADNAME", "BADALG",
    "BADTRUNC", "BADCOOKIE",
};

static const char *const errors[] = {
    "Other Error", "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type", "Stale Answer", "Forged Answer",
    "DNSSEC Indeterminate", "DNSSEC Bogus", "Signature Expired",
    "Signature Not Yet Valid", "DNSKEY Missing", "RRSIGs Missing",
    "No Zone Key Bit Set", "NSEC Missing", "Cached Error", "Not Ready",
    "Blocked", "Censored", "Filtered", "Prohibited", "Stale NXDOMAIN Answer",
    "Not Authoritative", "Not Supported", "No Reachable Authority",
    "Network Error", "Invalid Data", "Signature Expired before Valid",
    "Too Early", "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy", "Synthesized", "Invalid Query Type",
};

const char *
core_rcode_name(unsigned rcode)
{
    return rcode < COUNT(rcodes) ? rcodes[rcode] : NULL;
}

int
core_rcode_from_name(const char *name)
{
    for (size_t i = 0; i < COUNT(rcodes); i++)
        if (rcodes[i] != NULL && strcasecmp(rcodes[i], name) == 0)
            return (int) i;
    return -1;
}

const char *
core_ede_name(unsigned code)
{
    return code < COUNT(errors) ? errors[code] : NULL;
}
