/*
 * pace - how eagerly the threads of a process ask for a processor
 *
 * A thread that is woken takes the processor from one that works.  That is
 * right while there is little to do: a query waits for nobody.  When there is
 * much to do, the threads of our own processes take it from each other for
 * every few queries, and most of the time goes by in changing over.  So a
 * process that works much of the time runs as SCHED_BATCH (sched(7)): its
 * threads wait for those that work to be done, and find more queries at once.
 *
 * And they ask for short slices of time (Linux 6.12, sched_setattr(2)).  That
 * gives no larger share, but a thread with little to do goes before those of
 * other programs that would like to go on for long.  What changes in a source
 * passes through seven threads until a client sees it: each would wait.
 */

#ifndef LIB_PACE_H
#define LIB_PACE_H

#include "coredns/loop.h"

typedef struct core_pace core_pace_t;

/* Watches what this process takes, and changes its pace. */
core_pace_t *
    core_pace_new(core_loop_t *loop);
void
    core_pace_destroy(core_pace_t **self_p);

#endif
