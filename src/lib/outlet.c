/*
 * outlet - the DEALERs of a stage: one for each instance of a next stage
 *
 * One DEALER connected to all instances would deal in turn; one each lets us
 * choose by name, so that two caches do not repeat each other's work.
 *
 * ZMQ_IMMEDIATE keeps messages from queueing towards a peer that is not there.
 * A monitor on each socket tells when it comes and goes, which a failed send
 * would tell too late: the frontend sends again what a dead stage held as soon
 * as it is back, not when its patience ends.  The peer's answer table comes and
 * goes with it.
 */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "life.h"
#include "message_frames.h"
#include "table_link.h"

#define MESSAGES_PER_DRAIN 64
#define WATCHED (ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED)

struct instance {
    core_outlet_t *outlet;
    void *socket;
    void *monitor;
    bool is_reachable;
    bool tells;                         /* changes, since it is reachable */
    table_link_t *table;
};

struct core_outlet {
    char *name;
    core_loop_t *loop;
    struct instance *instances;
    unsigned count;
    core_pipe_batch *replies;
    void (*returned)(void *owner, core_outlet_t *outlet, unsigned instance);
    core_pipe_batch *changes;           /* NULL: nobody wants to know */
    void (*lost)(void *owner);
    void *owner;
    struct core_pipe_counters counters;
    uint8_t trail[CORE_TRAIL_SIZE];     /* of a reply from a table */
};

static void
take_changes(struct instance *instance, const struct core_envelope *envelope,
             struct core_batch_reader *reader)
{
    core_outlet_t *self = instance->outlet;

    instance->tells = true;
    if (self->changes != NULL)
        self->changes(self->owner, envelope, reader);
    else
        reader->left = 0;
}

static void
take_batch(struct instance *instance, struct message_frames *message)
{
    core_outlet_t *self = instance->outlet;
    struct core_batch_reader reader;

    if (!core_batch_open(&reader, zmq_msg_data(&message->batch),
                         zmq_msg_size(&message->batch))
        || reader.kind == CORE_BATCH_QUERIES) {
        self->counters.refused++;
        return;
    }
    self->counters.batches_in++;
    if (reader.kind == CORE_BATCH_CHANGES)
        take_changes(instance, &message->envelope, &reader);
    else {
        self->counters.records_in += reader.left;
        self->replies(self->owner, &message->envelope, &reader);
    }
    if (reader.left != 0)
        self->counters.refused++;
}

static bool
drain_replies(void *owner)
{
    struct instance *instance = owner;
    core_outlet_t *self = instance->outlet;

    for (int i = 0; i < MESSAGES_PER_DRAIN; i++) {
        struct message_frames message;

        switch (message_frames_receive(&message, instance->socket)) {
        case MESSAGE_NONE:
            return false;
        case MESSAGE_BROKEN:
            self->counters.refused++;
            continue;
        case MESSAGE_WHOLE:
            break;
        }

        take_batch(instance, &message);
        zmq_msg_close(&message.batch);
    }
    return true;
}

/* By a batch of its own kind: the other side answers its neighbour alone. */
static void
ask_for_changes(struct instance *instance)
{
    core_batch_t *batch = core_batch_new();

    changes_make_none(batch);
    core_loop_used(instance->outlet->loop, instance->socket);
    message_frames_send(instance->socket, NULL, batch);
    core_batch_destroy(&batch);
}

/* Reads one event of a monitor: [number, value] [address].  0: none. */
static unsigned
read_event(void *monitor)
{
    zmq_msg_t frame;
    uint16_t event = 0;

    zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, monitor, ZMQ_DONTWAIT) >= (int) sizeof event)
        memcpy(&event, zmq_msg_data(&frame), sizeof event);

    bool more = event != 0 && zmq_msg_more(&frame) != 0;

    if (more)
        zmq_msg_recv(&frame, monitor, ZMQ_DONTWAIT);
    zmq_msg_close(&frame);
    return event;
}

static bool
drain_monitor(void *owner)
{
    struct instance *instance = owner;
    core_outlet_t *self = instance->outlet;
    unsigned event;

    while ((event = read_event(instance->monitor)) != 0) {
        bool was_reachable = instance->is_reachable;

        instance->is_reachable = event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
        if (instance->is_reachable)
            table_link_open(instance->table);
        else
            table_link_close(instance->table);
        instance->tells = false;
        if (instance->is_reachable && self->changes != NULL)
            ask_for_changes(instance);
        if (self->lost != NULL)
            self->lost(self->owner);
        if (instance->is_reachable && !was_reachable
            && self->returned != NULL)
            self->returned(self->owner, self,
                           (unsigned) (instance - self->instances));
    }
    return false;
}

static void
watch_peer(struct instance *instance, void *context)
{
    char address[64];

    snprintf(address, sizeof address, "inproc://monitor-%p",
             instance->socket);

    int rc = zmq_socket_monitor(instance->socket, address, WATCHED);

    assert(rc == 0);
    instance->monitor = zmq_socket(context, ZMQ_PAIR);
    assert(instance->monitor != NULL);
    core_socket_prepare(instance->monitor);
    rc = zmq_connect(instance->monitor, address);
    assert(rc == 0);
    core_loop_socket(instance->outlet->loop, instance->monitor,
                     drain_monitor, instance);
    core_loop_socket_tells(instance->outlet->loop, instance->monitor);
}

static int
connect_instance(struct instance *instance, void *context,
                 const char *endpoint, const char *identity,
                 struct core_fault *fault)
{
    int on = 1;

    instance->table = table_link_new(instance->outlet->loop, endpoint);
    instance->socket = zmq_socket(context, ZMQ_DEALER);
    assert(instance->socket != NULL);
    core_socket_prepare(instance->socket);
    zmq_setsockopt(instance->socket, ZMQ_IMMEDIATE, &on, sizeof on);
    core_socket_name(instance->socket, identity);
    watch_peer(instance, context);
    core_loop_socket(instance->outlet->loop, instance->socket, drain_replies,
                     instance);
    core_loop_socket_tells(instance->outlet->loop, instance->socket);
    if (core_endpoint_connect(instance->socket, endpoint) == -1) {
        core_fault_set(fault, NULL, 0, "cannot connect to %s: %s", endpoint,
                       zmq_strerror(zmq_errno()));
        return -1;
    }
    return 0;
}

static unsigned
count_endpoints(const char *endpoints)
{
    unsigned count = 1;

    for (const char *c = endpoints; *c != '\0'; c++)
        count += *c == ',';
    return count;
}

core_outlet_t *
core_outlet_new(void *context, core_loop_t *loop, const char *name,
                const char *endpoints, const char *identity,
                core_pipe_batch *replies,
                void (*returned)(void *owner, core_outlet_t *outlet,
                                 unsigned instance),
                void *owner, struct core_fault *fault)
{
    core_outlet_t *self = core_allocate(sizeof *self);
    char *list = core_copy_text(endpoints);
    char *rest = list;

    self->name = core_copy_text(name);
    self->loop = loop;
    self->replies = replies;
    self->returned = returned;
    self->owner = owner;
    self->instances = core_allocate(count_endpoints(endpoints)
                                    * sizeof *self->instances);
    for (char *one; (one = strsep(&rest, ",")) != NULL;) {
        struct instance *instance = &self->instances[self->count++];

        instance->outlet = self;
        if (connect_instance(instance, context, one, identity, fault) == -1) {
            core_outlet_destroy(&self);
            break;
        }
    }
    free(list);
    return self;
}

void
core_outlet_destroy(core_outlet_t **self_p)
{
    assert(self_p);

    core_outlet_t *self = *self_p;

    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->count; i++) {
        core_loop_unsocket(self->loop, self->instances[i].socket);
        core_loop_unsocket(self->loop, self->instances[i].monitor);
        zmq_socket_monitor(self->instances[i].socket, NULL, 0);
        zmq_close(self->instances[i].monitor);
        zmq_close(self->instances[i].socket);
        table_link_destroy(&self->instances[i].table);
    }
    free(self->instances);
    free(self->name);
    free(self);
    *self_p = NULL;
}

void
core_outlet_follow(core_outlet_t *self, core_pipe_batch *changes,
                   void (*lost)(void *owner))
{
    self->changes = changes;
    self->lost = lost;
}

bool
core_outlet_is_told(const core_outlet_t *self)
{
    for (unsigned i = 0; i < self->count; i++)
        if (!self->instances[i].tells)
            return false;
    return true;
}

const char *
core_outlet_name(const core_outlet_t *self)
{
    return self->name;
}

unsigned
core_outlet_instances(const core_outlet_t *self)
{
    return self->count;
}

bool
core_outlet_is_reachable(const core_outlet_t *self, unsigned instance)
{
    return self->instances[instance].is_reachable;
}

unsigned
core_outlet_choose(const core_outlet_t *self, uint64_t name_hash)
{
    unsigned first = (unsigned) (name_hash % self->count);

    for (unsigned i = 0; i < self->count; i++) {
        unsigned instance = (first + i) % self->count;

        if (self->instances[instance].is_reachable)
            return instance;
    }
    return first;
}

bool
core_outlet_find(core_outlet_t *self, unsigned instance,
                 const struct core_message *query, struct core_record *reply)
{
    struct table_answer answer;

    if (!table_link_find(self->instances[instance].table, query, &answer))
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
    for (unsigned i = 0; i < self->count; i++) {
        struct instance *to = &self->instances[(instance + i) % self->count];

        core_loop_used(self->loop, to->socket);
        if (message_frames_send(to->socket, envelope, batch)) {
            self->counters.batches_out++;
            self->counters.records_out += core_batch_count(batch);
            return true;
        }
    }
    self->counters.undelivered++;
    return false;
}

struct core_pipe_counters *
core_outlet_counters(core_outlet_t *self)
{
    return &self->counters;
}
