/*
 * admit - the one door that every query comes through
 *
 * The order of the checks is the order of what they cost a victim: first what
 * must stay silent (an answer to an answer is a loop), then what can be said
 * with the header alone, then what needs the whole message.
 */

#include "frontend/admit.h"

#include <string.h>

#include "coredns/rrtype.h"

/* What can never be a query, or whose reply could reach nobody or a loop. */
static bool
must_stay_silent(const uint8_t *bytes, size_t size,
                 enum core_transport transport, const struct admit_peer *peer)
{
    if (size < CORE_HEADER_SIZE || (bytes[2] & 0x80) != 0)
        return true;
    return transport == CORE_UDP && peer->port == 0;
}

static bool
is_client(const struct admit_policy *policy, enum core_transport transport,
          const struct admit_peer *peer)
{
    const struct core_network *networks = policy->clients.items;

    if (policy->clients.count == 0 || transport == CORE_INTERNAL)
        return true;
    for (size_t i = 0; i < policy->clients.count; i++) {
        if (core_network_contains(&networks[i], peer->address))
            return true;
    }
    return false;
}

/*
 * A query has no use for records in front of the additional section, but for
 * the SOA of an IXFR (RFC 1995 section 3); there may be one of each all the
 * same, which nobody looks at.
 */
static bool
has_only_allowed_records(const struct core_message *message)
{
    struct core_records records;
    struct core_rr rr;

    if (message->qtype != CORE_IXFR)
        return message->counts[CORE_ANSWER] <= 1
            && message->counts[CORE_AUTHORITY] <= 1;
    if (message->counts[CORE_ANSWER] != 0
        || message->counts[CORE_AUTHORITY] > 1)
        return false;
    core_records_start(&records, message);
    return message->counts[CORE_AUTHORITY] == 0
        || (core_records_next(&records, &rr) && rr.type == CORE_SOA);
}

/* Classes that hold no data: which others are answered is the route's. */
static bool
is_meta_class(uint16_t qclass)
{
    return qclass == 0 || qclass == CORE_CLASS_NONE
        || qclass == CORE_CLASS_ANY;
}

/*
 * Types that may not be asked for (RFC 6895 section 3.1): 0, OPT, and the
 * range of meta types but for those that are questions.  NOERROR: may be.
 */
static unsigned
rcode_of_type(uint16_t qtype, enum core_transport transport)
{
    switch (qtype) {
    case CORE_ANY:
        return CORE_NOERROR;
    case CORE_AXFR:
        return transport == CORE_UDP ? CORE_REFUSED : CORE_NOERROR;
    case CORE_IXFR:
        return CORE_NOERROR;
    case 253:                           /* MAILB, MAILA: RFC 883's, obsolete */
    case 254:
        return CORE_NOTIMP;
    default:
        if (qtype == 0 || qtype == CORE_OPT || (qtype >= 128 && qtype <= 255))
            return CORE_FORMERR;
        return CORE_NOERROR;
    }
}

/* What is wrong with a whole, well-formed message; NOERROR when nothing is. */
static unsigned
rcode_of_query(const struct core_message *message,
               enum core_transport transport)
{
    if (message->edns.present && message->edns.version != 0)
        return CORE_BADVERS;            /* RFC 6891 section 6.1.3 */
    if (!has_only_allowed_records(message))
        return CORE_FORMERR;
    if (is_meta_class(message->qclass))
        return CORE_REFUSED;
    return rcode_of_type(message->qtype, transport);
}

enum admit_verdict
admit(const struct admit_policy *policy, const uint8_t *bytes, size_t size,
      enum core_transport transport, const struct admit_peer *peer,
      struct core_message *message, unsigned *rcode)
{
    if (must_stay_silent(bytes, size, transport, peer))
        return ADMIT_DROP;

    enum core_parse parse = core_message_parse(message, bytes, size);

    *rcode = CORE_NOERROR;
    if (parse == CORE_PARSE_SHORT)
        return ADMIT_DROP;
    if (!is_client(policy, transport, peer))
        *rcode = CORE_REFUSED;
    else if (core_message_opcode(message) != CORE_OPCODE_QUERY)
        *rcode = CORE_NOTIMP;
    else if (parse != CORE_PARSE_OK && parse != CORE_PARSE_TRAILING)
        *rcode = CORE_FORMERR;
    else
        *rcode = rcode_of_query(message, transport);
    if (*rcode != CORE_NOERROR)
        return ADMIT_REPLY;

    /* No keys are configured: every one is unknown (RFC 8945 5.2.1). */
    if (message->tsig_offset != 0)
        return ADMIT_UNKNOWN_KEY;
    return ADMIT_QUERY;
}
