/*
 * shelf - things in numbered places, found by their hash
 *
 * A thing keeps its place for life, however many come and go: whoever walks
 * over all places while things change meets each that stays exactly once.
 * Places of things that are gone are given to new ones.
 */

#ifndef KUBERNETES_SYNC_SHELF_H
#define KUBERNETES_SYNC_SHELF_H

#include <stddef.h>
#include <stdint.h>

#define SHELF_NONE UINT32_MAX

typedef struct shelf shelf_t;

shelf_t *
    shelf_new(void);

/* The things are left alone. */
void
    shelf_destroy(shelf_t **self_p);

size_t
    shelf_count(const shelf_t *self);

/* Places there are, free ones too: 0 to that less one. */
uint32_t
    shelf_places(const shelf_t *self);

/* The thing at a place; NULL when it is free. */
void *
    shelf_at(const shelf_t *self, uint32_t place);

/* Puts a thing somewhere; returns its place. */
uint32_t
    shelf_put(shelf_t *self, uint32_t hash, void *thing);

/* Another thing takes the place of one with the same hash. */
void
    shelf_replace(shelf_t *self, uint32_t place, void *thing);

/* Frees the place. */
void
    shelf_remove(shelf_t *self, uint32_t place);

/* The first place of a thing with that hash, then the next ones; SHELF_NONE at
   the end. */
uint32_t
    shelf_first(const shelf_t *self, uint32_t hash);
uint32_t
    shelf_next(const shelf_t *self, uint32_t place);

#endif
