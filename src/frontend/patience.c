/*
 * patience - what happens when no reply comes
 *
 * One timer a slot serves all that can come due.  It is set for the moment the
 * query is sent again, later each time, or for its deadline, whichever is
 * first.  Sending twice is harmless: a query has one slot, and the second
 * reply finds it free or used again under another generation; a part of a
 * reply has a number.  Only the start of a transfer is not repeated on
 * suspicion, for it costs more than most.
 */

#include "frontend/flight.h"

#define TICK_MS 10
#define RETURNED_MS 10                  /* first pause after a refusal */
#define SHIFT_MAX 6                     /* pauses grow 64-fold at most */

static int64_t
grown(int64_t pause_ms, unsigned times)
{
    return pause_ms << (times < SHIFT_MAX ? times : SHIFT_MAX);
}

/* When the slot is to be looked at again. */
static int64_t
due_time(const dispatch_t *self, const struct inflight_slot *slot)
{
    int64_t due = core_loop_now_ms(self->loop);

    if ((slot->progress & INFLIGHT_UNREACHABLE) != 0) {
        int64_t pause = grown(RETURNED_MS, slot->returns);

        due += pause < self->plan.retry_ms ? pause : self->plan.retry_ms;
    }
    else if ((slot->progress & (INFLIGHT_TRANSFER | INFLIGHT_STREAMING))
             == INFLIGHT_TRANSFER) {
        due = slot->deadline_ms;
    }
    else {
        due += grown(self->plan.retry_ms, slot->attempts);
    }
    return due < slot->deadline_ms ? due : slot->deadline_ms;
}

static void run_timers(void *owner);

static void
set_timer(dispatch_t *self, struct flight flight, int64_t due_ms)
{
    wheel_set(self->tables[flight.table].timers, flight.number, due_ms);
    if (self->timer == NULL)
        self->timer = core_loop_timer(self->loop, TICK_MS, TICK_MS,
                                      run_timers, self);
}

void
patience_start(dispatch_t *self, struct flight flight)
{
    flight.slot->progress &= (uint8_t) ~INFLIGHT_UNREACHABLE;
    set_timer(self, flight, due_time(self, flight.slot));
}

void
patience_end(dispatch_t *self, struct flight flight)
{
    struct inflight_slot *slot = flight.slot;
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];

    self->counters->expired++;
    if ((slot->progress & INFLIGHT_STREAMING) != 0) {
        carrier->abandon(carrier->owner, flight.number);
        dispatch_finish(self, flight.table, flight.number);
        return;
    }
    answer_rcode(self, flight, CORE_SERVFAIL,
                 (slot->progress & INFLIGHT_UNREACHABLE) != 0
                 ? CORE_EDE_NETWORK_ERROR
                 : CORE_EDE_NO_REACHABLE_AUTHORITY);
}

void
patience_take_back(dispatch_t *self, struct flight flight)
{
    flight.slot->progress |= INFLIGHT_UNREACHABLE;
    if (flight.slot->returns < UINT8_MAX)
        flight.slot->returns++;
    self->counters->returned++;
    set_timer(self, flight, due_time(self, flight.slot));
}

static void
look_again(dispatch_t *self, struct flight flight)
{
    struct inflight_slot *slot = flight.slot;

    if (core_loop_now_ms(self->loop) >= slot->deadline_ms) {
        patience_end(self, flight);
        return;
    }
    if ((slot->progress & INFLIGHT_UNREACHABLE) == 0
        && slot->attempts < UINT8_MAX)
        slot->attempts++;
    if ((slot->progress & INFLIGHT_ROUTED) == 0) {
        dispatch_query(self, flight.table, flight.number);
        return;
    }
    self->counters->resent++;
    flight_down(self, flight);
}

static void
run_timers(void *owner)
{
    dispatch_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);
    bool is_idle = true;

    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        struct table *table = &self->tables[t];
        uint32_t number;

        while ((number = wheel_next(table->timers, now_ms)) != WHEEL_NONE)
            look_again(self, flight_at(self, t, number));
        if (!wheel_is_empty(table->timers))
            is_idle = false;
    }
    if (is_idle)
        core_loop_timer_cancel(self->loop, &self->timer);
}

void
dispatch_unsent(dispatch_t *self, enum dispatch_table table, uint32_t number)
{
    struct flight flight = flight_at(self, table, number);

    if (core_loop_now_ms(self->loop) >= flight.slot->deadline_ms) {
        dispatch_finish(self, table, number);
        return;
    }
    flight.slot->progress &= (uint8_t) ~INFLIGHT_ANSWERED;
    set_timer(self, flight, due_time(self, flight.slot));
}

bool
dispatch_make_room(dispatch_t *self, enum dispatch_table table)
{
    inflight_t *slots = self->tables[table].slots;
    uint32_t number = inflight_oldest(slots);

    while (number != INFLIGHT_NONE
           && (inflight_at(slots, number)->progress & INFLIGHT_ANSWERED) != 0)
        number = inflight_after(slots, number);
    if (number == INFLIGHT_NONE)
        return false;
    self->counters->overflow++;
    if (table == DISPATCH_UDP)
        dispatch_finish(self, table, number);
    else
        patience_end(self, flight_at(self, table, number));
    return true;
}

void
dispatch_recover(dispatch_t *self, enum dispatch_table table)
{
    inflight_t *slots = self->tables[table].slots;
    int64_t now_ms = core_loop_now_ms(self->loop);
    uint32_t next;

    for (uint32_t number = inflight_oldest(slots); number != INFLIGHT_NONE;
         number = next) {
        struct inflight_slot *slot = inflight_at(slots, number);

        next = inflight_after(slots, number);
        self->counters->recovered++;
        if (slot->deadline_ms != 0
            && slot->deadline_ms + self->plan.deadline_ms <= now_ms) {
            self->counters->expired++;  /* its client has long gone */
            dispatch_finish(self, table, number);
            continue;
        }
        slot->returns = 1;              /* it may have been seen before */
        dispatch_query(self, table, number);
    }
}

static bool
leads_to(const dispatch_t *self, const struct inflight_slot *slot,
         const core_outlet_t *outlet)
{
    const chain_t *chain = flight_route(self, slot)->chain;

    return chain != NULL && chain_is(chain, outlet);
}

/* It waits for its client, not for a stage. */
static bool
is_paused(const dispatch_t *self, struct flight flight)
{
    return (flight.slot->progress & INFLIGHT_STREAMING) != 0
        && streams_find(&self->streams, flight.number)->is_paused;
}

void
patience_return(dispatch_t *self, const core_outlet_t *outlet)
{
    uint32_t next;

    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        inflight_t *slots = self->tables[t].slots;

        for (uint32_t number = inflight_oldest(slots);
             number != INFLIGHT_NONE; number = next) {
            struct flight flight = flight_at(self, t, number);

            next = inflight_after(slots, number);
            if ((flight.slot->progress & INFLIGHT_ANSWERED) != 0
                || (flight.slot->progress & INFLIGHT_ROUTED) == 0
                || !leads_to(self, flight.slot, outlet))
                continue;
            if (is_paused(self, flight))
                continue;
            flight.slot->attempts = 0;
            flight.slot->returns = 1;
            self->counters->resent++;
            flight_down(self, flight);
        }
    }
}
