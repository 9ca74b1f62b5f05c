/*
 * quota - how often something may happen in a span of time
 */

#include "exec/quota.h"

static bool
is_over(const struct quota *self, int64_t now_ms)
{
    return now_ms - self->began_ms >= self->span_ms;
}

bool
quota_take(struct quota *self, int64_t now_ms)
{
    if (is_over(self, now_ms)) {
        self->began_ms = now_ms;
        self->used = 0;
    }
    if (self->used < self->most) {
        self->used++;
        return true;
    }
    self->left_out++;
    return false;
}

uint64_t
quota_left_out(struct quota *self, int64_t now_ms)
{
    uint64_t left_out = self->left_out;

    if (left_out == 0 || !is_over(self, now_ms))
        return 0;
    self->left_out = 0;
    return left_out;
}
