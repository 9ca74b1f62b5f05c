/*
 * ghosts - names that left the store a while ago
 *
 * Bucket and tag come from different halves of the hash.  A false memory (one
 * in a thousand million for each tag compared) only means that an entry starts
 * in the better place.
 */

#include "cache/ghosts.h"

#include <assert.h>
#include <string.h>

void
ghosts_init(struct ghosts *self, uint32_t *tags, size_t buckets)
{
    assert(buckets > 0 && buckets <= UINT32_MAX);
    *self = (struct ghosts) { .tags = tags, .buckets = buckets };
}

static uint32_t *
bucket_of(const struct ghosts *self, uint64_t hash)
{
    return self->tags + GHOSTS_IN_BUCKET
        * (size_t) ((hash >> 32) * self->buckets >> 32);
}

/* 0 stands for nothing. */
static uint32_t
tag_of(uint64_t hash)
{
    return (uint32_t) hash | 1;
}

void
ghosts_add(struct ghosts *self, uint64_t hash)
{
    uint32_t *bucket = bucket_of(self, hash);

    memmove(bucket + 1, bucket, (GHOSTS_IN_BUCKET - 1) * sizeof *bucket);
    bucket[0] = tag_of(hash);
}

bool
ghosts_take(struct ghosts *self, uint64_t hash)
{
    uint32_t *bucket = bucket_of(self, hash);

    for (int i = 0; i < GHOSTS_IN_BUCKET; i++) {
        if (bucket[i] != tag_of(hash))
            continue;
        memmove(bucket + i, bucket + i + 1,
                (size_t) (GHOSTS_IN_BUCKET - 1 - i) * sizeof *bucket);
        bucket[GHOSTS_IN_BUCKET - 1] = 0;
        return true;
    }
    return false;
}
