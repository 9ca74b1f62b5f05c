/*
 * memory - what befell queries, for when they are sent again
 */

#include "chaos/memory.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"

struct memory {
    struct memory_entry entries[MEMORY_PLACES];
};

memory_t *
memory_new(void)
{
    return core_allocate(sizeof (memory_t));
}

void
memory_destroy(memory_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

/* FNV-1a, as the hash of names. */
static uint64_t
add_octets(uint64_t hash, const uint8_t *octets, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ octets[i]) * 0x100000001b3;
    return hash;
}

uint64_t
memory_fingerprint(const struct core_message *message,
                   const struct core_record *record)
{
    uint64_t hash = core_name_hash(message->qname) ^ record->id;
    uint8_t rest[6];

    core_write16(rest, message->id);
    core_write16(rest + 2, message->qtype);
    core_write16(rest + 4, record->client_port);
    hash = add_octets(hash, rest, sizeof rest);
    hash = add_octets(hash, record->client, sizeof record->client);
    hash ^= hash >> 32;
    return hash == 0 ? 1 : hash;
}

static struct memory_entry *
place_of(memory_t *self, uint64_t fingerprint)
{
    return &self->entries[fingerprint & (MEMORY_PLACES - 1)];
}

struct memory_entry *
memory_put(memory_t *self, uint64_t fingerprint)
{
    struct memory_entry *entry = place_of(self, fingerprint);

    *entry = (struct memory_entry) { .fingerprint = fingerprint };
    return entry;
}

struct memory_entry *
memory_find(memory_t *self, uint64_t fingerprint)
{
    struct memory_entry *entry = place_of(self, fingerprint);

    return entry->fingerprint == fingerprint ? entry : NULL;
}
