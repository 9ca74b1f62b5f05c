/*
 * limiter - how fast, and how many at a time, requests may begin
 *
 * A bucket of tokens: each request takes one, so many come back in a second,
 * and the bucket holds no more than the burst.  Beside it, so many requests
 * may be under way.
 */

#ifndef KUBERNETES_SYNC_LIMITER_H
#define KUBERNETES_SYNC_LIMITER_H

#include <stdint.h>

#define LIMITER_FULL (-1)               /* until limiter_end() */

/* What is allowed; 0: no limit. */
struct limits {
    int64_t per_second;
    int64_t burst;                      /* at least 1 where per_second is set */
    int64_t inflight;
};

struct limiter {
    struct limits limits;
    int64_t tokens;                     /* thousandths */
    int64_t filled_ms;                  /* when that was so */
    int64_t inflight;
};

/* The bucket is full. */
void
    limiter_start(struct limiter *self, const struct limits *limits,
                  int64_t now_ms);

/* 0: a request may begin, and has been counted; otherwise how many
   milliseconds to wait before asking again, or LIMITER_FULL. */
int64_t
    limiter_begin(struct limiter *self, int64_t now_ms);

/* A request is no longer under way. */
void
    limiter_end(struct limiter *self);

#endif
