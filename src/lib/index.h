/*
 * index - where the entry of a hash lies
 *
 * Hash to position, any number of positions to a hash: whoever looks compares
 * what he finds there.  Its memory is lent and never grows.
 */

#ifndef LIB_INDEX_H
#define LIB_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_slot {
    uint32_t tag;                       /* high bits of the hash */
    uint32_t position;                  /* never 0; 0: free */
};

struct index {
    struct index_slot *slots;           /* lent, all zero at first */
    size_t size;
    size_t used;
};

/* A walk over the positions of one hash. */
struct index_walk {
    size_t slot;
    uint32_t tag;
};

void
    index_init(struct index *self, struct index_slot *slots, size_t size);

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
