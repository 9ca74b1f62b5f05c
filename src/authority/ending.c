/*
 * ending - what stands behind the answer section
 */

#include "authority/ending.h"

#include "authority/denial.h"
#include "authority/followed.h"
#include "coredns/rrtype.h"

/* RFC 9276 section 3.2; the name of info code 27. */
#define EDE_NSEC3_ITERATIONS ((enum core_ede) 27)

static bool
prove(struct answer *answer, const struct link *link, enum denial_kind kind)
{
    return !answer->reply.dnssec_ok
        || denial_write(&answer->reply, link->zone, kind, link->name,
                        &link->found);
}

/* Each name that a wildcard stood for: it does not exist itself. */
static bool
prove_wildcards(struct answer *answer)
{
    for (unsigned i = 0; i < answer->chain.count; i++) {
        const struct link *link = &answer->chain.links[i];
        bool is_last = i + 1 == answer->chain.count;

        if (link->zone == NULL || link->found.kind != FIND_WILDCARD)
            continue;
        if (is_last && answer->ending != ENDING_POSITIVE)
            continue;                   /* its own proof says more */
        if (!prove(answer, link, DENIAL_WILDCARD))
            return false;
    }
    return true;
}

/* The servers of the question's zone, unless they are the answer. */
static void
write_servers(struct answer *answer)
{
    const struct zone *zone = answer->chain.links[0].zone;

    if (answer->style->ns_in_authority && zone != NULL && zone->apex != NULL)
        reply_type(&answer->reply, CORE_AUTHORITY, zone->apex,
                   zone->apex->name, CORE_NS);
}

static bool
write_referral(struct answer *answer)
{
    const struct link *link = chain_last(&answer->chain);
    const struct node *cut = link->found.node;
    struct link at_cut = {
        .name = cut->name, .zone = link->zone, .found = link->found,
    };
    struct rrset servers;

    node_find(cut, CORE_NS, &servers);
    reply_rrset(&answer->reply, CORE_AUTHORITY, cut, cut->name, &servers);
    reply_note_targets(&answer->reply, link->zone, cut->name, &servers);
    if (!answer->reply.dnssec_ok
        || reply_type(&answer->reply, CORE_AUTHORITY, cut, cut->name,
                      CORE_DS))
        return true;
    return prove(answer, &at_cut, DENIAL_DS);
}

/* The zone whose SOA goes with a negative reply; NULL: that of a look-up. */
static const struct zone *
negative_zone(const struct answer *answer)
{
    const struct chain *chain = &answer->chain;

    if (answer->style->ns_in_authority)
        return chain->links[0].zone;
    return chain->links[chain->count - 1].zone;
}

static enum denial_kind
denial_of(const struct answer *answer, const struct link *link)
{
    if (answer->ending == ENDING_NO_NAME)
        return DENIAL_NAME;
    if (link->found.kind == FIND_WILDCARD
        || link->found.kind == FIND_WILDCARD_EMPTY)
        return DENIAL_WILDCARD_TYPE;
    return DENIAL_TYPE;
}

static bool
write_negative(struct answer *answer)
{
    const struct link *link = chain_last(&answer->chain);
    const struct zone *zone = negative_zone(answer);
    struct rrset soa;

    if (answer->ending == ENDING_NO_NAME)
        answer->rcode = CORE_NXDOMAIN;
    if (zone == NULL) {
        followed_soa(answer);
        return true;
    }
    if (!zone->has_soa)
        return true;

    uint32_t ttl = zone->negative_ttl;

    if (answer->style->negative == ANSWER_NEGATIVE_SOA
        && node_find(zone->apex, CORE_SOA, &soa))
        ttl = soa.ttl;
    reply_soa(&answer->reply, zone, ttl);
    return link->zone != zone || prove(answer, link, denial_of(answer, link));
}

/*
 * In the style that names the question's zone, a chain of aliases is a positive
 * reply though its last name has no such records, unless that is the first
 * name out of the zone: so answers who looks up what lies outside and takes an
 * empty reply for all there is.
 */
static bool
counts_as_positive(const struct answer *answer)
{
    const struct chain *chain = &answer->chain;
    unsigned inside = 1;

    while (inside < chain->count
           && chain->links[inside].zone == chain->links[0].zone)
        inside++;
    return answer->style->ns_in_authority && answer->ending == ENDING_NO_TYPE
        && chain->count > 1 && inside + 1 != chain->count;
}

static bool
write_authority(struct answer *answer)
{
    switch (answer->ending) {
    case ENDING_NO_TYPE:
    case ENDING_NO_NAME:
        return write_negative(answer);
    case ENDING_CUT:
        return write_referral(answer);
    case ENDING_LOOP:
        return false;
    case ENDING_TOO_LONG:
        answer->rcode = CORE_YXDOMAIN;
        return true;
    case ENDING_TOO_MANY:
    case ENDING_FAILED:
        answer->rcode = CORE_SERVFAIL;
        break;
    case ENDING_POSITIVE:
        break;
    }
    if (answer->writer->counts[CORE_ANSWER] > 0)
        write_servers(answer);
    return true;
}

/* No proof can be had, or no end: starts again, with nothing. */
static void
fail(struct answer *answer)
{
    struct core_writer *writer = answer->writer;

    core_writer_reply(writer, writer->bytes, writer->limit, answer->query);
    answer->rcode = CORE_SERVFAIL;
    if (answer->ending != ENDING_LOOP) {
        answer->ede = EDE_NSEC3_ITERATIONS;
        answer->ede_text = "too many NSEC3 iterations";
    }
    core_writer_end(writer, 0, answer->rcode);
}

void
ending_write(struct answer *answer)
{
    bool is_alone = answer->chain.count == 1;
    bool is_elsewhere = answer->ending == ENDING_CUT
        || answer->ending == ENDING_TOO_MANY
        || answer->ending == ENDING_FAILED;

    if (counts_as_positive(answer))
        answer->ending = ENDING_POSITIVE;
    if (!write_authority(answer) || !prove_wildcards(answer)) {
        fail(answer);
        return;
    }
    reply_additional(&answer->reply);
    if (!is_alone || !is_elsewhere)
        answer->flags |= CORE_AA;
    if (answer->reply.truncated)
        answer->flags |= CORE_TC;
    core_writer_end(answer->writer, answer->flags, answer->rcode);
}
