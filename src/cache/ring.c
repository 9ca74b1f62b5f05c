/*
 * ring - entries in the order of their coming, in one piece of memory
 *
 * What is left at the end of the memory and too small for the next entry
 * becomes a dead one, so that a walk needs to know of nothing but entries.
 *
 * Other processes may look at what was here before: all is written by words.
 */

#include "cache/ring.h"

#include <assert.h>

#include "lib/guard.h"

void
ring_init(struct ring *self, uint8_t *bytes, size_t size)
{
    assert(size % ENTRY_UNIT == 0);
    *self = (struct ring) { .bytes = bytes, .size = size };
}

static struct entry *
entry_at(const struct ring *self, size_t offset)
{
    return (struct entry *) (void *) (self->bytes + offset);
}

/* Octets from the head on that are free and in one piece. */
static size_t
room_at_head(const struct ring *self)
{
    if (self->used > 0 && self->head <= self->tail)
        return self->tail - self->head;
    return self->size - self->head;
}

/* Octets at the start of the memory, when the head is behind the tail. */
static size_t
room_at_start(const struct ring *self)
{
    if (self->used == 0)
        return self->size;
    return self->head > self->tail ? self->tail : 0;
}

bool
ring_has_room(const struct ring *self, unsigned units)
{
    size_t size = (size_t) units * ENTRY_UNIT;

    return room_at_head(self) >= size || room_at_start(self) >= size;
}

/* Begins an entry of which nothing else is said yet. */
static void
begin(struct entry *entry, size_t units)
{
    struct entry empty = { .units = (uint16_t) units, .state = ENTRY_DEAD };

    guard_write(entry, &empty, 1);
}

/* Makes the rest of the memory dead entries and starts from the front. */
static void
wrap(struct ring *self)
{
    if (self->used == 0)
        self->tail = self->head = 0;
    while (self->head != 0) {
        struct entry *rest = entry_at(self, self->head);
        size_t size = self->size - self->head;
        size_t most = (size_t) UINT16_MAX * ENTRY_UNIT;

        if (size > most)
            size = most;
        begin(rest, size / ENTRY_UNIT);
        self->used += size;
        self->head = (self->head + size) % self->size;
    }
}

/* Room at the head, with whatever is in it. */
static struct entry *
take(struct ring *self, unsigned units)
{
    size_t size = (size_t) units * ENTRY_UNIT;

    assert(units <= UINT16_MAX && ring_has_room(self, units));
    if (room_at_head(self) < size)
        wrap(self);

    struct entry *entry = entry_at(self, self->head);

    self->used += size;
    self->head = (self->head + size) % self->size;
    return entry;
}

struct entry *
ring_take(struct ring *self, unsigned units)
{
    struct entry *entry = take(self, units);

    begin(entry, units);
    return entry;
}

struct entry *
ring_oldest(const struct ring *self)
{
    return self->used == 0 ? NULL : entry_at(self, self->tail);
}

void
ring_drop(struct ring *self)
{
    assert(self->used > 0);

    size_t size = (size_t) entry_at(self, self->tail)->units * ENTRY_UNIT;

    self->used -= size;
    self->tail = (self->tail + size) % self->size;
}

struct entry *
ring_turn(struct ring *self)
{
    const struct entry *old = ring_oldest(self);
    unsigned units = old->units;

    /* Room is there: from the head to where the entry ends, or, when the head
       is behind the entry, from the front of the memory to where it ends. */
    ring_drop(self);

    struct entry *entry = take(self, units);

    /* Upwards is right, for the head is never behind within the entry. */
    guard_write(entry, old, units);
    return entry;
}

bool
ring_holds(const struct ring *self, const struct entry *entry)
{
    const uint8_t *at = (const uint8_t *) entry;

    return at >= self->bytes && at < self->bytes + self->size;
}

struct entry *
ring_next(const struct ring *self, const struct entry *entry)
{
    if (entry == NULL)
        return ring_oldest(self);

    size_t offset = (size_t) ((const uint8_t *) entry - self->bytes);

    offset = (offset + (size_t) entry->units * ENTRY_UNIT) % self->size;
    return offset == self->head ? NULL : entry_at(self, offset);
}
