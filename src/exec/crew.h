/*
 * crew - the scripts of one configuration, and the queries that wait for them
 */

#ifndef EXEC_CREW_H
#define EXEC_CREW_H

#include "coredns/stage.h"
#include "exec/terms.h"

typedef struct crew crew_t;

/*
 * Starts the scripts.  What terms, command and folder say is copied; counters
 * are lent.
 */
crew_t *
    crew_new(core_loop_t *loop, const struct terms *terms,
             const struct core_list *command, const char *folder,
             struct terms_counters *counters);

/* Kills the scripts; queries that wait are dropped. */
void
    crew_destroy(crew_t **self_p);

/* What becomes of a query that is for the scripts. */
enum core_verdict
    crew_take(crew_t *self, core_query_t *query);

/* Gives the scripts what has come; called at the end of each round. */
void
    crew_flush(crew_t *self);

/* No more queries will come; the scripts are gone within limit_ms. */
void
    crew_leave(crew_t *self, int64_t limit_ms);
bool
    crew_is_gone(const crew_t *self);

/* Queries that wait, and scripts that run. */
size_t
    crew_waiting(const crew_t *self);

#endif
