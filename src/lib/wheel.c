/*
 * wheel - when each of many things is looked at again
 *
 * One list for each four milliseconds of the next eight seconds, which is
 * longer than nearly any query lives; what is due later stays in its list for
 * another turn.  Nearly all timers are taken away before they come due, which
 * is why nothing is kept in order.
 */

#include "lib/wheel.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"

#define TICK_MS 4
#define LISTS 2048
#define NO_LIST 0                       /* memory nobody touched says so */

struct timer {
    int64_t due_ms;
    uint32_t next;
    uint32_t previous;
    uint32_t list;                      /* counted from 1, or NO_LIST */
};

struct wheel {
    uint32_t heads[LISTS];
    int64_t tick;                       /* the list that is being emptied */
    uint32_t cursor;                    /* where to go on in it */
    uint32_t set;
    uint32_t count;
    struct timer timers[];
};

wheel_t *
wheel_new(uint32_t count, int64_t now_ms)
{
    wheel_t *self = core_allocate(sizeof *self
                                  + count * sizeof self->timers[0]);

    self->count = count;
    self->tick = now_ms / TICK_MS;
    self->cursor = WHEEL_NONE;
    for (unsigned i = 0; i < LISTS; i++)
        self->heads[i] = WHEEL_NONE;
    return self;
}

void
wheel_destroy(wheel_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

void
wheel_clear(wheel_t *self, uint32_t entry)
{
    struct timer *timer = &self->timers[entry];

    assert(entry < self->count);
    if (timer->list == NO_LIST)
        return;
    if (self->cursor == entry)
        self->cursor = timer->next;
    if (timer->previous != WHEEL_NONE)
        self->timers[timer->previous].next = timer->next;
    else
        self->heads[timer->list - 1] = timer->next;
    if (timer->next != WHEEL_NONE)
        self->timers[timer->next].previous = timer->previous;
    timer->list = NO_LIST;
    self->set--;
}

void
wheel_set(wheel_t *self, uint32_t entry, int64_t due_ms)
{
    struct timer *timer = &self->timers[entry];
    int64_t tick = (due_ms + TICK_MS - 1) / TICK_MS;
    uint32_t *head;

    wheel_clear(self, entry);

    /* Never into a list that is done already. */
    if (tick <= self->tick)
        tick = self->tick + 1;
    timer->due_ms = due_ms;
    timer->list = (uint32_t) (tick % LISTS) + 1;
    head = &self->heads[timer->list - 1];
    timer->previous = WHEEL_NONE;
    timer->next = *head;
    if (timer->next != WHEEL_NONE)
        self->timers[timer->next].previous = entry;
    *head = entry;
    self->set++;
}

/* The next due entry of the list in hand, or WHEEL_NONE. */
static uint32_t
find_due(wheel_t *self, int64_t now_ms)
{
    while (self->cursor != WHEEL_NONE) {
        uint32_t entry = self->cursor;

        self->cursor = self->timers[entry].next;
        if (self->timers[entry].due_ms <= now_ms)
            return entry;
    }
    return WHEEL_NONE;
}

uint32_t
wheel_next(wheel_t *self, int64_t now_ms)
{
    int64_t tick = now_ms / TICK_MS;
    uint32_t entry = find_due(self, now_ms);

    /* After a long sleep one whole turn finds everything. */
    if (tick - self->tick > LISTS)
        self->tick = tick - LISTS;
    while (entry == WHEEL_NONE && self->tick < tick) {
        self->tick++;
        self->cursor = self->heads[self->tick % LISTS];
        entry = find_due(self, now_ms);
    }
    if (entry != WHEEL_NONE)
        wheel_clear(self, entry);
    return entry;
}

bool
wheel_is_empty(const wheel_t *self)
{
    return self->set == 0;
}
