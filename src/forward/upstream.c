/*
 * upstream - what is known of one upstream server: how fast, how well
 *
 * The estimate is TCP's (RFC 6298): a smoothed mean and a smoothed deviation,
 * patience being the mean and four deviations.  Its lower bound is not TCP's
 * second but 50 ms, because asking once more costs little and a person waits;
 * its upper bound is a second, so that a stub that waits five sees several
 * attempts.  Every attempt has an id of its own, so no reply is ambiguous and
 * Karn's rule is not needed.
 */

#include "forward/upstream.h"

#include <string.h>

#define PATIENCE_UNKNOWN_MS 376         /* no reply yet; as unbound has it */
#define PATIENCE_LEAST_MS 50
#define PATIENCE_MOST_MS 1000

void
upstream_start(struct upstream *self, const struct upstream_policy *policy)
{
    memset(self, 0, sizeof *self);
    self->policy = *policy;
}

static void
measure(struct upstream *self, int64_t rtt_us)
{
    if (rtt_us < 1)
        rtt_us = 1;
    if (self->srtt_us == 0) {
        self->srtt_us = rtt_us;
        self->rttvar_us = rtt_us / 2;
        return;
    }

    int64_t error_us = rtt_us - self->srtt_us;

    self->rttvar_us += ((error_us < 0 ? -error_us : error_us)
                        - self->rttvar_us) / 4;
    self->srtt_us += error_us / 8;
    if (self->srtt_us < 1)
        self->srtt_us = 1;
}

void
upstream_replied(struct upstream *self, int64_t rtt_us, int64_t now_ms)
{
    if (rtt_us >= 0)
        measure(self, rtt_us);
    self->fails = 0;
    self->probe_ms = 0;
    self->replied_ms = now_ms;
}

void
upstream_failed(struct upstream *self, int64_t now_ms)
{
    if (self->fails < UINT32_MAX)
        self->fails++;
    if (self->probe_ms == 0 && self->policy.max_fails > 0)
        self->probe_ms = now_ms + 1;
}

void
upstream_silent(struct upstream *self, int64_t sent_ms, int64_t now_ms)
{
    if (self->replied_ms == 0 || self->replied_ms < sent_ms)
        upstream_failed(self, now_ms);
}

bool
upstream_is_down(const struct upstream *self)
{
    return self->policy.max_fails > 0 && self->fails > self->policy.max_fails;
}

void
upstream_looped(struct upstream *self, int64_t now_ms)
{
    self->looped_until_ms = now_ms + UPSTREAM_LOOP_MS;
}

bool
upstream_is_looped(const struct upstream *self, int64_t now_ms)
{
    return now_ms < self->looped_until_ms;
}

int64_t
upstream_patience_ms(const struct upstream *self)
{
    if (self->srtt_us == 0)
        return PATIENCE_UNKNOWN_MS;

    int64_t patience_ms = (self->srtt_us + 4 * self->rttvar_us) / 1000;

    if (patience_ms < PATIENCE_LEAST_MS)
        return PATIENCE_LEAST_MS;
    return patience_ms > PATIENCE_MOST_MS ? PATIENCE_MOST_MS : patience_ms;
}

bool
upstream_wants_probe(struct upstream *self, int64_t now_ms)
{
    if (self->probe_ms == 0 || self->probe_ms > now_ms)
        return false;
    self->probe_ms = now_ms + self->policy.probe_interval_ms;
    return true;
}
