/*
 * referrers - which nodes have a host of that name
 *
 * When the records of a name change, the names whose aliases lead to it may
 * have others too.  Names are told apart by their hashes: two that share one
 * cost a needless look, never a missed one.
 */

#ifndef ETCD_SYNC_REFERRERS_H
#define ETCD_SYNC_REFERRERS_H

#include <stddef.h>
#include <stdint.h>

#include "etcd-sync/tree.h"

typedef struct referrers referrers_t;

referrers_t *
    referrers_new(void);

void
    referrers_destroy(referrers_t **self_p);

/* name: core_name_hash() of the host. */
void
    referrers_add(referrers_t *self, uint64_t name, struct tree_node *node);
void
    referrers_remove(referrers_t *self, uint64_t name,
                     struct tree_node *node);

/* Each in turn: *at starts at NULL; NULL behind the last.  Nothing may be
   added or removed meanwhile. */
struct referrer;

struct tree_node *
    referrers_next(const referrers_t *self, uint64_t name,
                   const struct referrer **at);

#endif
