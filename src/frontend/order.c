/*
 * order - in which order the addresses of a name come
 *
 * Addresses change places as they lie: TTL and rdata of records of one RRset
 * have the same size, and no compression pointer leads there.  The rdata of
 * mail exchanges has names, so a message with several is written anew.
 */

#include "frontend/order.h"

#include <stdbool.h>
#include <string.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"

#define ADDRESSES 512                   /* of one RRset that are moved */
#define EXCHANGES 128

/* What changes places: a record from its TTL on. */
struct place {
    uint8_t bytes[6 + 16];
};

/* An RRset of addresses while its records are gathered. */
struct group {
    enum core_section section;
    uint16_t type;
    uint8_t owner[CORE_NAME_SIZE];
    size_t count;
    size_t offsets[ADDRESSES];          /* of the TTLs */
};

/* A number below limit (xorshift64*, Vigna 2016). */
static size_t
below(struct order_random *random, size_t limit)
{
    uint64_t x = random->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return (size_t) ((x * 0x2545f4914f6cdd1du >> 32) * limit >> 32);
}

static void
swap_places(struct place *left, struct place *right)
{
    struct place kept = *left;

    *left = *right;
    *right = kept;
}

static size_t
address_size(const struct group *group)
{
    return group->type == CORE_A ? 4 : 16;
}

/* Puts one of them first, each as often as its weight says. */
static void
choose_first(const struct order_policy *policy, struct order_random *random,
             const struct group *group, struct place *places)
{
    unsigned weights[ADDRESSES];
    size_t sum = 0, chosen = 0;

    for (size_t i = 0; i < group->count; i++) {
        weights[i] = weights_find(policy->weights, group->owner,
                                  places[i].bytes + 6, address_size(group));
        sum += weights[i];
    }
    for (size_t point = below(random, sum); point >= weights[chosen];
         chosen++)
        point -= weights[chosen];
    swap_places(&places[0], &places[chosen]);
}

static bool
is_preferred(const struct order_policy *policy, const struct group *group,
             const struct place *place)
{
    const struct core_network *networks = policy->prefer.items;
    uint8_t address[16] = { [10] = 0xff, 0xff };
    size_t size = address_size(group);

    memcpy(address + 16 - size, place->bytes + 6, size);
    for (size_t i = 0; i < policy->prefer.count; i++)
        if (core_network_contains(&networks[i], address))
            return true;
    return false;
}

/* Those preferred first; otherwise they stay as they are. */
static void
prefer(const struct order_policy *policy, const struct group *group,
       struct place *places)
{
    struct place others[ADDRESSES];
    size_t first = 0, rest = 0;

    for (size_t i = 0; i < group->count; i++) {
        if (is_preferred(policy, group, &places[i]))
            places[first++] = places[i];
        else
            others[rest++] = places[i];
    }
    memcpy(places + first, others, rest * sizeof *others);
}

static void
arrange_group(const struct order_policy *policy, struct order_random *random,
              const struct group *group, uint8_t *bytes)
{
    struct place places[ADDRESSES];
    size_t size = 6 + address_size(group);

    if (group->count < 2)
        return;
    for (size_t i = 0; i < group->count; i++)
        memcpy(places[i].bytes, bytes + group->offsets[i], size);
    if (policy->kind == ORDER_WEIGHTED)
        choose_first(policy, random, group, places);
    else
        for (size_t i = group->count - 1; i > 0; i--)
            swap_places(&places[i], &places[below(random, i + 1)]);
    if (policy->prefer.count > 0)
        prefer(policy, group, places);
    for (size_t i = 0; i < group->count; i++)
        memcpy(bytes + group->offsets[i], places[i].bytes, size);
}

static bool
is_address(const struct core_rr *rr)
{
    return (rr->type == CORE_A && rr->rdata_size == 4)
        || (rr->type == CORE_AAAA && rr->rdata_size == 16);
}

static bool
belongs_to(const struct group *group, const struct core_rr *rr,
           const uint8_t *owner)
{
    return group->count > 0 && group->count < ADDRESSES
        && group->section == rr->section && group->type == rr->type
        && core_name_equal(group->owner, owner);
}

/* Arranges the addresses of a message that lies at bytes. */
static void
arrange_addresses(const struct order_policy *policy,
                  struct order_random *random,
                  const struct core_message *message, uint8_t *bytes)
{
    struct group group = { .count = 0 };
    struct core_records records;
    struct core_rr rr;
    uint8_t owner[CORE_NAME_SIZE];

    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        if (!is_address(&rr)
            || core_message_name(message->bytes, message->size, rr.offset,
                                 owner) == 0)
            continue;
        if (!belongs_to(&group, &rr, owner)) {
            arrange_group(policy, random, &group, bytes);
            group.count = 0;
            group.section = rr.section;
            group.type = rr.type;
            memcpy(group.owner, owner, core_name_size(owner));
        }
        group.offsets[group.count++] = rr.ttl_offset;
    }
    arrange_group(policy, random, &group, bytes);
}

/* ---- mail exchanges ------------------------------------------------------ */

/* The MX records of the answer; how many. */
static size_t
find_exchanges(const struct core_message *message, struct core_rr *found)
{
    struct core_records records;
    struct core_rr rr;
    size_t count = 0;

    core_records_start(&records, message);
    while (count < EXCHANGES && core_records_next(&records, &rr)
           && rr.section == CORE_ANSWER)
        if (rr.type == CORE_MX)
            found[count++] = rr;
    return count;
}

/* Writes the message with its mail exchanges shuffled; its size, or 0. */
static size_t
shuffle_exchanges(struct order_random *random,
                  const struct core_message *message, struct core_rr *found,
                  size_t count, uint8_t *out)
{
    struct core_writer writer;
    struct core_records records;
    struct core_rr rr;

    for (size_t i = count - 1; i > 0; i--) {
        size_t j = below(random, i + 1);
        struct core_rr kept = found[i];

        found[i] = found[j];
        found[j] = kept;
    }
    core_writer_reply(&writer, out, CORE_MESSAGE_SIZE, message);
    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        if (rr.section == CORE_ANSWER && rr.type == CORE_MX && count > 0)
            rr = found[--count];
        if (!core_writer_copy(&writer, message, &rr))
            return 0;
    }
    return core_writer_end(&writer, message->flags,
                           message->flags & 15);
}

/* ---- messages ------------------------------------------------------------ */

size_t
order_arrange(const struct order_policy *policy, struct order_random *random,
              const uint8_t *message, size_t size,
              uint8_t out[CORE_MESSAGE_SIZE])
{
    struct core_message read;
    struct core_rr found[EXCHANGES];

    if (core_message_parse(&read, message, size) != CORE_PARSE_OK
        || core_message_rcode(&read) != CORE_NOERROR
        || read.counts[CORE_ANSWER] + read.counts[CORE_ADDITIONAL] < 2)
        return 0;

    size_t exchanges = policy->kind == ORDER_RANDOM
        ? find_exchanges(&read, found) : 0;

    if (exchanges > 1)
        size = shuffle_exchanges(random, &read, found, exchanges, out);
    else
        memcpy(out, message, size);
    if (size == 0 || core_message_parse(&read, out, size) != CORE_PARSE_OK)
        return 0;
    arrange_addresses(policy, random, &read, out);
    return size;
}
