/*
 * hash_bag - how often something is there, known by its hash
 *
 * Open addressing by the high bits, at most two thirds full.  The counts lie
 * in an array of their own that is hardly ever touched, as nearly everything
 * is there once.
 */

#include "file-sync/hash_bag.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "coredns/memory.h"

#define LEAST_BITS 4
#define MANY 254                        /* more than the one that is there */

struct hash_bag {
    uint64_t *hashes;                   /* 0: a free place */
    uint8_t *more;                      /* copies besides the first */
    unsigned bits;
    size_t count;
};

static void
allocate(hash_bag_t *self, unsigned bits)
{
    self->bits = bits;
    self->hashes = core_allocate(sizeof *self->hashes << bits);
    self->more = core_allocate((size_t) 1 << bits);
}

hash_bag_t *
hash_bag_new(size_t expected)
{
    hash_bag_t *self = core_allocate(sizeof *self);
    unsigned bits = LEAST_BITS;

    while ((size_t) 1 << bits < expected + expected / 2)
        bits++;
    allocate(self, bits);
    return self;
}

void
hash_bag_destroy(hash_bag_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->hashes);
    free((*self_p)->more);
    free(*self_p);
    *self_p = NULL;
}

size_t
hash_bag_size(const hash_bag_t *self)
{
    return self->count;
}

static size_t
home(const hash_bag_t *self, uint64_t hash)
{
    return (size_t) (hash >> (64 - self->bits));
}

void
hash_bag_expect(const hash_bag_t *self, uint64_t hash)
{
    __builtin_prefetch(&self->hashes[home(self, hash)], 1);
}

static size_t
next_place(const hash_bag_t *self, size_t place)
{
    return (place + 1) & (((size_t) 1 << self->bits) - 1);
}

/* The place of the hash, or the free one where it would be. */
static size_t
find(const hash_bag_t *self, uint64_t hash)
{
    size_t place = home(self, hash);

    while (self->hashes[place] != 0 && self->hashes[place] != hash)
        place = next_place(self, place);
    return place;
}

static void
grow(hash_bag_t *self)
{
    hash_bag_t old = *self;

    allocate(self, old.bits + 1);
    for (size_t i = 0; i < (size_t) 1 << old.bits; i++) {
        if (old.hashes[i] != 0) {
            size_t place = find(self, old.hashes[i]);

            self->hashes[place] = old.hashes[i];
            self->more[place] = old.more[i];
        }
    }
    free(old.hashes);
    free(old.more);
}

unsigned
hash_bag_add(hash_bag_t *self, uint64_t hash)
{
    hash += hash == 0;

    size_t place = find(self, hash);

    if (self->hashes[place] == hash) {
        if (self->more[place] < MANY)
            self->more[place]++;
        return self->more[place] + 1u;
    }
    self->hashes[place] = hash;
    self->count++;
    if (self->count > ((size_t) 2 << self->bits) / 3)
        grow(self);
    return 1;
}

/* Moves what stands behind a place that became free up to where it is looked
   for. */
static void
close_gap(hash_bag_t *self, size_t gap)
{
    size_t mask = ((size_t) 1 << self->bits) - 1;

    for (size_t place = next_place(self, gap); self->hashes[place] != 0;
         place = next_place(self, place)) {
        size_t distance = (place - home(self, self->hashes[place])) & mask;

        if (distance < ((place - gap) & mask))
            continue;
        self->hashes[gap] = self->hashes[place];
        self->more[gap] = self->more[place];
        gap = place;
    }
    self->hashes[gap] = 0;
    self->more[gap] = 0;
}

unsigned
hash_bag_remove(hash_bag_t *self, uint64_t hash)
{
    hash += hash == 0;

    size_t place = find(self, hash);

    if (self->hashes[place] == 0)
        return 0;
    if (self->more[place] == MANY)
        return MANY + 1;
    if (self->more[place] > 0)
        return self->more[place]--;
    self->count--;
    close_gap(self, place);
    return 0;
}

unsigned
hash_bag_count(const hash_bag_t *self, uint64_t hash)
{
    hash += hash == 0;

    size_t place = find(self, hash);

    return self->hashes[place] == 0 ? 0 : self->more[place] + 1u;
}

__extension__ typedef unsigned __int128 uint128;

static uint64_t
mix(uint64_t left, uint64_t right)
{
    uint128 product = (uint128) left * right;

    return (uint64_t) product ^ (uint64_t) (product >> 64);
}

uint64_t
hash_octets(uint64_t before, const uint8_t *octets, size_t size)
{
    uint64_t hash = before ^ size * 0x9e3779b97f4a7c15u;
    uint64_t word;

    for (; size >= sizeof word; octets += sizeof word, size -= sizeof word) {
        memcpy(&word, octets, sizeof word);
        hash = mix(hash ^ word, 0xa0761d6478bd642fu);
    }
    word = 0;
    memcpy(&word, octets, size);
    return mix(hash ^ word, 0xe7037ed1a0b428dbu);
}

uint64_t
hash_seed(void)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        seed = (uint64_t) (uintptr_t) &seed;
    return seed;
}
