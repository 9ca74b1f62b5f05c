/*
 * held - queries that a stage keeps for later
 *
 * A held query has a copy of its record and of its way back, in one
 * allocation, because the frame it came in is gone when it is answered.
 * Replies to held queries are gathered until the round ends, as long as they
 * go the same way, which with one frontend is always.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "life.h"

struct core_held {
    core_query_t query;
    struct core_envelope envelope;
    uint8_t bytes[];                    /* the message, then the trail */
};

core_held_t *
core_query_hold(core_query_t *query)
{
    core_life_t *life = query->life;
    const struct core_record *record = &query->record;

    if (life->held_count == LIFE_HELD) {
        life->counters.overflow++;
        return NULL;
    }

    core_held_t *self = core_reallocate(NULL, sizeof *self
                                        + record->message_size
                                        + record->trail_size);

    memcpy(self->bytes, record->message, record->message_size);
    memcpy(self->bytes + record->message_size, record->trail,
           record->trail_size);
    core_envelope_copy(&self->envelope, query->envelope);

    struct core_record copy = *record;

    copy.message = self->bytes;
    copy.trail = self->bytes + record->message_size;

    bool is_right = query_start(&self->query, life, &copy, life->late,
                                &self->envelope);

    assert(is_right);                   /* it was, before it was copied */
    self->query.held = self;
    self->query.came_us = query->came_us;
    life->held_count++;
    return self;
}

void
life_flush_late(void *owner)
{
    core_life_t *life = owner;

    if (core_batch_count(life->late) > 0) {
        changes_send(life);
        core_inlet_send(life->inlet, &life->late_envelope, life->late);
    }
    core_batch_start(life->late, CORE_BATCH_REPLIES);
}

core_query_t *
core_held_query(core_held_t *held)
{
    core_life_t *life = held->query.life;

    if (core_batch_is_full(life->late, CORE_MESSAGE_SIZE)
        || !core_envelope_is_same(&life->late_envelope, &held->envelope))
        life_flush_late(life);
    core_envelope_copy(&life->late_envelope, &held->envelope);
    held->query.trail_size = 0;
    return &held->query;
}

/* Sends it down alone: what is late is never much. */
static void
pass_held(core_held_t *self)
{
    core_life_t *life = self->query.life;
    uint64_t hash = query_hash(&self->query);
    core_batch_t *batch = core_batch_new();
    unsigned instance = core_outlet_choose(life->next, hash);

    struct core_record record = self->query.record;

    if (core_query_is_traced(&self->query)) {
        memcpy(life->trail, record.trail, record.trail_size);
        record.trail_size = hop_add(life, &self->query, "passed", life->trail,
                                    record.trail_size);
        record.trail = life->trail;
    }
    core_batch_start(batch, CORE_BATCH_QUERIES);
    core_batch_add(batch, &record);
    if (core_outlet_send(life->next, instance, &self->envelope, batch))
        life->counters.passed++;
    else {
        record = core_held_query(self)->record;
        record.flags |= CORE_RECORD_RETURNED;
        core_batch_add(life->late, &record);
        life->counters.returned++;
    }
    core_batch_destroy(&batch);
}

void
core_held_end(core_held_t **held_p, enum core_verdict verdict)
{
    core_held_t *self = *held_p;
    core_life_t *life = self->query.life;

    assert(verdict != CORE_HELD);
    if (verdict == CORE_PASSED && life->next == NULL) {
        query_end(core_held_query(self));
        verdict = CORE_ANSWERED;
    }
    if (verdict == CORE_ANSWERED) {
        life->counters.answered++;
        query_commit(&self->query);
    }
    else if (verdict == CORE_PASSED)
        pass_held(self);
    else
        life->counters.dropped++;
    life->held_count--;
    free(self);
    *held_p = NULL;
}
