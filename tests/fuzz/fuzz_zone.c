/*
 * fuzz_zone - any changes to a zone, then any questions to it
 *
 * The input is a row of commands, each an octet and what it takes: a change in
 * the form of the feed, or a question.  Whatever comes: a reply is a message
 * that our own reader accepts, proofs and all, and the zone's counts are those
 * of its names.
 */

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "authority/answer.h"
#include "authority/zones.h"
#include "coredns/rrtype.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum command { CHANGE, QUESTION, SETTLE, COMMANDS };

static const uint16_t types[] = {
    CORE_A, CORE_NS, CORE_CNAME, CORE_SOA, CORE_MX, CORE_TXT, CORE_AAAA,
    CORE_DNAME, CORE_DS, CORE_RRSIG, CORE_NSEC, CORE_DNSKEY, CORE_NSEC3,
    CORE_NSEC3PARAM, CORE_SVCB, CORE_HTTPS, CORE_ANY, CORE_PTR, CORE_SRV,
};

struct count {
    const struct zone *zone;
    size_t names, wildcards, cuts, dnames;
};

static bool
count_node(void *owner, void *thing)
{
    struct count *count = owner;
    const struct node *node = thing;
    size_t offset = 0;
    struct rrset rrset;
    unsigned rrsets = 0;

    count->names++;
    count->wildcards += core_name_is_wildcard(node->name);
    count->dnames += (node->flags & NODE_DNAME) != 0;
    count->cuts += (node->flags & NODE_NS) != 0
        && core_name_labels(node->name) != count->zone->labels;
    while (node_next(node, &offset, &rrset)) {
        size_t at = 0;
        size_t size;
        uint32_t records = 0;

        while (rrset_next(&rrset, &at, &size) != NULL)
            records++;
        assert(records == rrset.count && records > 0);
        rrsets++;
    }
    assert(offset == node->size && rrsets == node->rrsets);
    return true;
}

static void
check_zone(const struct zone *zone)
{
    struct count count = { .zone = zone };

    trie_walk(zone->names, count_node, &count);
    assert(count.names == zone_names(zone));
    assert(count.wildcards == zone->wildcards);
    assert(count.cuts == zone->cuts);
    assert(count.dnames == zone->dnames);
}

static void
ask(const zones_t *zones, const uint8_t *name, uint16_t type, uint8_t how)
{
    static struct answer answer;
    static const struct answer_style styles[] = {
        { .ns_in_authority = false },
        { .ns_in_authority = true, .negative = ANSWER_NEGATIVE_SOA,
          .any = ANSWER_ANY_ALL },
    };
    uint8_t question[512];
    uint8_t target[CORE_NAME_SIZE];
    static uint8_t bytes[CORE_MESSAGE_SIZE];
    struct core_writer writer;
    struct core_message query, reply;
    size_t limit = (how & 4) != 0 ? 300 : sizeof bytes;

    core_writer_query(&writer, question, sizeof question, 1, 0, name, type,
                      CORE_IN);
    if ((how & 1) != 0)
        core_writer_edns(&writer, 1232, 0, true, NULL, 0);
    core_writer_end(&writer, 0, 0);
    assert(core_message_parse(&query, question, writer.size)
           == CORE_PARSE_OK);
    core_writer_reply(&writer, bytes, limit, &query);
    answer = (struct answer) {
        .zones = zones, .style = &styles[how >> 1 & 1], .query = &query,
        .writer = &writer, .is_datagram = (how & 8) != 0,
        .can_look_up = (how & 16) != 0,
    };

    enum answer_verdict verdict = answer_make(&answer);

    if (verdict == ANSWER_LOOK_UP) {
        memcpy(target, answer.target, core_name_size(answer.target));
        answer.looked_up = target;
        core_writer_reply(&writer, bytes, limit, &query);
        verdict = answer_make(&answer);
        assert(verdict != ANSWER_LOOK_UP);
    }
    if (verdict == ANSWER_DONE)
        assert(core_message_parse(&reply, bytes, writer.size)
               == CORE_PARSE_OK);
}

/* A name from the input; returns the octets used, 0 when there is none. */
static size_t
take_name(uint8_t name[CORE_NAME_SIZE], const uint8_t *bytes, size_t size)
{
    int name_size = core_name_check(bytes, size);

    if (name_size == -1)
        return 0;
    memcpy(name, bytes, (size_t) name_size);
    return (size_t) name_size;
}

static size_t
ask_from(const zones_t *zones, const uint8_t *bytes, size_t size)
{
    uint8_t name[CORE_NAME_SIZE];
    size_t used;

    if (size < 3)
        return 0;
    used = take_name(name, bytes + 2, size - 2);
    if (used == 0)
        return 0;
    ask(zones, name, types[bytes[0] % (sizeof types / sizeof *types)],
        bytes[1]);
    return used + 2;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct core_zone_id id = { .name = "\2ex" };
    struct core_zone_options options = { .flags = 0 };
    zones_t *zones = zones_new();
    struct zone *zone = zone_new(0, &id);
    struct zone *put = zone;
    size_t used = 1;

    if (size > 0)
        options.flags = bytes[0] & 0x1d;
    zone_set_options(zone, &options);
    zone_settle(zone, 1);
    zones_put(zones, &put);
    for (size_t offset = 1; used > 0 && offset < size; offset += used) {
        struct core_change change;

        switch (bytes[offset++] % COMMANDS) {
        case CHANGE:
            used = core_change_read(bytes + offset, size - offset, &change);
            if (used > 0)
                zone_change(zone, &change);
            zone_settle(zone, 2);
            break;
        case QUESTION:
            used = ask_from(zones, bytes + offset, size - offset);
            break;
        default:
            used = 1;
            check_zone(zone);
            break;
        }
    }
    check_zone(zone);
    zones_destroy(&zones);
    return 0;
}
