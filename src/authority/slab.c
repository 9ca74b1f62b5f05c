/*
 * slab - the memory of one zone
 *
 * malloc() would add eight octets to each piece and round to sixteen: for a
 * million names that is a fifth of all the memory, and after a reload it stays
 * in the heap in between.  Chunks double in size, so that twelve thousand
 * small zones cost little each; the large ones come straight from mmap() and
 * go back to it.
 *
 * A piece larger than CELL_LIMIT is rare (an RRset of hundreds of records):
 * malloc() has it, in a list.
 */

#include "authority/slab.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "coredns/memory.h"

#define CELL_GRAIN 8
#define CELL_LIMIT 512
#define CELL_CLASSES (CELL_LIMIT / CELL_GRAIN)

#define CHUNK_FIRST 512
#define CHUNK_MAPPED (64 * 1024)        /* from this size on by mmap() */
#define CHUNK_LIMIT (1024 * 1024)

struct cell {
    struct cell *next;
};

struct chunk {
    struct chunk *next;
    size_t size;
};

struct large {
    struct large *next;
    struct large **link;                /* what points to this one */
};

struct slab {
    struct chunk *chunks;
    uint8_t *free;                      /* what is left of the first chunk */
    size_t left;
    size_t octets;
    struct large *large;
    struct cell *cells[CELL_CLASSES];   /* given back, by size */
};

slab_t *
slab_new(void)
{
    slab_t *self = core_allocate(sizeof *self);

    self->octets = sizeof *self;
    return self;
}

static void
end_chunk(struct chunk *chunk)
{
    if (chunk->size < CHUNK_MAPPED)
        free(chunk);
    else
        munmap(chunk, chunk->size);
}

void
slab_destroy(slab_t **self_p)
{
    slab_t *self = *self_p;

    if (self == NULL)
        return;
    while (self->chunks != NULL) {
        struct chunk *chunk = self->chunks;

        self->chunks = chunk->next;
        end_chunk(chunk);
    }
    while (self->large != NULL) {
        struct large *large = self->large;

        self->large = large->next;
        free(large);
    }
    free(self);
    *self_p = NULL;
}

static void
add_chunk(slab_t *self)
{
    size_t size = self->chunks == NULL ? CHUNK_FIRST : self->chunks->size * 2;
    struct chunk *chunk;

    if (size > CHUNK_LIMIT)
        size = CHUNK_LIMIT;
    if (size < CHUNK_MAPPED) {
        chunk = core_allocate(size);
    } else {
        chunk = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (chunk == MAP_FAILED)
            abort();                    /* as core_allocate() does */
    }
    chunk->size = size;
    chunk->next = self->chunks;
    self->chunks = chunk;
    self->free = (uint8_t *) chunk + sizeof *chunk;
    self->left = size - sizeof *chunk;
    self->octets += size;
}

static void *
take_large(slab_t *self, size_t size)
{
    struct large *large = core_reallocate(NULL, sizeof *large + size);

    large->next = self->large;
    large->link = &self->large;
    if (large->next != NULL)
        large->next->link = &large->next;
    self->large = large;
    self->octets += sizeof *large + size;
    return large + 1;
}

static void
give_large(slab_t *self, void *memory, size_t size)
{
    struct large *large = (struct large *) memory - 1;

    *large->link = large->next;
    if (large->next != NULL)
        large->next->link = large->link;
    self->octets -= sizeof *large + size;
    free(large);
}

static inline size_t
round_up(size_t size)
{
    return (size + CELL_GRAIN - 1) & ~(size_t) (CELL_GRAIN - 1);
}

/* The rest of a chunk that is too small for what is asked: as cells of it. */
static void
keep_rest(slab_t *self)
{
    size_t rest = self->left & ~(size_t) (CELL_GRAIN - 1);

    if (rest > CELL_LIMIT)
        rest = CELL_LIMIT;
    if (rest > 0)
        slab_give(self, self->free, rest);
}

void *
slab_take(slab_t *self, size_t size)
{
    assert(size > 0);
    if (size > CELL_LIMIT)
        return take_large(self, size);
    size = round_up(size);

    struct cell **list = &self->cells[size / CELL_GRAIN - 1];
    struct cell *cell = *list;

    if (cell != NULL) {
        *list = cell->next;
        return cell;
    }
    while (self->left < size) {
        keep_rest(self);
        add_chunk(self);
    }

    void *memory = self->free;

    self->free += size;
    self->left -= size;
    return memory;
}

void
slab_give(slab_t *self, void *memory, size_t size)
{
    if (memory == NULL)
        return;
    if (size > CELL_LIMIT) {
        give_large(self, memory, size);
        return;
    }

    struct cell **list = &self->cells[round_up(size) / CELL_GRAIN - 1];
    struct cell *cell = memory;

    cell->next = *list;
    *list = cell;
}

size_t
slab_octets(const slab_t *self)
{
    return self->octets;
}
