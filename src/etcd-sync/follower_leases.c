/*
 * follower_leases - how long leases last
 *
 * Some questions at the same time, and so many in a tenth of a second: a
 * hundred thousand leases take a while to be known, and etcd does not notice.
 */

#include <stddef.h>

#include "etcd-sync/follower_parts.h"

#define TICK_MS 100
#define TICK_QUESTIONS 40

static void
    ask(follower_t *self);

static void
answered(void *owner, enum exchange_outcome outcome,
         core_etcd_reply_t *reply, const char *reason)
{
    struct lease_call *call = owner;
    follower_t *self = call->follower;
    const struct core_etcd_head *head =
        outcome == EXCHANGE_REPLY ? core_etcd_reply_head(reply) : NULL;

    (void) reason;                      /* the watch tells of such things */
    call->exchange = NULL;
    if (head == NULL || head->code != CORE_ETCD_OK)
        self->hooks->lease(self->owner, call->lease, -1, 0);
    else
        self->hooks->lease(self->owner, call->lease, head->lease_seconds,
                           head->lease_granted);
    ask(self);
}

static void
ask(follower_t *self)
{
    for (size_t i = 0; i < FOLLOWER_LEASE_CALLS; i++) {
        struct lease_call *call = &self->lease_calls[i];
        char *body;

        if (call->exchange != NULL)
            continue;
        if (self->lease_credit == 0
            || !self->hooks->next_lease(self->owner, &call->lease))
            return;
        self->lease_credit--;
        self->counters.lease_questions++;
        body = core_etcd_write_lease_time(call->lease);
        call->exchange = follower_ask(self, CORE_ETCD_LEASE_TIME, &body,
                                      answered, call);
    }
}

static void
tick(void *owner)
{
    follower_t *self = owner;

    self->lease_credit = TICK_QUESTIONS;
    ask(self);
}

void
follower_start_leases(follower_t *self)
{
    self->lease_credit = TICK_QUESTIONS;
    self->lease_timer = core_loop_timer(self->loop, 0, TICK_MS, tick, self);
}

void
follower_end_leases(follower_t *self)
{
    core_loop_timer_cancel(self->loop, &self->lease_timer);
    for (size_t i = 0; i < FOLLOWER_LEASE_CALLS; i++)
        exchange_cancel(&self->lease_calls[i].exchange);
}
