/*
 * recent - queries whose replies are still to come
 */

#include "tap/recent.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct recent {
    struct recent_query queries[RECENT_QUERIES];
};

recent_t *
recent_new(void)
{
    return core_allocate(sizeof (recent_t));
}

void
recent_destroy(recent_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

/* A frontend's ids are slots and generations; several may count alike. */
static struct recent_query *
place_of(recent_t *self, const struct core_record *record)
{
    uint64_t hash = (record->id ^ (uint64_t) record->client_port << 32)
        * 0x9e3779b97f4a7c15;

    return &self->queries[hash >> 40 & (RECENT_QUERIES - 1)];
}

void
recent_put(recent_t *self, const struct core_record *record, int64_t real_us)
{
    struct recent_query *query = place_of(self, record);

    query->is_known = false;
    if (record->message_size > RECENT_SIZE)
        return;
    query->record = *record;
    query->record.message = query->message;
    query->record.trail = NULL;
    query->record.trail_size = 0;
    query->real_us = real_us;
    query->is_known = true;
    memcpy(query->message, record->message, record->message_size);
}

const struct recent_query *
recent_take(recent_t *self, const struct core_record *reply)
{
    struct recent_query *query = place_of(self, reply);

    if (!query->is_known || query->record.id != reply->id
        || query->record.client_port != reply->client_port
        || memcmp(query->record.client, reply->client,
                  sizeof reply->client) != 0)
        return NULL;
    query->is_known = (reply->flags & CORE_RECORD_MORE) != 0;
    return query;
}
