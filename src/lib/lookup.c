/*
 * lookup - questions that a stage asks on its own
 *
 * They travel as every query does, begun here instead of at a frontend: with
 * an empty envelope, through the wire `lookup` or our next stage.  Slots are
 * reused; an id is the slot and how often it was used, so that a reply that
 * comes too late finds nobody.
 *
 * A look-up that nobody takes, or whose taker was gone meanwhile, is sent once
 * more with the next beat, until its time is over: a process that starts or
 * dies costs it some time and no answer.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "coredns/clock.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "life.h"

#define SLOTS 1024                      /* look-ups under way, at most */
#define BEAT_MS 50                      /* how exactly they end */
#define MESSAGE_SIZE (CORE_HEADER_SIZE + CORE_NAME_SIZE + 32)

struct slot {
    core_lookup_done *done;             /* NULL: free */
    void *owner;
    int64_t deadline_ms;
    uint32_t generation;
    uint16_t message_id;
    uint64_t name_hash;
    bool is_sent;                       /* and somebody has it, as it seems */
    uint8_t depth;
    size_t message_size;
    uint8_t message[MESSAGE_SIZE];
};

struct lookups {
    core_outlet_t *outlet;              /* ours, or life->next */
    bool owns_outlet;
    core_batch_t *batch;
    core_timer_t *timer;
    unsigned count;
    struct slot slots[SLOTS];
};

static void
finish(struct lookups *self, struct slot *slot,
       const struct core_message *reply)
{
    core_lookup_done *done = slot->done;

    slot->done = NULL;
    self->count--;
    done(slot->owner, reply);
}

static void send_lookup(core_life_t *life, struct slot *slot);

static void
beat(void *owner)
{
    core_life_t *life = owner;
    struct lookups *self = life->lookups;
    int64_t now_ms = core_loop_now_ms(life->loop);

    for (struct slot *slot = self->slots;
         self->count > 0 && slot < self->slots + SLOTS; slot++) {
        if (slot->done == NULL)
            continue;
        if (slot->deadline_ms <= now_ms)
            finish(self, slot, NULL);
        else if (!slot->is_sent)
            send_lookup(life, slot);
    }
}

void
lookups_return(void *owner, core_outlet_t *outlet, unsigned instance)
{
    core_life_t *life = owner;
    struct lookups *self = life->lookups;

    (void) instance;                    /* asking twice is harmless */
    if (self == NULL || outlet != self->outlet || self->count == 0)
        return;
    for (struct slot *slot = self->slots; slot < self->slots + SLOTS; slot++)
        slot->is_sent = false;
}

static void
take_lookup_batch(void *owner, const struct core_envelope *envelope,
                  struct core_batch_reader *reader)
{
    if (envelope->hops == 0)
        lookups_take_replies(owner, reader);
}

int
lookups_new(core_life_t *life, struct core_fault *fault)
{
    const char *endpoint = core_life_wire(life, "lookup", NULL);
    struct lookups *self = core_allocate(sizeof *self);

    life->lookups = self;
    self->batch = core_batch_new();
    self->outlet = life->next;
    if (endpoint != NULL) {
        self->outlet = core_outlet_new(life->context, life->loop, "lookup",
                                       endpoint, life->identity,
                                       take_lookup_batch, lookups_return, life,
                                       fault);
        self->owns_outlet = true;
        if (self->outlet == NULL)
            return -1;
    }
    if (self->outlet != NULL)
        self->timer = core_loop_timer(life->loop, BEAT_MS, BEAT_MS, beat,
                                      life);
    return 0;
}

void
lookups_destroy(core_life_t *life)
{
    struct lookups *self = life->lookups;

    if (self == NULL)
        return;
    core_loop_timer_cancel(life->loop, &self->timer);
    if (self->owns_outlet)
        core_outlet_destroy(&self->outlet);
    core_batch_destroy(&self->batch);
    free(self);
    life->lookups = NULL;
}

bool
core_life_can_lookup(const core_life_t *life)
{
    return life->lookups != NULL && life->lookups->outlet != NULL;
}

/* A look-up that cannot be begun: its asker is told later all the same. */
struct refusal {
    core_lookup_done *done;
    void *owner;
};

static void
tell_refusal(void *owner)
{
    struct refusal *refusal = owner;

    refusal->done(refusal->owner, NULL);
    free(refusal);
}

static void
refuse_later(core_life_t *life, core_lookup_done *done, void *owner)
{
    struct refusal *refusal = core_allocate(sizeof *refusal);

    refusal->done = done;
    refusal->owner = owner;
    core_loop_timer(life->loop, 0, 0, tell_refusal, refusal);
}

static struct slot *
find_free(struct lookups *self)
{
    for (struct slot *slot = self->slots; slot < self->slots + SLOTS; slot++)
        if (slot->done == NULL)
            return slot;
    return NULL;
}

static void
compose(struct slot *slot, const uint8_t *qname, uint16_t qtype,
        bool dnssec_ok)
{
    struct core_writer writer;
    uint8_t bytes[2];

    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        bytes[0] = bytes[1] = 0;        /* the wire to a stage is private */
    slot->message_id = core_read16(bytes);
    core_writer_query(&writer, slot->message, sizeof slot->message,
                      slot->message_id, CORE_RD, qname, qtype, CORE_IN);
    if (dnssec_ok)
        core_writer_edns(&writer, CORE_MESSAGE_SIZE, 0, true, NULL, 0);
    slot->message_size = core_writer_end(&writer, 0, 0);
}

static void
send_lookup(core_life_t *life, struct slot *slot)
{
    struct lookups *self = life->lookups;
    int64_t left_ms = slot->deadline_ms - core_loop_now_ms(life->loop);
    uint8_t trail[CORE_TRAIL_SIZE];
    struct core_record record = {
        .id = (uint64_t) slot->generation << 32
            | (uint64_t) (slot - self->slots),
        .arrived_us = core_clock_real_us(),
        .left_ms = left_ms > 0 ? (uint32_t) left_ms : 0,
        .flags = CORE_RECORD_INTERNAL,
        .transport = CORE_INTERNAL,
        .message = slot->message,
        .message_size = slot->message_size,
        .trail = trail,
    };

    record.trail_size = core_trail_add(trail, 0, CORE_TRAIL_DEPTH,
                                       &slot->depth, sizeof slot->depth);
    core_batch_start(self->batch, CORE_BATCH_QUERIES);
    core_batch_add(self->batch, &record);
    slot->is_sent = core_outlet_send(self->outlet,
                                     core_outlet_choose(self->outlet,
                                                        slot->name_hash),
                                     NULL, self->batch);
}

void
core_life_lookup(core_life_t *life, const uint8_t *qname, uint16_t qtype,
                 bool dnssec_ok, unsigned depth, int64_t timeout_ms,
                 core_lookup_done *done, void *owner)
{
    struct lookups *self = life->lookups;

    assert(core_life_can_lookup(life));

    struct slot *slot = find_free(self);

    if (slot == NULL) {
        refuse_later(life, done, owner);
        return;
    }
    slot->done = done;
    slot->owner = owner;
    slot->generation++;
    slot->depth = (uint8_t) (depth + 1);
    slot->name_hash = core_name_hash(qname);
    slot->deadline_ms = core_loop_now_ms(life->loop) + timeout_ms;
    self->count++;
    compose(slot, qname, qtype, dnssec_ok);
    send_lookup(life, slot);
}

/* The slot a reply belongs to, or NULL. */
static struct slot *
find_slot(struct lookups *self, uint64_t id)
{
    uint32_t index = (uint32_t) id;

    if (index >= SLOTS)
        return NULL;

    struct slot *slot = &self->slots[index];

    return slot->done != NULL && slot->generation == (uint32_t) (id >> 32)
        ? slot : NULL;
}

void
lookups_take_replies(core_life_t *life, struct core_batch_reader *reader)
{
    struct core_record record;
    struct core_message reply;

    while (core_batch_next(reader, &record)) {
        struct slot *slot = find_slot(life->lookups, record.id);

        if (slot == NULL)
            continue;
        if ((record.flags & CORE_RECORD_RETURNED) != 0)
            slot->is_sent = false;
        else if (core_message_parse(&reply, record.message,
                                    record.message_size) != CORE_PARSE_OK
                 || (reply.flags & CORE_QR) == 0
                 || reply.id != slot->message_id)
            finish(life->lookups, slot, NULL);
        else
            finish(life->lookups, slot, &reply);
    }
}
