/*
 * corefile_zone - zones as a Corefile writes them: names and networks
 */

#ifndef CTL_COREFILE_ZONE_H
#define CTL_COREFILE_ZONE_H

#include <stdbool.h>
#include <stddef.h>

#include "coredns/fault.h"

struct core_arena;

#define COREFILE_PORT 53

/* Names, absolute and in small letters. */
struct corefile_zones {
    const char **items;                 /* free() it; the texts are the
                                           arena's */
    size_t count, capacity;
};

/*
 * Appends the zone, or the reverse zones of a network: several when it does not
 * end at the border of an octet (IPv4) or a nibble (IPv6).  Returns what is
 * wrong with the text, or NULL.
 */
const char *
    corefile_zones_add(struct corefile_zones *zones,
                       struct core_arena *memory, const char *text);

/* True when the zone is in the list; appends it, as it is, when it is not. */
bool
    corefile_zones_have(const struct corefile_zones *zones, const char *zone);
void
    corefile_zones_append(struct corefile_zones *zones, const char *zone);

/* True when the zone is the name or above it; both are in such a list. */
bool
    corefile_zone_covers(const char *zone, const char *name);

/* Appends the zones of a block's key: dns://ZONE:PORT. */
const char *
    corefile_zones_add_key(struct corefile_zones *zones,
                           struct core_arena *memory, const char *key,
                           unsigned *port);

#endif
