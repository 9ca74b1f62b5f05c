/*
 * catalogue_publish - what was touched, on its way to the publisher
 *
 * Touched nodes wait in an array until the round of the loop is over: many
 * changes of one name are published as one.  A slice of them is worked off at
 * a time, so that no burst keeps the loop from its other work.
 */

#include <assert.h>
#include <string.h>

#include "coredns/rrtype.h"
#include "etcd-sync/catalogue_parts.h"

#define SLICE 256                       /* names published in one go */
#define SLICE_SERVICES 8000             /* services below them, about */
#define TRANSACTION_SIZE (CORE_FEED_TRANSACTION_SIZE / 4)

void
catalogue_publish_to(catalogue_t *self, const struct catalogue_sink *sink,
                     uint32_t now_seconds)
{
    assert(!self->is_live);
    self->sink = *sink;
    self->is_live = true;
    for (size_t i = 0; i < zones_count(self->zones); i++)
        serial_change(zones_serial(self->zones, zones_at(self->zones, i)),
                      now_seconds);
    catalogue_refresh_stubs(self);
}

/* Nodes of one round, and the transaction that they become. */
struct slice {
    catalogue_t *catalogue;
    const struct zone *zone;
    struct serial serial;               /* as it becomes by it */
    bool has_begun;
    bool is_open;
    size_t size;                        /* of the transaction so far */
};

static void
commit(struct slice *slice)
{
    if (!slice->is_open)
        return;
    slice->catalogue->sink.commit(slice->catalogue->sink.owner);
    slice->is_open = false;
    slice->size = 0;
}

static void
say(struct slice *slice, const struct core_change *change)
{
    const struct catalogue_sink *sink = &slice->catalogue->sink;

    if (!slice->is_open)
        sink->begin(sink->owner, &slice->zone->id);
    slice->has_begun = slice->is_open = true;
    slice->size += CORE_NAME_SIZE + change->rdatas_size;
    sink->change(sink->owner, change);
}

/* Puts the RRsets that were made; returns how many there were. */
static size_t
say_records(struct slice *slice)
{
    struct core_change change;
    size_t count = 0;

    for (size_t i = 0; records_next(slice->catalogue->records, &i, &change);) {
        say(slice, &change);
        count++;
    }
    return count;
}

static void
publish_node(struct slice *slice, struct tree_node *node)
{
    catalogue_t *self = slice->catalogue;
    uint8_t name[CORE_NAME_SIZE];
    uint64_t hash;

    node->flags &= (uint8_t) ~TREE_DIRTY;
    if (!tree_name(node, name))
        return;
    records_make(self->records, node, slice->serial.value);
    catalogue_note_left_out(self, node, records_left_out(self->records));
    hash = records_hash(self->records);
    if (hash == node->published)
        return;
    node->published = hash;
    say(slice, &(struct core_change) {
        .kind = CORE_CHANGE_DELETE, .owner = name, .type = CORE_ANY,
    });
    say_records(slice);
    self->counters.published++;
    catalogue_touch_referrers(self, name);
    if (slice->size > TRANSACTION_SIZE)
        commit(slice);
}

static struct slice
begin_slice(catalogue_t *self, size_t index)
{
    const struct zone *zone = zones_at(self->zones, index);

    return (struct slice) {
        .catalogue = self, .zone = zone,
        .serial = *zones_serial(self->zones, zone),
    };
}

/* Its serial is that of the zone from here on. */
static void
end_slice(struct slice *slice)
{
    catalogue_t *self = slice->catalogue;

    *zones_serial(self->zones, slice->zone) = slice->serial;
    records_make_soa(self->records, slice->zone, slice->serial.value);
    say_records(slice);
    commit(slice);
}

static void
publish_zone(catalogue_t *self, size_t index, struct tree_node *const *nodes,
             size_t count, uint32_t now_seconds)
{
    struct slice slice = begin_slice(self, index);

    serial_change(&slice.serial, now_seconds);
    for (size_t i = 0; i < count; i++)
        if (zones_of(self->zones, nodes[i]) == slice.zone)
            publish_node(&slice, nodes[i]);
    if (slice.has_begun)
        end_slice(&slice);
}

bool
catalogue_settle(catalogue_t *self, uint32_t now_seconds)
{
    bool is_open = false;

    for (size_t i = 0; i < zones_count(self->zones); i++) {
        struct slice slice = begin_slice(self, i);

        if (serial_settle(&slice.serial, now_seconds))
            end_slice(&slice);
        is_open |= slice.serial.is_open;
    }
    return is_open;
}

/* Takes nodes out of those that wait; what came last is the first, for the
   order does not matter.  Ends with one that costs more than there is left. */
static size_t
take(struct dirty *dirty, struct tree_node *nodes[SLICE], size_t count,
     size_t *cost)
{
    while (dirty->count > 0 && count < SLICE && *cost < SLICE_SERVICES) {
        nodes[count] = dirty->nodes[--dirty->count];
        *cost += nodes[count++]->below;
    }
    return count;
}

static void
publish_nodes(catalogue_t *self, struct tree_node *const *nodes, size_t count,
              uint32_t now_seconds)
{
    bool has_stubs = false;

    for (size_t i = 0; i < count; i++)
        nodes[i]->flags |= TREE_HELD;
    for (size_t i = 0; i < zones_count(self->zones); i++)
        publish_zone(self, i, nodes, count, now_seconds);
    for (size_t i = 0; i < count; i++) {
        /* Those above all zones are in none of them. */
        if (zones_of(self->zones, nodes[i]) == NULL)
            nodes[i]->flags &= (uint8_t) ~TREE_DIRTY;
        has_stubs = has_stubs || stubs_are_below(nodes[i]);
    }
    if (has_stubs)
        catalogue_refresh_stubs(self);
    for (size_t i = 0; i < count; i++) {
        nodes[i]->flags &= (uint8_t) ~TREE_HELD;
        tree_prune(self->tree, nodes[i]);
    }
}

bool
catalogue_flush(catalogue_t *self, uint32_t now_seconds,
                enum catalogue_which which, size_t *cost)
{
    struct tree_node *nodes[SLICE];
    size_t narrow_cost = 0, wide_cost = 0;
    size_t count = take(&self->narrow, nodes, 0, &narrow_cost);

    if (which == CATALOGUE_ALL)
        count = take(&self->wide, nodes, count, &wide_cost);
    if (cost != NULL)
        *cost = wide_cost;
    publish_nodes(self, nodes, count, now_seconds);
    return catalogue_waits(self, which);
}

bool
catalogue_waits(const catalogue_t *self, enum catalogue_which which)
{
    return self->narrow.count > 0
        || (which == CATALOGUE_ALL && self->wide.count > 0);
}
