/*
 * shelf - things in numbered places, found by their hash
 *
 * One array of places; those of one bucket are chained by their numbers.  Free
 * places are chained likewise.
 */

#include "kubernetes-sync/shelf.h"

#include <stdlib.h>

#include "coredns/memory.h"

#define LEAST_BUCKETS 16

struct place {
    void *thing;                        /* NULL: free */
    uint32_t hash;
    uint32_t next;                      /* of the bucket, or of those free */
};

struct shelf {
    struct place *places;
    uint32_t used;                      /* places that were ever used */
    uint32_t limit;
    uint32_t count;                     /* things */
    uint32_t free;                      /* the first free place */
    uint32_t *buckets;                  /* a power of two of them */
    uint32_t bucket_count;
};

shelf_t *
shelf_new(void)
{
    shelf_t *self = core_allocate(sizeof *self);

    self->free = SHELF_NONE;
    return self;
}

void
shelf_destroy(shelf_t **self_p)
{
    shelf_t *self = *self_p;

    if (self == NULL)
        return;
    free(self->places);
    free(self->buckets);
    free(self);
    *self_p = NULL;
}

size_t
shelf_count(const shelf_t *self)
{
    return self->count;
}

uint32_t
shelf_places(const shelf_t *self)
{
    return self->used;
}

void *
shelf_at(const shelf_t *self, uint32_t place)
{
    return place < self->used ? self->places[place].thing : NULL;
}

static uint32_t *
bucket_of(const shelf_t *self, uint32_t hash)
{
    return &self->buckets[hash & (self->bucket_count - 1)];
}

static void
chain(shelf_t *self, uint32_t place)
{
    uint32_t *bucket = bucket_of(self, self->places[place].hash);

    self->places[place].next = *bucket;
    *bucket = place;
}

static void
grow_buckets(shelf_t *self)
{
    self->bucket_count = self->bucket_count == 0 ? LEAST_BUCKETS
        : 2 * self->bucket_count;
    free(self->buckets);
    self->buckets = core_allocate(self->bucket_count * sizeof *self->buckets);
    for (uint32_t i = 0; i < self->bucket_count; i++)
        self->buckets[i] = SHELF_NONE;
    for (uint32_t i = 0; i < self->used; i++)
        if (self->places[i].thing != NULL)
            chain(self, i);
}

static uint32_t
take_place(shelf_t *self)
{
    uint32_t place = self->free;

    if (place != SHELF_NONE) {
        self->free = self->places[place].next;
        return place;
    }
    if (self->used == self->limit) {
        self->limit += self->limit / 4 + LEAST_BUCKETS;
        self->places = core_reallocate(self->places,
                                       self->limit * sizeof *self->places);
    }
    return self->used++;
}

uint32_t
shelf_put(shelf_t *self, uint32_t hash, void *thing)
{
    uint32_t place;

    if (self->count == self->bucket_count)
        grow_buckets(self);
    place = take_place(self);
    self->places[place].thing = thing;
    self->places[place].hash = hash;
    chain(self, place);
    self->count++;
    return place;
}

void
shelf_replace(shelf_t *self, uint32_t place, void *thing)
{
    self->places[place].thing = thing;
}

void
shelf_remove(shelf_t *self, uint32_t place)
{
    uint32_t *at = bucket_of(self, self->places[place].hash);

    while (*at != place)
        at = &self->places[*at].next;
    *at = self->places[place].next;
    self->places[place].thing = NULL;
    self->places[place].next = self->free;
    self->free = place;
    self->count--;
}

/* The first place from there on, along the chain, with that hash. */
static uint32_t
search(const shelf_t *self, uint32_t place, uint32_t hash)
{
    while (place != SHELF_NONE && self->places[place].hash != hash)
        place = self->places[place].next;
    return place;
}

uint32_t
shelf_first(const shelf_t *self, uint32_t hash)
{
    if (self->bucket_count == 0)
        return SHELF_NONE;
    return search(self, *bucket_of(self, hash), hash);
}

uint32_t
shelf_next(const shelf_t *self, uint32_t place)
{
    return search(self, self->places[place].next, self->places[place].hash);
}
