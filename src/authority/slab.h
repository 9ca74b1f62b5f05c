/*
 * slab - the memory of one zone
 *
 * A zone is millions of small things that live and die together.  The slab
 * cuts them from large chunks, without a header in front of each, and takes
 * them back into lists by size; the end of the zone is the end of the chunks,
 * and what they held is the system's again.
 */

#ifndef AUTHORITY_SLAB_H
#define AUTHORITY_SLAB_H

#include <stddef.h>

typedef struct slab slab_t;

slab_t *
    slab_new(void);

/* Ends the slab and with it all that was taken from it. */
void
    slab_destroy(slab_t **self_p);

/* So many octets (at least one), not zeroed, at a multiple of eight. */
void *
    slab_take(slab_t *self, size_t size)
    __attribute__((returns_nonnull));

/* Gives back what slab_take() gave for that size; memory may be NULL. */
void
    slab_give(slab_t *self, void *memory, size_t size);

/* Octets that the slab holds of the system's memory. */
size_t
    slab_octets(const slab_t *self);

#endif
