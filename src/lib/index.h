/*
 * index - where the entry of a hash lies
 *
 * Hash to position, any number of positions to a hash: whoever looks compares
 * what he finds there.  Its memory is lent and never grows.  What an entry
 * holds is written before its position, and nothing of it is changed while its
 * position stands here without a guard that tells.
 */

#ifndef LIB_INDEX_H
#define LIB_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* High bits of the hash, and a position, which is never 0; 0: free.  One word,
   so that other processes may look while it changes. */
struct index_slot {
    uint64_t word;
};

static inline uint32_t
index_tag(uint64_t hash)
{
    return (uint32_t) (hash >> 32);
}

/* Where a tag would best lie. */
static inline size_t
index_home(uint32_t tag, size_t size)
{
    return (size_t) ((uint64_t) tag * size >> 32);
}

struct index {
    struct index_slot *slots;           /* lent, all zero at first */
    size_t size;                        /* slots in use by now */
    size_t most;                        /* slots there are */
    size_t used;
};

/* A walk over the positions of one hash. */
struct index_walk {
    size_t slot;
    uint32_t tag;
};

/* Grows with what it holds, up to most slots: what is not needed stays
   untouched. */
void
    index_init(struct index *self, struct index_slot *slots, size_t most);

/* Twice as many slots, when it is time; true when it has grown. */
bool
    index_grow(struct index *self);

/* True when nothing more should be added. */
bool
    index_is_full(const struct index *self);

void
    index_add(struct index *self, uint64_t hash, uint32_t position);

void
    index_remove(struct index *self, uint64_t hash, uint32_t position);

/* What lay at one position lies at another from here on. */
void
    index_move(struct index *self, uint64_t hash, uint32_t from, uint32_t to);

/* The first position of that hash, or 0; then the next ones, ended by 0. */
uint32_t
    index_first(const struct index *self, uint64_t hash,
                struct index_walk *walk);
uint32_t
    index_next(const struct index *self, struct index_walk *walk);

#endif
