/*
 * arena - memory that is given back all at once
 */

#ifndef LIB_ARENA_H
#define LIB_ARENA_H

#include <stddef.h>

typedef struct core_arena core_arena_t;

core_arena_t *
    core_arena_new(void);

void
    core_arena_destroy(core_arena_t **self_p);

/* So many zeroed octets, aligned for any type; they live as long as the arena.
   NULL for size 0. */
void *
    core_arena_allocate(core_arena_t *self, size_t size);

/* A copy of so many octets. */
void *
    core_arena_copy(core_arena_t *self, const void *octets, size_t size);

#endif
