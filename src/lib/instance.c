/*
 * instance - the connection to one instance of a next stage
 *
 * ZMQ_IMMEDIATE keeps messages from queueing towards a peer that is not there.
 * A monitor tells when it comes and goes, which a failed send would tell too
 * late: the frontend sends again what a dead stage held as soon as it is back,
 * not when its patience ends.  The peer's answer table comes and goes with it.
 */

#include "lib/instance.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"

#define MESSAGES_PER_DRAIN 64
#define WATCHED (ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED)

struct instance {
    char *endpoint;
    core_loop_t *loop;
    const struct instance_events *events;
    void *socket;
    void *monitor;
    bool is_reachable;
    bool tells;                         /* changes, since it is reachable */
    table_link_t *table;
};

static bool
drain_messages(void *owner)
{
    instance_t *self = owner;

    for (int i = 0; i < MESSAGES_PER_DRAIN; i++) {
        struct message_frames message;

        switch (message_frames_receive(&message, self->socket)) {
        case MESSAGE_NONE:
            return false;
        case MESSAGE_BROKEN:
            ++*self->events->refused;
            continue;
        case MESSAGE_WHOLE:
            break;
        }

        self->events->message(self->events->owner, self, &message);
        zmq_msg_close(&message.batch);
    }
    return true;
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
    instance_t *self = owner;
    unsigned event;

    while ((event = read_event(self->monitor)) != 0) {
        bool was_reachable = self->is_reachable;

        self->is_reachable = event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
        self->tells = false;
        if (self->is_reachable)
            table_link_open(self->table);
        else
            table_link_close(self->table);
        self->events->changed(self->events->owner, self, was_reachable);
    }
    return false;
}

static void
watch_peer(instance_t *self, void *context)
{
    char address[64];

    snprintf(address, sizeof address, "inproc://monitor-%p", self->socket);

    int rc = zmq_socket_monitor(self->socket, address, WATCHED);

    assert(rc == 0);
    self->monitor = zmq_socket(context, ZMQ_PAIR);
    assert(self->monitor != NULL);
    core_socket_prepare(self->monitor);
    rc = zmq_connect(self->monitor, address);
    assert(rc == 0);
    core_loop_socket(self->loop, self->monitor, drain_monitor, self);
    core_loop_socket_tells(self->loop, self->monitor);
}

instance_t *
instance_new(void *context, core_loop_t *loop, const char *endpoint,
             const char *identity, const struct instance_events *events,
             struct core_fault *fault)
{
    instance_t *self = core_allocate(sizeof *self);
    int on = 1;

    self->endpoint = core_copy_text(endpoint);
    self->loop = loop;
    self->events = events;
    self->table = table_link_new(loop, endpoint);
    self->socket = zmq_socket(context, ZMQ_DEALER);
    assert(self->socket != NULL);
    core_socket_prepare(self->socket);
    zmq_setsockopt(self->socket, ZMQ_IMMEDIATE, &on, sizeof on);
    core_socket_name(self->socket, identity);
    watch_peer(self, context);
    core_loop_socket(loop, self->socket, drain_messages, self);
    core_loop_socket_tells(loop, self->socket);
    if (core_endpoint_connect(self->socket, endpoint, fault) == -1)
        instance_destroy(&self);
    return self;
}

void
instance_destroy(instance_t **self_p)
{
    assert(self_p);

    instance_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_unsocket(self->loop, self->socket);
    core_loop_unsocket(self->loop, self->monitor);
    zmq_socket_monitor(self->socket, NULL, 0);
    zmq_close(self->monitor);
    zmq_close(self->socket);
    table_link_destroy(&self->table);
    free(self->endpoint);
    free(self);
    *self_p = NULL;
}

const char *
instance_endpoint(const instance_t *self)
{
    return self->endpoint;
}

bool
instance_is_reachable(const instance_t *self)
{
    return self->is_reachable;
}

bool
instance_tells(const instance_t *self)
{
    return self->tells;
}

void
instance_note_told(instance_t *self)
{
    self->tells = true;
}

bool
instance_send(instance_t *self, const struct core_envelope *envelope,
              core_batch_t *batch)
{
    core_loop_used(self->loop, self->socket);
    return message_frames_send(self->socket, envelope, batch);
}

bool
instance_find(instance_t *self, const struct core_message *query,
              struct table_answer *answer)
{
    return table_link_find(self->table, query, answer);
}
