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
#include <stdlib.h>

#include "coredns/memory.h"

#define FIRST_SIZE 1024

static uint32_t
tag_at(const struct index *self, size_t slot)
{
    return (uint32_t) (self->slots[slot].word >> 32);
}

static uint32_t
position_at(const struct index *self, size_t slot)
{
    return (uint32_t) self->slots[slot].word;
}

static void
set(struct index *self, size_t slot, uint32_t tag, uint32_t position)
{
    __atomic_store_n(&self->slots[slot].word,
                     (uint64_t) tag << 32 | position, __ATOMIC_RELEASE);
}

static size_t
after(const struct index *self, size_t slot)
{
    return slot + 1 == self->size ? 0 : slot + 1;
}

void
index_init(struct index *self, struct index_slot *slots, size_t most)
{
    assert(most >= 8 && most <= UINT32_MAX);
    *self = (struct index) {
        .slots = slots, .most = most,
        .size = most < FIRST_SIZE ? most : FIRST_SIZE,
    };
}

bool
index_is_full(const struct index *self)
{
    return self->used >= self->size - self->size / 8;
}

void
index_add(struct index *self, uint64_t hash, uint32_t position)
{
    size_t slot = index_home(index_tag(hash), self->size);

    assert(!index_is_full(self) && position != 0);
    while (position_at(self, slot) != 0)
        slot = after(self, slot);
    set(self, slot, index_tag(hash), position);
    self->used++;
}

/* Whoever looks meanwhile may miss something that is there, and nothing else:
   what a slot says is always compared with what lies there. */
bool
index_grow(struct index *self)
{
    size_t count = 0;
    uint64_t *words;

    if (self->size == self->most || self->used < self->size / 4 * 3)
        return false;
    words = core_allocate(self->used * sizeof *words);
    for (size_t slot = 0; slot < self->size; slot++) {
        if (position_at(self, slot) == 0)
            continue;
        words[count++] = self->slots[slot].word;
        set(self, slot, 0, 0);
    }
    self->size = self->size > self->most / 2 ? self->most : 2 * self->size;
    self->used = 0;
    for (size_t i = 0; i < count; i++)
        index_add(self, words[i], (uint32_t) words[i]);
    free(words);
    return true;
}

static size_t
find_slot(const struct index *self, uint64_t hash, uint32_t position)
{
    size_t slot = index_home(index_tag(hash), self->size);

    while (position_at(self, slot) != position) {
        assert(position_at(self, slot) != 0);
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
        if (position_at(self, slot) == 0)
            break;

        size_t home = index_home(tag_at(self, slot), self->size);
        size_t way = (slot + self->size - home) % self->size;
        size_t gap = (slot + self->size - hole) % self->size;

        if (way >= gap) {
            set(self, hole, tag_at(self, slot), position_at(self, slot));
            hole = slot;
        }
    }
    set(self, hole, 0, 0);
    self->used--;
}

void
index_move(struct index *self, uint64_t hash, uint32_t from, uint32_t to)
{
    set(self, find_slot(self, hash, from), index_tag(hash), to);
}

uint32_t
index_first(const struct index *self, uint64_t hash, struct index_walk *walk)
{
    walk->tag = index_tag(hash);
    walk->slot = index_home(walk->tag, self->size);
    return index_next(self, walk);
}

uint32_t
index_next(const struct index *self, struct index_walk *walk)
{
    for (;;) {
        size_t slot = walk->slot;

        if (position_at(self, slot) == 0)
            return 0;
        walk->slot = after(self, slot);
        if (tag_at(self, slot) == walk->tag)
            return position_at(self, slot);
    }
}
