/*
 * watcher - keeps the roster up to date
 *
 * It asks every process of the toolkit for its status, hears what it tells of
 * itself, sees in the kernel whether it lives, and follows the configuration
 * when that changes.
 */

#ifndef HEALTH_WATCHER_H
#define HEALTH_WATCHER_H

#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/loop.h"
#include "health/census.h"
#include "health/roster.h"

typedef struct watcher watcher_t;

/*
 * Begins to watch.  control is the control endpoint of this process: those of
 * the others lie beside it.  All pointers are lent as long as the watcher
 * lives.  Returns NULL and a fault when control is no
 * "ipc:///FOLDER/NAME.control".
 */
watcher_t *
    watcher_new(void *context, core_loop_t *loop,
                const struct census_source *source, const char *control,
                roster_t *roster,
                struct core_fault *fault);

void
    watcher_destroy(watcher_t **self_p);

/* Whoever started us all, for its counters; it may never be heard of. */
const struct member *
    watcher_supervisor(const watcher_t *self);

/* Messages that were no counters of a process we know, so far. */
const uint64_t *
    watcher_refused(const watcher_t *self);

#endif
