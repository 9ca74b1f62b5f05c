/*
 * resend - when each query in flight is looked at again
 *
 * A wheel of lists, one for each eight milliseconds, linked through arrays
 * that the slot's number indexes.  What is due later than the wheel is long
 * stays in its list for another turn.  Nearly all timers are taken away before
 * they come due, which is why nothing is kept in order.
 */

#include "frontend/resend.h"

#include <czmq.h>

#define TICK_SHIFT 3
#define WHEEL 1024                      /* lists: eight seconds */
#define NO_LIST 0                       /* the timer is not set */
#define DUE_LIST (WHEEL + 1)            /* what has come due */

struct timer {
    int64_t due_ms;
    uint32_t next;
    uint32_t previous;
    uint32_t list;                      /* 1 to WHEEL, or one of the two */
};

struct resend {
    uint32_t heads[WHEEL + 2];
    int64_t tick;                       /* all up to this one are done */
    uint32_t count;
    uint32_t slots;
    struct timer *timers;
};

resend_t *
resend_new(uint32_t count, int64_t now_ms)
{
    resend_t *self = zmalloc(sizeof *self);

    self->timers = zmalloc(count * sizeof *self->timers);
    self->slots = count;
    self->tick = now_ms >> TICK_SHIFT;
    for (unsigned i = 0; i < WHEEL + 2; i++)
        self->heads[i] = RESEND_NONE;
    return self;
}

void
resend_destroy(resend_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->timers);
    free(*self_p);
    *self_p = NULL;
}

static uint32_t
list_of(int64_t tick)
{
    return (uint32_t) (tick % WHEEL) + 1;
}

static void
link_in(resend_t *self, uint32_t slot, uint32_t list)
{
    struct timer *timer = &self->timers[slot];
    uint32_t head = self->heads[list];

    timer->list = list;
    timer->next = head;
    timer->previous = RESEND_NONE;
    if (head != RESEND_NONE)
        self->timers[head].previous = slot;
    self->heads[list] = slot;
    self->count++;
}

void
resend_clear(resend_t *self, uint32_t slot)
{
    assert(slot < self->slots);

    struct timer *timer = &self->timers[slot];

    if (timer->list == NO_LIST)
        return;
    if (timer->previous != RESEND_NONE)
        self->timers[timer->previous].next = timer->next;
    else
        self->heads[timer->list] = timer->next;
    if (timer->next != RESEND_NONE)
        self->timers[timer->next].previous = timer->previous;
    timer->list = NO_LIST;
    self->count--;
}

void
resend_set(resend_t *self, uint32_t slot, int64_t due_ms)
{
    /* Rounded up, so that nothing fires early; never into a list that is
       done already. */
    int64_t tick = (due_ms + (1 << TICK_SHIFT) - 1) >> TICK_SHIFT;

    resend_clear(self, slot);
    if (tick <= self->tick)
        tick = self->tick + 1;
    self->timers[slot].due_ms = due_ms;
    link_in(self, slot, list_of(tick));
}

/* Moves what is due from one list of the wheel to the list of due ones. */
static void
collect(resend_t *self, uint32_t list, int64_t now_ms)
{
    uint32_t next;

    for (uint32_t slot = self->heads[list]; slot != RESEND_NONE; slot = next) {
        next = self->timers[slot].next;
        if (self->timers[slot].due_ms > now_ms)
            continue;
        resend_clear(self, slot);
        link_in(self, slot, DUE_LIST);
    }
}

uint32_t
resend_next(resend_t *self, int64_t now_ms)
{
    int64_t tick = now_ms >> TICK_SHIFT;

    /* After a long sleep one whole turn finds everything. */
    if (tick - self->tick > WHEEL)
        self->tick = tick - WHEEL;
    while (self->heads[DUE_LIST] == RESEND_NONE && self->tick < tick) {
        self->tick++;
        collect(self, list_of(self->tick), now_ms);
    }

    uint32_t slot = self->heads[DUE_LIST];

    if (slot != RESEND_NONE)
        resend_clear(self, slot);
    return slot;
}

bool
resend_is_empty(const resend_t *self)
{
    return self->count == 0;
}
