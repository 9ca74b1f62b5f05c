/*
 * pending - the queries that wait for scripts
 */

#include "exec/pending.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

static size_t
bucket_of(uint64_t id)
{
    return (id ^ id >> 20 ^ id >> 40) % PENDING_BUCKETS;
}

static bool
is_same(const struct core_record *left, const struct core_record *right)
{
    return left->id == right->id && left->client_port == right->client_port
        && memcmp(left->client, right->client, sizeof left->client) == 0
        && left->message_size == right->message_size
        && memcmp(left->message, right->message, left->message_size) == 0;
}

bool
pending_finds(const struct pending_table *self,
              const struct core_record *record)
{
    for (const struct pending *pending = self->buckets[bucket_of(record->id)];
         pending != NULL; pending = pending->same)
        if (is_same(core_query_record(pending->query), record))
            return true;
    return false;
}

struct pending *
pending_add(struct pending_table *self, core_held_t *held)
{
    struct pending *pending = core_allocate(sizeof *pending);
    struct pending **bucket;

    pending->held = held;
    pending->query = core_held_query(held);
    bucket = &self->buckets[bucket_of(core_query_record(pending->query)->id)];
    pending->same = *bucket;
    *bucket = pending;
    self->count++;
    return pending;
}

void
pending_end(struct pending_table *self, struct pending *pending,
            enum core_verdict verdict)
{
    uint64_t id = core_query_record(pending->query)->id;
    struct pending **place = &self->buckets[bucket_of(id)];

    while (*place != pending)
        place = &(*place)->same;
    *place = pending->same;
    self->count--;
    core_held_end(&pending->held, verdict);
    free(pending);
}
