/*
 * worker - one running script and the questions for it
 *
 * Questions queue up, are given to the script as lines as far as it keeps up,
 * and end by its answer, or otherwise: their time passes, the script dies.  A
 * script that dies is started again, later each time; one that is silent
 * or says too much that nobody asked for is ended first.
 */

#ifndef EXEC_WORKER_H
#define EXEC_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/loop.h"
#include "coredns/message.h"
#include "exec/quota.h"
#include "exec/terms.h"

/* A question; its owner's own things lie around it. */
struct ask {
    struct ask *next;                   /* in a queue */
    int64_t hand_due_ms;                /* not given to a script later */
    int64_t due_ms;
};

/* What workers share, and whom they tell; lent. */
struct worker_home {
    core_loop_t *loop;
    const struct terms *terms;
    struct terms_counters *counters;
    struct quota *complaints;           /* lines about answers */
    char *const *arguments;
    const char *folder;

    void *owner;

    /* The line for the script; its size. */
    size_t (*write)(void *owner, const struct ask *ask, uint64_t id,
                    char *line);

    /* Ends the question by the answer; -1 and a fault: it is not ended, for
       the answer is broken. */
    int (*answer)(void *owner, struct ask *ask, answer_t *answer,
                  struct core_fault *fault);

    /* Ends it without one. */
    void (*fail)(void *owner, struct ask *ask, enum terms_reason reason);

    /* The script has never seen it: another may be asked. */
    void (*give_back)(void *owner, struct ask *ask);
};

typedef struct worker worker_t;

/* name: in lines of the log.  worker_beat() starts the script. */
worker_t *
    worker_new(const struct worker_home *home, const char *name);

/* Kills the script; its questions fail. */
void
    worker_destroy(worker_t **self_p);

/* True when a question is worth its while: the script runs, and answers. */
bool
    worker_is_open(const worker_t *self, int64_t now_ms);

/* Questions that wait here. */
size_t
    worker_waiting(const worker_t *self);

void
    worker_take(worker_t *self, struct ask *ask);

/* The oldest question that the script has not been given, or NULL; it is the
   caller's then. */
struct ask *
    worker_shed(worker_t *self);

/* Gives the script what it can take; called at the end of each round. */
void
    worker_flush(worker_t *self);

/* Looks at all times; called now and then while the worker is busy. */
void
    worker_beat(worker_t *self);

/* True while worker_beat() is needed; *is_soon: within some milliseconds. */
bool
    worker_is_busy(const worker_t *self, bool *is_soon);

/*
 * No more questions will come: the script gets end of file when it has been
 * given all there are, and it is gone within limit_ms, whatever it does.
 */
void
    worker_leave(worker_t *self, int64_t limit_ms);
bool
    worker_is_gone(const worker_t *self);

#endif
