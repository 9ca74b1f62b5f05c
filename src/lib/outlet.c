/*
 * outlet - the way to a next stage: one connection to each of its instances
 *
 * One DEALER connected to all instances would deal in turn; one each lets us
 * choose by name, so that two caches do not repeat each other's work.
 *
 * When it is led elsewhere, queries go the old way until the new one is open,
 * and the old connections stay for a while: what is still under way comes back
 * through them.  A connection to an endpoint that was left is taken up again
 * instead of made a second time, because a ROUTER knows but one of our name.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "lib/instance.h"
#include "life.h"

#define BEAT_MS 200
#define OPEN_MS 1000                    /* until the new way is taken anyhow */
#define KEPT_MS 10000                   /* an old connection for replies */

struct old {
    instance_t *instance;
    int64_t until_ms;
};

struct ends {
    instance_t *list[CORE_OUTLET_INSTANCES];
    unsigned count;
};

struct core_outlet {
    char *name;
    char *identity;
    void *context;
    core_loop_t *loop;
    struct ends now;
    struct ends wanted;                 /* count 0: nothing else is */
    int64_t open_until_ms;              /* the wait for those */
    void (*led)(void *owner);
    void *led_owner;
    struct old *old;
    size_t old_count, old_capacity;
    core_timer_t *beat;                 /* while there is something to end */
    struct instance_events events;
    core_pipe_batch *replies;
    void (*returned)(void *owner, core_outlet_t *outlet, unsigned instance);
    core_pipe_batch *changes;           /* NULL: nobody wants to know */
    void (*away)(void *owner);
    void (*lost)(void *owner);
    void *owner;
    struct core_pipe_counters counters;
    uint8_t trail[CORE_TRAIL_SIZE];     /* of a reply from a table */
};

static bool
is_among(const struct ends *ends, const instance_t *instance,
         unsigned *number)
{
    for (unsigned i = 0; i < ends->count; i++)
        if (ends->list[i] == instance) {
            *number = i;
            return true;
        }
    return false;
}

/* ---- what comes ---------------------------------------------------------- */

/* Of one that was left nothing is believed any more. */
static void
take_changes(core_outlet_t *self, instance_t *instance,
             const struct core_envelope *envelope,
             struct core_batch_reader *reader)
{
    unsigned number;

    instance_note_told(instance);
    if (self->changes != NULL && is_among(&self->now, instance, &number))
        self->changes(self->owner, envelope, reader);
    else
        reader->left = 0;
}

static void
take_message(void *owner, instance_t *instance,
             struct message_frames *message)
{
    core_outlet_t *self = owner;
    struct core_batch_reader reader;

    if (!core_batch_open(&reader, zmq_msg_data(&message->batch),
                         zmq_msg_size(&message->batch))
        || reader.kind == CORE_BATCH_QUERIES) {
        self->counters.refused++;
        return;
    }
    self->counters.batches_in++;
    if (reader.kind == CORE_BATCH_CHANGES)
        take_changes(self, instance, &message->envelope, &reader);
    else {
        self->counters.records_in += reader.left;
        self->replies(self->owner, &message->envelope, &reader);
    }
    if (reader.left != 0)
        self->counters.refused++;
}

/* By a batch of its own kind: the other side answers its neighbour alone. */
static void
ask_for_changes(instance_t *instance)
{
    core_batch_t *batch = core_batch_new();

    changes_make_none(batch);
    instance_send(instance, NULL, batch);
    core_batch_destroy(&batch);
}

static void look_at_wanted(core_outlet_t *self);

static void
take_change(void *owner, instance_t *instance, bool was_reachable)
{
    core_outlet_t *self = owner;
    bool is_reachable = instance_is_reachable(instance);
    unsigned number;

    if (is_reachable && self->changes != NULL)
        ask_for_changes(instance);
    if (is_among(&self->now, instance, &number)) {
        if (self->lost != NULL && is_reachable)
            self->lost(self->owner);
        if (self->away != NULL && !is_reachable)
            self->away(self->owner);
        if (is_reachable && !was_reachable && self->returned != NULL)
            self->returned(self->owner, self, number);
    }
    look_at_wanted(self);
}

/* ---- being led elsewhere ------------------------------------------------- */

static void beat(void *owner);

static void
keep_beating(core_outlet_t *self)
{
    if (self->beat == NULL)
        self->beat = core_loop_timer(self->loop, BEAT_MS, BEAT_MS, beat, self);
}

static void
leave(core_outlet_t *self, instance_t *instance)
{
    self->old = core_grow(self->old, self->old_count, &self->old_capacity,
                          sizeof *self->old);
    self->old[self->old_count++] = (struct old) {
        instance, core_loop_now_ms(self->loop) + KEPT_MS
    };
    keep_beating(self);
}

/* Ends those that were left long enough ago. */
static void
end_old(core_outlet_t *self)
{
    int64_t now_ms = core_loop_now_ms(self->loop);

    for (size_t i = 0; i < self->old_count;)
        if (self->old[i].until_ms <= now_ms) {
            instance_destroy(&self->old[i].instance);
            self->old[i] = self->old[--self->old_count];
        }
        else
            i++;
}

static bool
has_reachable(const struct ends *ends)
{
    for (unsigned i = 0; i < ends->count; i++)
        if (instance_is_reachable(ends->list[i]))
            return true;
    return false;
}

static void
tell_led(core_outlet_t *self)
{
    void (*led)(void *owner) = self->led;

    self->led = NULL;
    if (led != NULL)
        led(self->led_owner);
}

/* From here on queries go the new way. */
static void
turn(core_outlet_t *self)
{
    struct ends before = self->now;
    unsigned number;

    self->now = self->wanted;
    self->wanted.count = 0;
    for (unsigned i = 0; i < before.count; i++)
        if (!is_among(&self->now, before.list[i], &number))
            leave(self, before.list[i]);
    if (self->lost != NULL)
        self->lost(self->owner);

    /* What went to nobody goes to somebody. */
    if (!has_reachable(&before) && self->returned != NULL)
        self->returned(self->owner, self, 0);
    tell_led(self);
}

/* Turns when all of the new way is open, or nothing of the old one. */
static void
look_at_wanted(core_outlet_t *self)
{
    bool is_late = core_loop_now_ms(self->loop) >= self->open_until_ms
        || !has_reachable(&self->now);

    if (self->wanted.count == 0)
        return;
    for (unsigned i = 0; i < self->wanted.count && !is_late; i++)
        if (!instance_is_reachable(self->wanted.list[i]))
            return;
    turn(self);
}

static void
beat(void *owner)
{
    core_outlet_t *self = owner;

    look_at_wanted(self);
    end_old(self);
    if (self->wanted.count == 0 && self->old_count == 0)
        core_loop_timer_cancel(self->loop, &self->beat);
}

static instance_t *
find_in(const struct ends *ends, const char *endpoint)
{
    for (unsigned i = 0; i < ends->count; i++)
        if (strcmp(instance_endpoint(ends->list[i]), endpoint) == 0)
            return ends->list[i];
    return NULL;
}

/* The connection to that endpoint that was left, taken up again; or NULL. */
static instance_t *
take_up(core_outlet_t *self, const char *endpoint)
{
    for (size_t i = 0; i < self->old_count; i++)
        if (strcmp(instance_endpoint(self->old[i].instance), endpoint) == 0) {
            instance_t *found = self->old[i].instance;

            self->old[i] = self->old[--self->old_count];
            return found;
        }
    return NULL;
}

/* Gives back what was made or taken up for a way that is not taken. */
static void
forget_wanted(core_outlet_t *self, struct ends *ends)
{
    unsigned number;

    for (unsigned i = 0; i < ends->count; i++)
        if (!is_among(&self->now, ends->list[i], &number))
            leave(self, ends->list[i]);
    ends->count = 0;
}

/* The connection to that endpoint: one that we have, or a new one. */
static instance_t *
find_end(core_outlet_t *self, const char *endpoint, struct core_fault *fault)
{
    instance_t *known = find_in(&self->now, endpoint);

    if (known == NULL)
        known = take_up(self, endpoint);
    return known != NULL ? known
        : instance_new(self->context, self->loop, endpoint, self->identity,
                       &self->events, fault);
}

/* Adds the connections to all of a list of endpoints. */
static int
add_ends(core_outlet_t *self, struct ends *ends, const char *endpoints,
         struct core_fault *fault)
{
    char *list = core_copy_text(endpoints);
    char *rest = list;
    int rc = 0;

    ends->count = 0;
    for (char *one; rc == 0 && (one = strsep(&rest, ",")) != NULL;) {
        if (ends->count == CORE_OUTLET_INSTANCES) {
            core_fault_set(fault, NULL, 0, "more than %d instances of %s",
                           CORE_OUTLET_INSTANCES, self->name);
            rc = -1;
            break;
        }

        instance_t *end = find_in(ends, one);

        if (end != NULL)
            continue;                   /* the user named it twice */
        end = find_end(self, one, fault);
        if (end == NULL)
            rc = -1;
        else
            ends->list[ends->count++] = end;
    }
    free(list);
    return rc;
}

int
core_outlet_lead(core_outlet_t *self, const char *endpoints,
                 void (*led)(void *owner), void *owner,
                 struct core_fault *fault)
{
    struct ends ends;

    /* Whoever led it before is told that it is over. */
    forget_wanted(self, &self->wanted);
    tell_led(self);
    if (add_ends(self, &ends, endpoints, fault) == -1) {
        forget_wanted(self, &ends);
        return -1;
    }
    self->wanted = ends;
    self->led = led;
    self->led_owner = owner;
    self->open_until_ms = core_loop_now_ms(self->loop) + OPEN_MS;
    keep_beating(self);
    look_at_wanted(self);
    return 0;
}

/* ---- the class ----------------------------------------------------------- */

core_outlet_t *
core_outlet_new(void *context, core_loop_t *loop, const char *name,
                const char *endpoints, const char *identity,
                core_pipe_batch *replies,
                void (*returned)(void *owner, core_outlet_t *outlet,
                                 unsigned instance),
                void *owner, struct core_fault *fault)
{
    core_outlet_t *self = core_allocate(sizeof *self);

    self->name = core_copy_text(name);
    self->identity = core_copy_text(identity);
    self->context = context;
    self->loop = loop;
    self->replies = replies;
    self->returned = returned;
    self->owner = owner;
    self->events = (struct instance_events) {
        take_message, take_change, &self->counters.refused, self
    };
    if (add_ends(self, &self->now, endpoints, fault) == -1)
        core_outlet_destroy(&self);
    return self;
}

void
core_outlet_destroy(core_outlet_t **self_p)
{
    assert(self_p);

    core_outlet_t *self = *self_p;

    if (self == NULL)
        return;
    forget_wanted(self, &self->wanted);
    tell_led(self);
    core_loop_timer_cancel(self->loop, &self->beat);
    for (unsigned i = 0; i < self->now.count; i++)
        instance_destroy(&self->now.list[i]);
    for (size_t i = 0; i < self->old_count; i++)
        instance_destroy(&self->old[i].instance);
    free(self->old);
    free(self->identity);
    free(self->name);
    free(self);
    *self_p = NULL;
}

void
core_outlet_follow(core_outlet_t *self, core_pipe_batch *changes,
                   void (*away)(void *owner), void (*lost)(void *owner))
{
    self->changes = changes;
    self->away = away;
    self->lost = lost;
}

bool
core_outlet_is_told(const core_outlet_t *self)
{
    for (unsigned i = 0; i < self->now.count; i++)
        if (!instance_tells(self->now.list[i]))
            return false;
    return true;
}

unsigned
core_outlet_instances(const core_outlet_t *self)
{
    return self->now.count;
}

const char *
core_outlet_endpoint(const core_outlet_t *self, unsigned instance)
{
    return instance_endpoint(self->now.list[instance]);
}

bool
core_outlet_is_reachable(const core_outlet_t *self, unsigned instance)
{
    return instance_is_reachable(self->now.list[instance]);
}

unsigned
core_outlet_choose(const core_outlet_t *self, uint64_t name_hash)
{
    unsigned first = (unsigned) (name_hash % self->now.count);

    for (unsigned i = 0; i < self->now.count; i++) {
        unsigned instance = (first + i) % self->now.count;

        if (instance_is_reachable(self->now.list[instance]))
            return instance;
    }
    return first;
}

bool
core_outlet_find(core_outlet_t *self, unsigned instance,
                 const struct core_message *query, struct core_record *reply)
{
    struct table_answer answer;

    if (!instance_find(self->now.list[instance], query, &answer))
        return false;
    core_write16(answer.message, query->id);
    reply->message = answer.message;
    reply->message_size = answer.message_size;
    reply->trail = self->trail;
    reply->trail_size = answer.is_local ? core_trail_local(self->trail, 0) : 0;
    return true;
}

bool
core_outlet_send(core_outlet_t *self, unsigned instance,
                 const struct core_envelope *envelope, core_batch_t *batch)
{
    for (unsigned i = 0; i < self->now.count; i++)
        if (instance_send(self->now.list[(instance + i) % self->now.count],
                          envelope, batch)) {
            self->counters.batches_out++;
            self->counters.records_out += core_batch_count(batch);
            return true;
        }
    self->counters.undelivered++;
    return false;
}

struct core_pipe_counters *
core_outlet_counters(core_outlet_t *self)
{
    return &self->counters;
}
