/*
 * survivor - stages that live in a run directory, with or without supervisor
 *
 * Every stage holds R/NAME.control.lock, which has its process id in it.  The
 * id is believed only when that process was started with our endpoint on its
 * command line: ids are used again, and the folder belongs to the stages.
 */

#ifndef CTL_SURVIVOR_H
#define CTL_SURVIVOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ctl/plan.h"

#define SURVIVOR_NAME_SIZE 64

struct survivor {
    char name[SURVIVOR_NAME_SIZE];
    pid_t pid;
};

struct survivors {
    struct survivor *list;
    size_t count;
    size_t capacity;
};

/* Finds all that live.  End it with survivors_free(). */
void
    survivors_find(struct survivors *self, const char *run_directory);

void
    survivors_free(struct survivors *self);

/* The process id of the one of that name, or 0. */
pid_t
    survivors_pid(const struct survivors *self, const char *name);

/*
 * Ends all of them when there is no supervisor to do it: first those who send,
 * as far as plan (may be NULL) knows, each given time to drain; killed when
 * that takes longer than 10 seconds.  Returns when all are gone.
 */
void
    survivors_stop(const struct survivors *self, const struct plan *plan);

#endif
