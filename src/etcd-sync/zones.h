/*
 * zones - where in the tree the zones begin
 */

#ifndef ETCD_SYNC_ZONES_H
#define ETCD_SYNC_ZONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"
#include "etcd-sync/tree.h"
#include "lib/serial.h"

struct zone {
    struct core_zone_id id;
    struct tree_node *apex;
    bool is_reverse;                    /* at or below arpa: addresses are the
                                           names, and names what they hold */
};

typedef struct zones zones_t;

/* Their apexes stay in the tree as long as it lives; names are wire names in
   small letters.  One that is there twice counts once. */
zones_t *
    zones_new(tree_t *tree, const uint8_t *const *names, size_t count);

void
    zones_destroy(zones_t **self_p);

size_t
    zones_count(const zones_t *self);

const struct zone *
    zones_at(const zones_t *self, size_t index);

/* The serial of one of them, to be changed with its records. */
struct serial *
    zones_serial(const zones_t *self, const struct zone *zone);

/* Services of the zone of that index, those of zones below it too. */
uint64_t
    zones_services(const zones_t *self, size_t index);

/* The zone that the node lies in, the lowest one; NULL when in none. */
const struct zone *
    zones_of(const zones_t *self, const struct tree_node *node);

/* Says whether a path ("test/skydns/a") is that of a zone or below. */
bool
    zones_have_path(const zones_t *self, const char *path, size_t size);

/* The same for a name, of any case. */
bool
    zones_have_name(const zones_t *self, const uint8_t *name);

/* The zone of that id, or NULL. */
const struct zone *
    zones_find(const zones_t *self, const struct core_zone_id *id);

#endif
