/*
 * feed_zones - the zones of one source, by layer and name
 *
 * A hash table with chains, and a list through all zones in the order they
 * came: the list can be walked while zones are looked up, and gives every
 * subscriber the zones in the order of the configuration.
 */

#include "lib/feed_zones.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define FIRST_BUCKETS 64

struct feed_zones {
    struct feed_zone **buckets;
    size_t bucket_count;                /* a power of two */
    size_t count;
    struct feed_zone *first;
    struct feed_zone *last;
};

feed_zones_t *
feed_zones_new(void)
{
    feed_zones_t *self = core_allocate(sizeof *self);

    self->bucket_count = FIRST_BUCKETS;
    self->buckets = core_allocate(FIRST_BUCKETS * sizeof *self->buckets);
    return self;
}

static void
free_zone(struct feed_zone *zone)
{
    free(zone->options);
    free(zone);
}

void
feed_zones_destroy(feed_zones_t **self_p)
{
    assert(self_p);

    feed_zones_t *self = *self_p;

    if (self == NULL)
        return;
    while (self->first != NULL) {
        struct feed_zone *zone = self->first;

        self->first = zone->next;
        free_zone(zone);
    }
    free(self->buckets);
    free(self);
    *self_p = NULL;
}

size_t
feed_zones_count(const feed_zones_t *self)
{
    return self->count;
}

struct feed_zone *
feed_zones_first(const feed_zones_t *self)
{
    return self->first;
}

static struct feed_zone **
bucket_of(const feed_zones_t *self, uint16_t layer, const uint8_t *name)
{
    uint64_t hash = core_name_hash(name) + layer * 0x9e3779b97f4a7c15u;

    return &self->buckets[(hash ^ hash >> 32) & (self->bucket_count - 1)];
}

struct feed_zone *
feed_zones_find(const feed_zones_t *self, const struct core_zone_id *id)
{
    struct feed_zone *zone = *bucket_of(self, id->layer, id->name);

    while (zone != NULL && (zone->layer != id->layer
                            || !core_name_equal(zone->name, id->name)))
        zone = zone->chain;
    return zone;
}

static void
double_buckets(feed_zones_t *self)
{
    free(self->buckets);
    self->bucket_count *= 2;
    self->buckets = core_allocate(self->bucket_count * sizeof *self->buckets);
    for (struct feed_zone *zone = self->first; zone != NULL;
         zone = zone->next) {
        struct feed_zone **bucket = bucket_of(self, zone->layer, zone->name);

        zone->chain = *bucket;
        *bucket = zone;
    }
}

struct feed_zone *
feed_zones_add(feed_zones_t *self, const struct core_zone_id *id)
{
    struct feed_zone *zone = feed_zones_find(self, id);
    size_t name_size = core_name_size(id->name);

    if (zone != NULL)
        return zone;
    zone = core_allocate(sizeof *zone + name_size);
    zone->layer = id->layer;
    memcpy(zone->name, id->name, name_size);
    core_name_lower(zone->name);
    zone->previous = self->last;
    if (self->last != NULL)
        self->last->next = zone;
    else
        self->first = zone;
    self->last = zone;
    if (self->count++ >= self->bucket_count) {
        double_buckets(self);           /* takes it in with the others */
        return zone;
    }

    struct feed_zone **bucket = bucket_of(self, zone->layer, zone->name);

    zone->chain = *bucket;
    *bucket = zone;
    return zone;
}

void
feed_zones_remove(feed_zones_t *self, struct feed_zone *zone)
{
    struct feed_zone **link = bucket_of(self, zone->layer, zone->name);

    while (*link != zone)
        link = &(*link)->chain;
    *link = zone->chain;
    if (zone->previous != NULL)
        zone->previous->next = zone->next;
    else
        self->first = zone->next;
    if (zone->next != NULL)
        zone->next->previous = zone->previous;
    else
        self->last = zone->previous;
    self->count--;
    free_zone(zone);
}

void
feed_zone_id(const struct feed_zone *zone, struct core_zone_id *id)
{
    id->layer = zone->layer;
    memcpy(id->name, zone->name, core_name_size(zone->name));
}
