/*
 * internal - questions of other stages, which are treated like a client's
 *
 * What a slot has no room for, the envelope and the trail, is kept beside it
 * and found by the slot's origin.  Replies that go the same way travel in one
 * batch.
 */

#include "frontend/internal.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "coredns/clock.h"
#include "coredns/memory.h"

#define LOOKUPS 4096                    /* under way, at most */
#define TRAIL_SIZE 256                  /* of a query's trail that is kept */

struct entry {
    uint64_t id;                        /* the asker's */
    struct core_envelope envelope;
    size_t trail_size;
    uint8_t trail[TRAIL_SIZE];
};

struct internal {
    core_loop_t *loop;
    core_inlet_t *inlet;
    dispatch_t *dispatch;
    inflight_t *slots;
    const char *name;                   /* of this process */
    uint8_t trail[CORE_TRAIL_SIZE];     /* of a traced reply */
    core_batch_t *replies;              /* all to the same envelope */
    struct core_envelope envelope;
    uint32_t used;                      /* entries that were ever taken */
    uint32_t free_count;
    uint32_t free[LOOKUPS];
    struct entry entries[LOOKUPS];
};

static struct entry *
entry_of(internal_t *self, uint32_t slot)
{
    uint32_t number = inflight_at(self->slots, slot)->origin;

    assert(number < self->used);
    return &self->entries[number];
}

/* ---- replies ------------------------------------------------------------- */

void
internal_flush(internal_t *self)
{
    if (core_batch_count(self->replies) == 0)
        return;
    core_inlet_send(self->inlet, &self->envelope, self->replies);
    core_batch_start(self->replies, CORE_BATCH_REPLIES);
}

static uint8_t *
reserve(void *owner, uint32_t slot, size_t size)
{
    internal_t *self = owner;
    const struct entry *entry = entry_of(self, slot);

    if (core_batch_is_full(self->replies, size)
        || (core_batch_count(self->replies) > 0
            && !core_envelope_is_same(&self->envelope, &entry->envelope)))
        internal_flush(self);
    core_envelope_copy(&self->envelope, &entry->envelope);
    return core_batch_reserve(self->replies, size);
}

/* The last stop of a traced query, and the first when no stage answered. */
static void
add_hop(internal_t *self, const struct inflight_slot *slot,
        struct core_record *record)
{
    int64_t now_us = core_clock_real_us() - slot->arrived_us;
    bool is_back = (slot->progress & INFLIGHT_ROUTED) != 0;

    memcpy(self->trail, record->trail, record->trail_size);
    record->trail_size = core_trail_hop(self->trail, record->trail_size,
                                        &(struct core_hop) {
        .name = self->name, .verdict = is_back ? "back" : "answered",
        .in_us = is_back ? now_us : 0, .out_us = now_us, .reason = "",
    });
    record->trail = self->trail;
}

static void
commit(void *owner, uint32_t number, size_t size, bool is_last,
       const uint8_t *trail, size_t trail_size)
{
    internal_t *self = owner;
    const struct inflight_slot *slot = inflight_at(self->slots, number);
    struct admit_peer peer;
    struct core_record record = {
        .id = entry_of(self, number)->id,
        .arrived_us = slot->arrived_us,
        .flags = slot->record_flags & CORE_RECORD_TRACE,
        .transport = CORE_INTERNAL,
        .trail = trail,
        .trail_size = trail_size,
    };

    if ((slot->record_flags & CORE_RECORD_TRACE) != 0)
        add_hop(self, slot, &record);
    dispatch_peer(slot, &peer);
    memcpy(record.client, peer.address, sizeof record.client);
    record.client_port = peer.port;
    core_batch_commit(self->replies, &record, size);
    assert(is_last);
    dispatch_finish(self->dispatch, DISPATCH_CONNECTED, number);
}

static void
finished(void *owner, uint32_t slot)
{
    internal_t *self = owner;

    self->free[self->free_count++] = inflight_at(self->slots, slot)->origin;
}

static size_t
add_trail(void *owner, const struct inflight_slot *slot,
          uint8_t trail[CORE_TRAIL_SIZE])
{
    const internal_t *self = owner;
    const struct entry *entry = &self->entries[slot->origin];

    memcpy(trail, entry->trail, entry->trail_size);
    return entry->trail_size;
}

/* ---- queries ------------------------------------------------------------- */

static void
fill_slot(struct inflight_slot *slot, const struct core_record *record,
          int64_t now_ms)
{
    memcpy(slot->message, record->message, record->message_size);
    slot->size = (uint16_t) record->message_size;
    slot->control_size = 0;
    slot->record_flags = (uint16_t) (CORE_RECORD_INTERNAL
                                     | (record->flags & CORE_RECORD_TRACE));
    slot->arrived_us = 0;
    slot->deadline_ms = now_ms + record->left_ms;
    slot->transport = CORE_INTERNAL;
    slot->peer = (struct sockaddr_in6) {
        .sin6_family = AF_INET6, .sin6_port = htons(record->client_port)
    };
    memcpy(&slot->peer.sin6_addr, record->client, sizeof record->client);
}

static void
take_query(internal_t *self, const struct core_envelope *envelope,
           const struct core_record *record)
{
    if (self->free_count == 0 && self->used == LOOKUPS)
        return;

    uint32_t number = inflight_take(self->slots, record->message_size);

    if (number == INFLIGHT_NONE)
        return;

    struct inflight_slot *slot = inflight_at(self->slots, number);

    fill_slot(slot, record, core_loop_now_ms(self->loop));
    slot->origin = self->free_count > 0
        ? self->free[--self->free_count] : self->used++;

    struct entry *entry = entry_of(self, number);

    entry->id = record->id;
    core_envelope_copy(&entry->envelope, envelope);
    entry->trail_size = record->trail_size <= TRAIL_SIZE
        ? record->trail_size : 0;
    if (entry->trail_size > 0)
        memcpy(entry->trail, record->trail, entry->trail_size);
    inflight_keep(self->slots, number);
    dispatch_query(self->dispatch, DISPATCH_CONNECTED, number);
}

static void
take_queries(void *owner, const struct core_envelope *envelope,
             struct core_batch_reader *reader)
{
    struct core_record record;

    while (core_batch_next(reader, &record))
        take_query(owner, envelope, &record);
}

internal_t *
internal_new(core_life_t *life, const char *endpoint, dispatch_t *dispatch,
            inflight_t *slots, struct core_fault *fault)
{
    internal_t *self = core_allocate(sizeof *self);

    self->loop = core_life_loop(life);
    self->dispatch = dispatch;
    self->slots = slots;
    self->name = core_life_name(life);
    self->replies = core_batch_new();
    core_batch_start(self->replies, CORE_BATCH_REPLIES);
    dispatch_carry(dispatch, CORE_INTERNAL, &(struct dispatch_carrier) {
        .owner = self, .reserve = reserve, .commit = commit,
        .finished = finished, .trail = add_trail });
    self->inlet = core_inlet_new(core_life_context(life), self->loop, endpoint,
                                 take_queries, self, fault);
    if (self->inlet == NULL)
        internal_destroy(&self);
    return self;
}

void
internal_destroy(internal_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    core_inlet_destroy(&(*self_p)->inlet);
    core_batch_destroy(&(*self_p)->replies);
    free(*self_p);
    *self_p = NULL;
}
