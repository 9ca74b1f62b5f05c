/*
 * route - which chain of stages serves which names
 *
 * One hash table of zones.  The hash of a name is made from its last label to
 * its first, so the hashes of all its suffixes come on the way and a look-up
 * costs one probe a label, and never more than the longest zone has labels:
 * with "." alone it costs nothing.
 */

#include "frontend/route.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "coredns/rrtype.h"

struct zone {
    const uint8_t *name;                /* NULL: free */
    uint64_t hash;
    uint32_t target;
};

struct route_table {
    struct zone root;                   /* "." needs no probe */
    struct zone *zones;
    size_t mask;
    unsigned labels;                    /* of the longest zone */
};

static uint8_t
small(uint8_t letter)
{
    return letter >= 'A' && letter <= 'Z' ? (uint8_t) (letter + 32) : letter;
}

/* The hash of a name from that of its parent and its first label. */
static uint64_t
hash_label(uint64_t parent, const uint8_t *label)
{
    uint64_t hash = parent ^ label[0];

    for (unsigned i = 1; i <= label[0]; i++)
        hash = (hash ^ small(label[i])) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

/* Where the labels of a name start, the first one first. */
static unsigned
split(const uint8_t *name, const uint8_t *labels[CORE_NAME_LABELS])
{
    unsigned count = 0;

    for (; *name != 0 && count < CORE_NAME_LABELS; name += *name + 1)
        labels[count++] = name;
    return count;
}

/* The place of a name: where it is, or where it would be. */
static struct zone *
place(const route_table_t *self, const uint8_t *name, uint64_t hash)
{
    for (size_t i = hash & self->mask;; i = (i + 1) & self->mask) {
        struct zone *zone = &self->zones[i];

        if (zone->name == NULL)
            return zone;
        if (zone->hash == hash && core_name_equal(zone->name, name))
            return zone;
    }
}

route_table_t *
route_table_new(size_t zones)
{
    route_table_t *self = core_allocate(sizeof *self);
    size_t size = 16;

    while (size < zones * 2)
        size *= 2;
    self->zones = core_allocate(size * sizeof *self->zones);
    self->mask = size - 1;
    return self;
}

void
route_table_destroy(route_table_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->zones);
    free(*self_p);
    *self_p = NULL;
}

int
route_table_add(route_table_t *self, const uint8_t *zone, uint32_t target)
{
    const uint8_t *labels[CORE_NAME_LABELS];
    unsigned count = split(zone, labels);
    struct zone *entry = &self->root;
    uint64_t hash = 0;

    for (unsigned i = count; i > 0; i--)
        hash = hash_label(hash, labels[i - 1]);
    if (count > 0)
        entry = place(self, zone, hash);
    if (entry->name != NULL)
        return -1;
    *entry = (struct zone) { zone, hash, target };
    if (count > self->labels)
        self->labels = count;
    return 0;
}

uint32_t
route_table_find(const route_table_t *self, const uint8_t *qname,
                 uint16_t qtype, const uint8_t **zone)
{
    const uint8_t *labels[CORE_NAME_LABELS];
    const struct zone *best = self->root.name != NULL ? &self->root : NULL;
    const struct zone *parent = best;
    unsigned count = 0;
    uint64_t hash = 0;

    if (self->labels > 0)
        count = split(qname, labels);
    for (unsigned i = 0; i < count && i < self->labels; i++) {
        const uint8_t *suffix = labels[count - 1 - i];

        hash = hash_label(hash, suffix);

        const struct zone *entry = place(self, suffix, hash);

        if (entry->name != NULL) {
            parent = best;
            best = entry;
        }
    }

    /* RFC 4035 3.1.4.1: a zone's own DS is its parent's to answer. */
    if (qtype == CORE_DS && parent != NULL && best != parent
        && core_name_equal(best->name, qname))
        best = parent;
    if (best == NULL)
        return ROUTE_NONE;
    if (zone != NULL)
        *zone = best->name;
    return best->target;
}
