/*
 * catalogue_parts - what the parts of the catalogue share
 *
 *   catalogue.c            keys, and which names they touch
 *   catalogue_publish.c    what was touched, on its way to the publisher
 *   catalogue_reader.c     a zone, name after name
 *   catalogue_stubs.c      zones that come with ours
 *   catalogue_report.c     what is not served as it stands in the store
 */

#ifndef ETCD_SYNC_CATALOGUE_PARTS_H
#define ETCD_SYNC_CATALOGUE_PARTS_H

#include "etcd-sync/catalogue.h"
#include "etcd-sync/misfits.h"
#include "etcd-sync/referrers.h"

/* Nodes that wait to be published. */
struct dirty {
    struct tree_node **nodes;
    size_t count;
    size_t capacity;
};

struct catalogue {
    char *prefix;                       /* "/skydns/" */
    size_t prefix_size;
    tree_t *tree;
    misfits_t *misfits;
    zones_t *zones;
    leases_t *leases;
    referrers_t *referrers;
    struct records_style style;
    records_t *records;
    stubs_t *stubs;
    struct catalogue_sink sink;
    bool is_live;                       /* changes are published */
    struct dirty narrow;
    struct dirty wide;
    uint32_t load;                      /* the number of the present one */
    struct catalogue_counters counters;
};

/* Notes what of the services of a node is in no record. */
void
    catalogue_note_left_out(catalogue_t *self, struct tree_node *node,
                            unsigned left_out);

/* Looks whether the zones that come with ours have become others. */
void
    catalogue_refresh_stubs(catalogue_t *self);

/* Touches the names whose hosts are that name. */
void
    catalogue_touch_referrers(catalogue_t *self, const uint8_t *name);

#endif
