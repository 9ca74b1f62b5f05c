/*
 * followed - the reply to a look-up, joined to ours
 *
 * Its names may be compressed against its own octets, so each record is
 * spelled out before it is written again.
 */

#include "authority/followed.h"

#include <string.h>

#include "coredns/rrtype.h"

static void
append_record(struct answer *answer, const struct core_rr *rr)
{
    const struct core_message *message = answer->followed;
    uint8_t owner[CORE_NAME_SIZE];
    uint8_t rdata[CORE_MESSAGE_SIZE];

    if (core_message_name(message->bytes, message->size, rr->offset,
                          owner) == 0)
        return;

    int size = core_message_rdata(message, rr, rdata);

    if (size >= 0)
        reply_record(&answer->reply, rr->section, owner, rr->type, rr->ttl,
                     rdata, (size_t) size);
}

/* Appends the records of a section, or those of one type; says how many. */
static unsigned
append_section(struct answer *answer, enum core_section section,
               uint16_t only_type)
{
    struct core_records records;
    struct core_rr rr;
    unsigned count = 0;

    core_records_start(&records, answer->followed);
    while (core_records_next(&records, &rr)) {
        if (rr.section != section || rr.rclass != CORE_IN
            || (only_type != CORE_ANY && rr.type != only_type))
            continue;
        append_record(answer, &rr);
        count++;
    }
    return count;
}

enum answer_ending
followed_append(struct answer *answer)
{
    const struct core_message *followed = answer->followed;

    if (followed == NULL)
        return ENDING_FAILED;

    unsigned rcode = core_message_rcode(followed);

    if (rcode != CORE_NOERROR && rcode != CORE_NXDOMAIN)
        return rcode == CORE_SERVFAIL ? ENDING_FAILED : ENDING_POSITIVE;

    unsigned count = append_section(answer, CORE_ANSWER, CORE_ANY);

    if (rcode == CORE_NXDOMAIN)
        return ENDING_NO_NAME;
    return count > 0 ? ENDING_POSITIVE : ENDING_NO_TYPE;
}

void
followed_soa(struct answer *answer)
{
    if (answer->followed != NULL)
        append_section(answer, CORE_AUTHORITY, CORE_SOA);
}
