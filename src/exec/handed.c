/*
 * handed - the questions that a script has been given and not yet answered
 *
 * An id is a number that goes up, times the number of places, plus the place:
 * so it is found without a search, and no id comes twice.  It stays exact in
 * the floating point numbers that scripts may keep it in: 2^53 questions.
 */

#include "exec/handed.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"

struct place {
    uint64_t id;                        /* 0: free */
    void *owner;                        /* NULL: its time is over */
    int64_t due_ms;
    int64_t given_ms;
};

struct handed {
    size_t most;
    int64_t patience_ms;
    double width;
    int64_t halved_ms;                  /* when the width was, last */
    int64_t sign_ms;                    /* of life, last; or first question */
    uint64_t next;                      /* number of the next id */
    size_t count, owned;
    size_t *free;                       /* places, most - count of them */
    struct place places[];
};

handed_t *
handed_new(size_t most, int64_t patience_ms)
{
    handed_t *self = core_allocate(sizeof *self
                                   + most * sizeof self->places[0]);

    assert(most > 0);
    self->most = most;
    self->patience_ms = patience_ms;
    self->width = (double) most;
    self->halved_ms = INT64_MIN / 2;
    self->next = 1;
    self->free = core_allocate(most * sizeof *self->free);
    for (size_t i = 0; i < most; i++)
        self->free[i] = most - 1 - i;
    return self;
}

void
handed_destroy(handed_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->free);
    free(*self_p);
    *self_p = NULL;
}

bool
handed_has_room(const handed_t *self)
{
    return self->count < (size_t) self->width;
}

uint64_t
handed_give(handed_t *self, void *owner, int64_t due_ms, int64_t now_ms)
{
    assert(owner != NULL && handed_has_room(self));
    if (self->count == 0)
        self->sign_ms = now_ms;

    size_t at = self->free[self->most - ++self->count];

    self->owned++;
    self->places[at] = (struct place) {
        .id = self->next++ * self->most + at, .owner = owner,
        .due_ms = due_ms, .given_ms = now_ms,
    };
    return self->places[at].id;
}

static void
make_free(handed_t *self, struct place *place)
{
    if (place->owner != NULL)
        self->owned--;
    *place = (struct place) { .id = 0 };
    self->free[self->most - self->count--] = (size_t) (place - self->places);
}

/* Once for all that were under way at the same time. */
static void
halve(handed_t *self, const struct place *place, int64_t now_ms)
{
    if (place->given_ms < self->halved_ms)
        return;
    self->halved_ms = now_ms;
    self->width = self->width < 2 ? 1 : self->width / 2;
}

enum handed_found
handed_take(handed_t *self, uint64_t id, int64_t now_ms, void **owner_p)
{
    struct place *place = &self->places[id % self->most];

    *owner_p = NULL;
    if (id == 0 || place->id != id)
        return id / self->most >= self->next || id < self->most
            ? HANDED_UNKNOWN : HANDED_GONE;
    self->sign_ms = now_ms;
    *owner_p = place->owner;
    make_free(self, place);
    if (*owner_p == NULL)
        return HANDED_LATE;
    self->width += 1 / self->width;
    if (self->width > (double) self->most)
        self->width = (double) self->most;
    return HANDED_IN_TIME;
}

void *
handed_expire(handed_t *self, int64_t now_ms)
{
    for (size_t i = 0; i < self->most && self->count > 0; i++) {
        struct place *place = &self->places[i];
        void *owner = place->owner;

        if (place->id == 0)
            continue;
        if (owner != NULL && now_ms >= place->due_ms) {
            halve(self, place, now_ms);
            place->owner = NULL;
            self->owned--;
            return owner;
        }
        if (owner == NULL && now_ms - place->given_ms >= self->patience_ms)
            make_free(self, place);
    }
    return NULL;
}

void *
handed_forget(handed_t *self)
{
    for (size_t i = 0; i < self->most && self->count > 0; i++) {
        void *owner = self->places[i].owner;

        if (self->places[i].id == 0)
            continue;
        make_free(self, &self->places[i]);
        if (owner != NULL)
            return owner;
    }
    self->width = (double) self->most;
    return NULL;
}

size_t
handed_count(const handed_t *self)
{
    return self->count;
}

size_t
handed_owned(const handed_t *self)
{
    return self->owned;
}

int64_t
handed_silence(const handed_t *self, int64_t now_ms)
{
    return self->count == 0 ? 0 : now_ms - self->sign_ms;
}
