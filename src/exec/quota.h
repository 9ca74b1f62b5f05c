/*
 * quota - how often something may happen in a span of time
 *
 * For lines of a log that a script can cause: so many are written in each
 * span, the rest is counted.
 */

#ifndef EXEC_QUOTA_H
#define EXEC_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct quota {
    unsigned most;                      /* in a span; 0: none ever */
    int64_t span_ms;
    int64_t began_ms;                   /* this span */
    unsigned used;                      /* in it */
    uint64_t left_out;                  /* since that was last told */
};

/* A new span begins when the last one is over.  False: it is one too many. */
bool
    quota_take(struct quota *self, int64_t now_ms);

/* How many were left out, to be told when the span is over: 0 before that. */
uint64_t
    quota_left_out(struct quota *self, int64_t now_ms);

#endif
