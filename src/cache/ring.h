/*
 * ring - entries in the order of their coming, in one piece of memory
 *
 * New entries go to the head, old ones leave at the tail, and the space between
 * is always in one piece or two: nothing is ever lost to fragmentation.  An
 * entry that dies in the middle keeps its room until the tail reaches it.
 */

#ifndef CACHE_RING_H
#define CACHE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/entry.h"

struct ring {
    uint8_t *bytes;                     /* lent */
    size_t size;                        /* a multiple of ENTRY_UNIT */
    size_t head;
    size_t tail;
    size_t used;                        /* from tail to head */
};

void
    ring_init(struct ring *self, uint8_t *bytes, size_t size);

/* True when so many units can be taken without anything leaving. */
bool
    ring_has_room(const struct ring *self, unsigned units);

/* Room for an entry of so many units at the head; units is filled in. */
struct entry *
    ring_take(struct ring *self, unsigned units);

/* The oldest entry, dead or alive; NULL when there is none. */
struct entry *
    ring_oldest(const struct ring *self);

/* Takes the oldest entry away. */
void
    ring_drop(struct ring *self);

/* Moves the oldest entry to the head; returns where it is then. */
struct entry *
    ring_turn(struct ring *self);

bool
    ring_holds(const struct ring *self, const struct entry *entry);

/* The entry behind that one (NULL: the oldest), or NULL at the end. */
struct entry *
    ring_next(const struct ring *self, const struct entry *entry);

#endif
