/*
 * arena - memory that is given back all at once
 *
 * A configuration of 12,000 zones has some 100,000 small values of one and the
 * same lifetime.  They are cut from blocks; what is larger than a block gets
 * one of its own.
 */

#include "lib/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define BLOCK_SIZE 16384

struct block {
    struct block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char octets[];
};

struct core_arena {
    struct block *blocks;               /* the first one is filled */
};

core_arena_t *
core_arena_new(void)
{
    return core_allocate(sizeof (core_arena_t));
}

void
core_arena_destroy(core_arena_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    for (struct block *block = (*self_p)->blocks; block != NULL;) {
        struct block *next = block->next;

        free(block);
        block = next;
    }
    free(*self_p);
    *self_p = NULL;
}

void *
core_arena_allocate(core_arena_t *self, size_t size)
{
    assert(self && size < SIZE_MAX / 2);
    if (size == 0)
        return NULL;
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);

    struct block *block = self->blocks;

    if (block == NULL || block->size - block->used < size) {
        size_t block_size = size > BLOCK_SIZE ? size : BLOCK_SIZE;

        block = core_allocate(sizeof *block + block_size);
        block->size = block_size;
        block->next = self->blocks;
        self->blocks = block;
    }
    void *octets = block->octets + block->used;

    block->used += size;
    return octets;
}

void *
core_arena_copy(core_arena_t *self, const void *octets, size_t size)
{
    void *copy = core_arena_allocate(self, size);

    return size > 0 ? memcpy(copy, octets, size) : NULL;
}
