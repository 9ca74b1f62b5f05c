/*
 * pods - which addresses have a pod, in which namespace
 *
 * Entries lie in a row, each as long as its address needs; two sets of chains
 * lead to them, by key and by address.
 */

#include "kubernetes-sync/pods.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "kubernetes-sync/shelf.h"

#define LEAST_PLACES 64

struct entry {
    uint64_t key;                       /* 0: free */
    uint32_t next[2];                   /* by key, or of those free; by
                                           address */
    uint16_t space;
    uint8_t generation;
    uint8_t unused;
    uint8_t address[];
};

enum chain { BY_KEY, BY_ADDRESS, CHAINS };

struct pods {
    unsigned address_size;
    size_t entry_size;
    uint8_t *entries;
    uint32_t used, limit, count, free;
    uint32_t *buckets[CHAINS];
    uint32_t bucket_count;
};

pods_t *
pods_new(unsigned address_size)
{
    pods_t *self = core_allocate(sizeof *self);

    self->address_size = address_size;
    self->entry_size = (offsetof(struct entry, address) + address_size + 7)
        / 8 * 8;
    self->free = SHELF_NONE;
    return self;
}

void
pods_destroy(pods_t **self_p)
{
    pods_t *self = *self_p;

    if (self == NULL)
        return;
    free(self->entries);
    for (int i = 0; i < CHAINS; i++)
        free(self->buckets[i]);
    free(self);
    *self_p = NULL;
}

size_t
pods_count(const pods_t *self)
{
    return self->count;
}

uint32_t
pods_places(const pods_t *self)
{
    return self->used;
}

static struct entry *
entry_at(const pods_t *self, uint32_t place)
{
    return (struct entry *) (void *) (self->entries
                                      + place * self->entry_size);
}

bool
pods_at(const pods_t *self, uint32_t place, struct pod *pod)
{
    const struct entry *entry;

    if (place >= self->used)
        return false;
    entry = entry_at(self, place);
    if (entry->key == 0)
        return false;
    pod->key = entry->key;
    pod->space = entry->space;
    pod->generation = entry->generation;
    pod->address.size = (uint8_t) self->address_size;
    memcpy(pod->address.bytes, entry->address, self->address_size);
    return true;
}

static uint32_t
mix(uint64_t value)
{
    value *= 0x9e3779b97f4a7c15u;
    return (uint32_t) (value >> 32);
}

static uint32_t
hash_address(const pods_t *self, uint16_t space, const uint8_t *address)
{
    uint64_t value = space;

    for (unsigned i = 0; i < self->address_size; i++)
        value = (value ^ address[i]) * 0x100000001b3u;
    return mix(value);
}

static uint32_t *
bucket_of(const pods_t *self, enum chain chain, const struct entry *entry)
{
    uint32_t hash = chain == BY_KEY ? mix(entry->key)
        : hash_address(self, entry->space, entry->address);

    return &self->buckets[chain][hash & (self->bucket_count - 1)];
}

static void
chain_entry(pods_t *self, uint32_t place)
{
    struct entry *entry = entry_at(self, place);

    for (enum chain i = BY_KEY; i < CHAINS; i++) {
        uint32_t *bucket = bucket_of(self, i, entry);

        entry->next[i] = *bucket;
        *bucket = place;
    }
}

static void
grow_buckets(pods_t *self)
{
    self->bucket_count = self->bucket_count == 0 ? LEAST_PLACES
        : 2 * self->bucket_count;
    for (int i = 0; i < CHAINS; i++) {
        free(self->buckets[i]);
        self->buckets[i] = core_allocate(self->bucket_count
                                         * sizeof *self->buckets[i]);
        for (uint32_t j = 0; j < self->bucket_count; j++)
            self->buckets[i][j] = SHELF_NONE;
    }
    for (uint32_t i = 0; i < self->used; i++)
        if (entry_at(self, i)->key != 0)
            chain_entry(self, i);
}

static uint32_t
take_place(pods_t *self)
{
    uint32_t place = self->free;

    if (place != SHELF_NONE) {
        self->free = entry_at(self, place)->next[BY_KEY];
        return place;
    }
    if (self->used == self->limit) {
        self->limit += self->limit / 8 + LEAST_PLACES;
        self->entries = core_reallocate(self->entries,
                                        self->limit * self->entry_size);
    }
    return self->used++;
}

uint32_t
pods_find(const pods_t *self, uint64_t key)
{
    uint32_t place;

    if (self->bucket_count == 0)
        return SHELF_NONE;
    place = self->buckets[BY_KEY][mix(key) & (self->bucket_count - 1)];
    while (place != SHELF_NONE && entry_at(self, place)->key != key)
        place = entry_at(self, place)->next[BY_KEY];
    return place;
}

uint32_t
pods_add(pods_t *self, const struct pod *pod)
{
    struct entry *entry;
    uint32_t place;

    if (self->count >= 2 * self->bucket_count)
        grow_buckets(self);
    place = take_place(self);
    entry = entry_at(self, place);
    entry->key = pod->key;
    entry->space = pod->space;
    entry->generation = pod->generation;
    memcpy(entry->address, pod->address.bytes, self->address_size);
    chain_entry(self, place);
    self->count++;
    return place;
}

void
pods_remove(pods_t *self, uint32_t place)
{
    struct entry *entry = entry_at(self, place);

    for (enum chain i = BY_KEY; i < CHAINS; i++) {
        uint32_t *at = bucket_of(self, i, entry);

        while (*at != place)
            at = &entry_at(self, *at)->next[i];
        *at = entry->next[i];
    }
    entry->key = 0;
    entry->next[BY_KEY] = self->free;
    self->free = place;
    self->count--;
}

void
pods_stamp(pods_t *self, uint32_t place, uint8_t generation)
{
    entry_at(self, place)->generation = generation;
}

unsigned
pods_with(const pods_t *self, uint16_t space, const struct address *address)
{
    unsigned count = 0;
    uint32_t place;

    if (self->bucket_count == 0)
        return 0;
    place = self->buckets[BY_ADDRESS][hash_address(self, space, address->bytes)
                                      & (self->bucket_count - 1)];
    for (; place != SHELF_NONE && count < 2;
         place = entry_at(self, place)->next[BY_ADDRESS]) {
        const struct entry *entry = entry_at(self, place);

        count += entry->space == space
            && memcmp(entry->address, address->bytes, self->address_size) == 0;
    }
    return count;
}
