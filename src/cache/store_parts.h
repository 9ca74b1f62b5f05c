/*
 * store_parts - what the two halves of a store share; private to them
 *
 *   store.c      entries are found, put in and taken out
 *   eviction.c   what leaves when there must be room
 */

#ifndef CACHE_STORE_PARTS_H
#define CACHE_STORE_PARTS_H

#include "cache/ghosts.h"
#include "cache/region.h"
#include "cache/ring.h"
#include "cache/store.h"
#include "lib/index.h"

struct store {
    size_t capacity;                    /* octets of all together */
    struct region region;
    struct table_head *head;            /* where the region begins */
    uint64_t *draft;                    /* an entry before it is put in */
    struct key_secret secret;
    int64_t stale_ms;
    struct index index;
    struct ghosts ghosts;
    uint32_t *tags;                     /* of the ghosts */
    uint32_t *foreign;                  /* how many entries are not local, by
                                           the hash of their name */
    struct ring small;
    struct ring main;
    struct store_counters counters;
};

static inline uint32_t
store_position(const store_t *self, const struct entry *entry)
{
    return (uint32_t) ((size_t) ((const uint8_t *) entry
                                 - self->region.bytes) / ENTRY_UNIT);
}

static inline struct entry *
store_entry(const store_t *self, uint32_t position)
{
    return (struct entry *) (void *) (self->region.bytes
                                      + (size_t) position * ENTRY_UNIT);
}

static inline uint64_t
store_hash(const store_t *self, const struct entry *entry)
{
    size_t size;
    const uint8_t *question = entry_question(entry, &size);
    struct key key;

    key_of_question(&key, question, size, entry->bits, &self->secret);
    return key.hash;
}

static inline uint32_t *
store_guard(const store_t *self, uint32_t position)
{
    return table_guard(self->head, position);
}

/* Takes the entry out of the index; its room stays where it is. */
void
    store_unlist(store_t *self, struct entry *entry, uint64_t hash);

/* Room for an entry in one of the rings, not yet filled. */
struct entry *
    store_make_room(store_t *self, struct ring *ring, unsigned units,
                    int64_t now_ms);

#endif
