/*
 * waiting - what is kept until its time or its turn comes
 *
 * A plain row: the earliest time and turn are known, so it is walked only when
 * somebody leaves.
 */

#include "chaos/waiting.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"

struct waiting {
    size_t capacity, count;
    int64_t due_ms;                     /* the earliest of all */
    uint64_t turn;
    struct waiting_item items[];
};

static void
forget_earliest(waiting_t *self)
{
    self->due_ms = INT64_MAX;
    self->turn = WAITING_NO_TURN;
}

static void
note_earliest(waiting_t *self, const struct waiting_item *item)
{
    if (item->due_ms < self->due_ms)
        self->due_ms = item->due_ms;
    if (item->turn < self->turn)
        self->turn = item->turn;
}

waiting_t *
waiting_new(size_t capacity)
{
    waiting_t *self = core_allocate(sizeof *self
                                    + capacity * sizeof *self->items);

    self->capacity = capacity;
    forget_earliest(self);
    return self;
}

void
waiting_destroy(waiting_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    assert((*self_p)->count == 0);
    free(*self_p);
    *self_p = NULL;
}

size_t
waiting_count(const waiting_t *self)
{
    return self->count;
}

bool
waiting_is_full(const waiting_t *self)
{
    return self->count == self->capacity;
}

void
waiting_add(waiting_t *self, const struct waiting_item *item)
{
    assert(!waiting_is_full(self));
    self->items[self->count++] = *item;
    note_earliest(self, item);
}

int64_t
waiting_due(const waiting_t *self)
{
    return self->due_ms;
}

void
waiting_release(waiting_t *self, int64_t now_ms, uint64_t turn,
                void (*release)(void *owner, const struct waiting_item *item),
                void *owner)
{
    size_t left = 0;

    if (self->count == 0 || (now_ms < self->due_ms && turn < self->turn))
        return;
    forget_earliest(self);
    for (size_t i = 0; i < self->count; i++) {
        const struct waiting_item *item = &self->items[i];

        if (item->due_ms <= now_ms || item->turn <= turn) {
            release(owner, item);
            continue;
        }
        note_earliest(self, item);
        self->items[left++] = *item;
    }
    self->count = left;
}
