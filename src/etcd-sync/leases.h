/*
 * leases - how long keys may still be there
 *
 * etcd says of a key which lease it hangs on, and of a lease, when asked, how
 * many seconds remain.  What remains bounds the TTL of the records, and that
 * must not be learned while a query waits: each lease is asked when it
 * appears, and again when half of what remained has passed.  Until the first
 * answer the least TTL counts.
 *
 * The TTL that is shown goes down whenever less remains, and up only when
 * there is twice as much: a lease that is kept alive does not make its records
 * change each time.
 */

#ifndef ETCD_SYNC_LEASES_H
#define ETCD_SYNC_LEASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "etcd-sync/tree.h"

/* An id is no time, and neither can be taken for the other. */
struct lease_id {
    int64_t value;                      /* 0: no lease */
};

struct lease_limits {
    uint32_t least_seconds;
    uint32_t most_seconds;
};

struct lease;

/* A node that hangs on a lease. */
struct leased {
    struct lease *lease;
    struct tree_node *node;
    struct leased *previous;
    struct leased *next;
};

typedef struct leases leases_t;

leases_t *
    leases_new(const struct lease_limits *limits);

/* Ends them; nodes must have been detached, or are not looked at again. */
void
    leases_destroy(leases_t **self_p);

/* The node hangs on that lease (or none) from here on. */
void
    leases_attach(leases_t *self, struct tree_node *node, struct lease_id id,
                  int64_t now_ms);

/* The lease of a node; value 0 when there is none. */
struct lease_id
    leases_id(const struct tree_node *node);

/* What the lease leaves of a record's TTL; UINT32_MAX when there is none. */
uint32_t
    leases_ttl(const struct tree_node *node);

/* The next lease that must be asked, which then counts as being asked; false
   when none is due. */
bool
    leases_due(leases_t *self, int64_t now_ms, struct lease_id *id);

/*
 * What etcd said: seconds that remain of those granted; remaining -1: nothing
 * was learned.  Calls touch for each node whose TTL is another one.
 */
void
    leases_told(leases_t *self, struct lease_id id, int64_t remaining,
                int64_t granted, int64_t now_ms,
                void (*touch)(void *owner, struct tree_node *node),
                void *owner);

size_t
    leases_count(const leases_t *self);

#endif
