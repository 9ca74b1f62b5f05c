/*
 * zones - all zones of an authority, in the layers in which they are tried
 *
 * A layer is one source's data of one number: sources in the order of the
 * setting `sources`, and in each the zone layers upwards.  In every layer the
 * zone with the longest name above or at a name is the one that speaks for it
 * (RFC 1034 section 4.3.2 step 2).
 */

#ifndef AUTHORITY_ZONES_H
#define AUTHORITY_ZONES_H

#include <stddef.h>

#include "authority/key.h"
#include "authority/zone.h"

typedef struct zones zones_t;

zones_t *
    zones_new(void);

/* Ends the zones too. */
void
    zones_destroy(zones_t **self_p);

/* Puts a zone in, in place of one with the same source, layer and name, which
   ends.  Takes the zone over. */
void
    zones_put(zones_t *self, struct zone **zone_p);

/* Ends the zone; does nothing when there is none. */
void
    zones_remove(zones_t *self, unsigned source,
                 const struct core_zone_id *id);

/* The zone of that source, layer and name; NULL when there is none. */
struct zone *
    zones_find(const zones_t *self, unsigned source,
               const struct core_zone_id *id);

size_t
    zones_count(const zones_t *self);

size_t
    zones_layers(const zones_t *self);

/* The zone of a layer (0: the first that is tried) with the longest name that
   is the key's or above it; NULL when there is none. */
struct zone *
    zones_match(const zones_t *self, size_t layer, const struct key *key);

/* The same among the zones whose name is really above. */
struct zone *
    zones_match_above(const zones_t *self, size_t layer,
                      const struct key *key);

/* Calls visit for each zone, by layer and in canonical order. */
void
    zones_walk(const zones_t *self,
               void (*visit)(void *owner, const struct zone *zone),
               void *owner);

#endif
