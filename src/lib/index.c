/*
 * index - where the entry of a hash lies
 *
 * Open addressing with linear probing: eight slots share a cache line, so a
 * look at the table costs one line, and the tag spares a look at entries of
 * another hash.  A removal moves back what had to give way, so no tombstones
 * pile up however long the process lives.
 */

#include "lib/index.h"

#include <assert.h>

static uint32_t
tag_of(uint64_t hash)
{
    return (uint32_t) (hash >> 32);
}

/* Where a tag would best lie. */
static size_t
home_of(const struct index *self, uint32_t tag)
{
    return (size_t) ((uint64_t) tag * self->size >> 32);
}

static size_t
after(const struct index *self, size_t slot)
{
    return slot + 1 == self->size ? 0 : slot + 1;
}

void
index_init(struct index *self, struct index_slot *slots, size_t size)
{
    assert(size >= 8 && size <= UINT32_MAX);
    *self = (struct index) { .slots = slots, .size = size };
}

bool
index_is_full(const struct index *self)
{
    return self->used >= self->size - self->size / 8;
}

void
index_add(struct index *self, uint64_t hash, uint32_t position)
{
    size_t slot = home_of(self, tag_of(hash));

    assert(!index_is_full(self) && position != 0);
    while (self->slots[slot].position != 0)
        slot = after(self, slot);
    self->slots[slot].tag = tag_of(hash);
    self->slots[slot].position = position;
    self->used++;
}

static size_t
find_slot(const struct index *self, uint64_t hash, uint32_t position)
{
    size_t slot = home_of(self, tag_of(hash));

    while (self->slots[slot].position != position) {
        assert(self->slots[slot].position != 0);
        slot = after(self, slot);
    }
    return slot;
}

void
index_remove(struct index *self, uint64_t hash, uint32_t position)
{
    size_t hole = find_slot(self, hash, position);
    size_t slot = hole;

    for (;;) {
        slot = after(self, slot);
        if (self->slots[slot].position == 0)
            break;

        size_t home = home_of(self, self->slots[slot].tag);
        size_t way = (slot + self->size - home) % self->size;
        size_t gap = (slot + self->size - hole) % self->size;

        if (way >= gap) {
            self->slots[hole] = self->slots[slot];
            hole = slot;
        }
    }
    self->slots[hole].position = 0;
    self->used--;
}

void
index_move(struct index *self, uint64_t hash, uint32_t from, uint32_t to)
{
    self->slots[find_slot(self, hash, from)].position = to;
}

uint32_t
index_first(const struct index *self, uint64_t hash, struct index_walk *walk)
{
    walk->tag = tag_of(hash);
    walk->slot = home_of(self, walk->tag);
    return index_next(self, walk);
}

uint32_t
index_next(const struct index *self, struct index_walk *walk)
{
    for (;;) {
        const struct index_slot *slot = &self->slots[walk->slot];

        if (slot->position == 0)
            return 0;
        walk->slot = after(self, walk->slot);
        if (slot->tag == walk->tag)
            return slot->position;
    }
}
