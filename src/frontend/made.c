/*
 * made - replies that are made here, without asking a stage
 */

#include "frontend/made.h"

#include "coredns/rrtype.h"
#include "coredns/writer.h"

#define ANY_TTL 8482                    /* the RFC that says so */

_Static_assert(LOCAL_REPLY_SIZE <= MADE_REPLY_SIZE, "there is room for both");

/* One record that says why there are no others (RFC 8482 section 4.2). */
static size_t
any_reply(const struct core_message *query, uint8_t reply[MADE_REPLY_SIZE])
{
    static const uint8_t rdata[] = "\x0d" "ANY obsoleted" "\x0c"
        "See RFC 8482";
    struct core_writer writer;

    core_writer_reply(&writer, reply, MADE_REPLY_SIZE, query);
    core_writer_rr(&writer, CORE_ANSWER, query->qname, CORE_HINFO, CORE_IN,
                   ANY_TTL, rdata, sizeof rdata - 1);
    return core_writer_end(&writer, 0, CORE_NOERROR);
}

size_t
made_reply(const struct made_policy *policy, const struct core_message *query,
           uint8_t reply[MADE_REPLY_SIZE])
{
    size_t size = local_reply(policy->local, query, reply);

    if (size > 0)
        return size;
    if (policy->minimal_any && query->qtype == CORE_ANY)
        return any_reply(query, reply);
    return chaos_reply(&policy->chaos, query, reply);
}
