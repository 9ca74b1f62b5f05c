/*
 * ghosts - names that left the store a while ago
 *
 * Only hashes, four to a bucket, the oldest of a bucket pushed out by the
 * newest: four octets remember one.  Its memory is lent and never grows.
 */

#ifndef CACHE_GHOSTS_H
#define CACHE_GHOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GHOSTS_IN_BUCKET 4

struct ghosts {
    uint32_t *tags;                     /* lent, all zero at first */
    size_t buckets;
};

void
    ghosts_init(struct ghosts *self, uint32_t *tags, size_t buckets);

void
    ghosts_add(struct ghosts *self, uint64_t hash);

/* True when the hash is remembered; it is forgotten then. */
bool
    ghosts_take(struct ghosts *self, uint64_t hash);

#endif
