/*
 * anchor - what tells the history of an etcd from another one
 */

#include "etcd-sync/anchor.h"

static uint64_t
mix(uint64_t hash, const void *octets, size_t size)
{
    const uint8_t *at = octets;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Of all that etcd says of a change: two histories that have the same key
   changed to the same value differ in how often that was. */
static uint64_t
hash_of(const struct core_etcd_key *key)
{
    const int64_t numbers[] = {
        key->is_deleted, key->revision, key->created_revision, key->version,
        key->lease, (int64_t) key->key.size,
    };
    uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), numbers, sizeof numbers);

    hash = mix(hash, key->key.bytes, key->key.size);
    return mix(hash, key->value.bytes, key->value.size);
}

/* Of several changes in one revision the last one that is told. */
static void
note(struct anchor *self, const struct core_etcd_key *key)
{
    if (key->revision < self->revision)
        return;
    self->revision = key->revision;
    self->hash = hash_of(key);
}

void
anchor_read(struct anchor *self, const struct core_etcd_key *key)
{
    self->count++;
    note(self, key);
}

void
anchor_change(struct anchor *self, const struct core_etcd_key *key)
{
    if (key->is_deleted)
        self->count--;
    else if (key->version == 1)
        self->count++;
    note(self, key);
}

bool
anchor_is(const struct anchor *self, const struct core_etcd_key *key)
{
    return key->revision == self->revision && hash_of(key) == self->hash;
}
