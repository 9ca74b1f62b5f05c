/*
 * feed_zones - the zones of one source, by layer and name
 *
 * Both ends of a feed keep one: the publisher with the options and the last
 * change of each zone, a subscriber with what it has of it.
 */

#ifndef LIB_FEED_ZONES_H
#define LIB_FEED_ZONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"

struct feed_zone {
    struct feed_zone *next;             /* in the order of their coming */
    struct feed_zone *previous;
    struct feed_zone *chain;            /* of the same bucket */
    uint64_t sequence;                  /* of its last change */
    uint64_t epoch;                     /* subscriber: whose data it has */
    uint32_t seen;                      /* subscriber: request that named it */
    uint32_t asked;                     /* subscriber: request for it alone */
    bool wanted;                        /* subscriber: to be fetched */
    bool pending;                       /* subscriber: CORE_ZONE_PENDING */
    uint8_t *options;                   /* publisher: as in a frame */
    size_t options_size;
    uint16_t layer;
    uint8_t name[];                     /* small letters */
};

typedef struct feed_zones feed_zones_t;

feed_zones_t *
    feed_zones_new(void);
void
    feed_zones_destroy(feed_zones_t **self_p);

size_t
    feed_zones_count(const feed_zones_t *self);

/* The first zone that came; the others follow by `next`. */
struct feed_zone *
    feed_zones_first(const feed_zones_t *self);

struct feed_zone *
    feed_zones_find(const feed_zones_t *self, const struct core_zone_id *id);

/* The zone, made when it is not there yet. */
struct feed_zone *
    feed_zones_add(feed_zones_t *self, const struct core_zone_id *id);

void
    feed_zones_remove(feed_zones_t *self, struct feed_zone *zone);

void
    feed_zone_id(const struct feed_zone *zone, struct core_zone_id *id);

#endif
