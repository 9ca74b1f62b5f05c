/*
 * anchor - what tells the history of an etcd from another one
 *
 * An etcd that is brought back from a copy may have the same cluster id, and
 * a later revision than the one that is known, but another history in
 * between.  So two things are remembered of the keys as of the revision that
 * is known: the last change, with how often its key was changed before, and
 * how many keys there are.  A history in which both are the same is taken for
 * ours, and gone on with from that change on.
 */

#ifndef ETCD_SYNC_ANCHOR_H
#define ETCD_SYNC_ANCHOR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/etcd_message.h"

struct anchor {
    int64_t revision;                   /* of the last change; 0: none */
    int64_t count;                      /* of keys */
    uint64_t hash;                      /* of the last change */
};

/* A key was read in a load; one of none begins with an anchor of zeroes. */
void
    anchor_read(struct anchor *self, const struct core_etcd_key *key);

/* A key was put or deleted. */
void
    anchor_change(struct anchor *self, const struct core_etcd_key *key);

/* Says whether that is the last change that is known. */
bool
    anchor_is(const struct anchor *self, const struct core_etcd_key *key);

#endif
