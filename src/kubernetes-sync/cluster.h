/*
 * cluster - a cluster's objects, and the zones that are made of them
 *
 * Until it goes live its zones are announced as pending: subscribers answer
 * SERVFAIL, or from what they know of an earlier life.  From then on each
 * change of an object becomes the difference it makes in each zone; what a
 * round of the loop brings is published together, with a new serial.
 *
 * Nothing is kept of the records themselves.  A snapshot makes them anew while
 * it is read, so it may already hold changes that are published again behind
 * it; as each of them says of a record only whether it is there, the copy ends
 * up the same.
 */

#ifndef KUBERNETES_SYNC_CLUSTER_H
#define KUBERNETES_SYNC_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "coredns/feed.h"
#include "kubernetes-sync/catalog.h"
#include "kubernetes-sync/view.h"

typedef struct cluster cluster_t;

struct cluster_view {
    struct view view;
    unsigned flags;                     /* enum core_zone_flag, of the zone */
    const uint8_t *const *fall;         /* lent */
    unsigned fall_count;
};

/* Endpoints of a service have to be read again. */
typedef void cluster_lacks(void *owner, const char *space,
                           const char *service);

/* options are lent likewise as long as the cluster lives.  Snapshots may be
   read on behind its end. */
cluster_t *
    cluster_new(const struct cluster_view *views, size_t count,
                const struct catalog_options *options, cluster_lacks *lacks,
                void *owner);
void
    cluster_destroy(cluster_t **self_p);

/* The owner of the hooks is the cluster. */
extern const struct core_snapshot_hooks cluster_snapshot_hooks;

/* Announces the zones as pending, for that reason; also for a new reason, as
   long as it is not live. */
void
    cluster_announce(cluster_t *self, core_publisher_t *publisher,
                     const char *reason);

/* All that there is has been put: the zones are published as they are. */
void
    cluster_go_live(cluster_t *self, uint32_t now_seconds);

bool
    cluster_is_live(const cluster_t *self);

/* Publishes what has changed since.  True when it should be called again in the
   next second, because a serial must move once more (serial.h). */
bool
    cluster_flush(cluster_t *self, uint32_t now_seconds);

/* To put and to remove objects, and to read them. */
catalog_t *
    cluster_catalog(cluster_t *self);

/* Records published as coming or going, and transactions. */
struct cluster_counters {
    uint64_t changes;
    uint64_t transactions;
    uint64_t renewals;
};

const struct cluster_counters *
    cluster_counters(const cluster_t *self);

/* One line for each zone: name, layer, serial, state. */
void
    cluster_print(const cluster_t *self, FILE *file);

#endif
