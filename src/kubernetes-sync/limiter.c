/*
 * limiter - how fast, and how many at a time, requests may begin
 */

#include "kubernetes-sync/limiter.h"

#include <assert.h>

#define TOKEN 1000                      /* of what comes back in a millisecond,
                                           per_second are one */

void
limiter_start(struct limiter *self, const struct limits *limits,
              int64_t now_ms)
{
    *self = (struct limiter) {
        .limits = *limits, .tokens = limits->burst * TOKEN,
        .filled_ms = now_ms,
    };
}

static void
fill(struct limiter *self, int64_t now_ms)
{
    const struct limits *limits = &self->limits;
    int64_t missing = limits->burst * TOKEN - self->tokens;
    int64_t passed_ms = now_ms - self->filled_ms;

    self->filled_ms = now_ms;
    /* Asked so, and not by a product that a long time would make too large. */
    if (passed_ms > missing / limits->per_second)
        self->tokens += missing;
    else if (passed_ms > 0)
        self->tokens += passed_ms * limits->per_second;
}

int64_t
limiter_begin(struct limiter *self, int64_t now_ms)
{
    const struct limits *limits = &self->limits;

    if (limits->inflight > 0 && self->inflight >= limits->inflight)
        return LIMITER_FULL;
    if (limits->per_second > 0) {
        fill(self, now_ms);
        if (self->tokens < TOKEN)
            return (TOKEN - self->tokens + limits->per_second - 1)
                / limits->per_second;
        self->tokens -= TOKEN;
    }
    self->inflight++;
    return 0;
}

void
limiter_end(struct limiter *self)
{
    assert(self->inflight > 0);
    self->inflight--;
}
