/*
 * pending - the queries that wait for scripts
 *
 * A frontend that hears nothing for a while sends a query again, although it
 * is still waiting here: so that nobody is asked twice, it can be found.
 */

#ifndef EXEC_PENDING_H
#define EXEC_PENDING_H

#include "coredns/stage.h"
#include "exec/worker.h"

#define PENDING_BUCKETS 1024

struct pending {
    struct ask ask;                     /* first, so that it is one */
    struct pending *same;               /* of the bucket */
    core_held_t *held;
    const core_query_t *query;          /* of held, to be read */
    int64_t came_us;
};

/* All zero: nobody waits. */
struct pending_table {
    size_t count;
    struct pending *buckets[PENDING_BUCKETS];   /* by the query's id */
};

/* Adds a query, which it ends. */
struct pending *
    pending_add(struct pending_table *self, core_held_t *held);

/* Ends it, its reply composed if it has one; pending is gone then. */
void
    pending_end(struct pending_table *self, struct pending *pending,
                enum core_verdict verdict);

/* True when the very same query waits. */
bool
    pending_finds(const struct pending_table *self,
                  const struct core_record *record);

#endif
