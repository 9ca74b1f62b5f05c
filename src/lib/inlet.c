/*
 * inlet - the ROUTER of a stage: queries from the stages in front of it
 *
 * ROUTER_MANDATORY turns the silent loss of a reply whose asker is gone into
 * an error that is counted; ROUTER_HANDOVER lets a restarted asker come back
 * under its fixed name before the kernel has noticed that the old one died.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "message_frames.h"

#define MESSAGES_PER_DRAIN 64
#define LINGER_MS 200                   /* for replies on their way out */

struct core_inlet {
    void *socket;
    core_loop_t *loop;
    core_pipe_batch *queries;
    void *owner;
    struct core_pipe_counters counters;
};

static bool
drain(void *owner)
{
    core_inlet_t *self = owner;

    for (int i = 0; i < MESSAGES_PER_DRAIN; i++) {
        struct message_frames message;

        switch (message_frames_receive(&message, self->socket)) {
        case MESSAGE_NONE:
            return false;
        case MESSAGE_BROKEN:
            self->counters.refused++;
            continue;
        case MESSAGE_WHOLE:
            break;
        }

        struct core_batch_reader reader;

        if (message.envelope.hops > 0
            && core_batch_open(&reader, zmq_msg_data(&message.batch),
                               zmq_msg_size(&message.batch))
            && reader.kind == CORE_BATCH_QUERIES) {
            self->counters.batches_in++;
            self->counters.records_in += reader.left;
            self->queries(self->owner, &message.envelope, &reader);
            if (reader.left != 0)
                self->counters.refused++;
        }
        else
            self->counters.refused++;
        zmq_msg_close(&message.batch);
    }
    return true;
}

core_inlet_t *
core_inlet_new(void *context, core_loop_t *loop, const char *endpoint,
               core_pipe_batch *queries, void *owner,
               struct core_fault *fault)
{
    core_inlet_t *self = core_allocate(sizeof *self);
    int on = 1;

    self->socket = zmq_socket(context, ZMQ_ROUTER);
    assert(self->socket != NULL);
    self->loop = loop;
    self->queries = queries;
    self->owner = owner;
    core_socket_prepare(self->socket);
    zmq_setsockopt(self->socket, ZMQ_ROUTER_MANDATORY, &on, sizeof on);
    zmq_setsockopt(self->socket, ZMQ_ROUTER_HANDOVER, &on, sizeof on);
    if (core_endpoint_bind(self->socket, endpoint, fault) == -1) {
        zmq_close(self->socket);
        free(self);
        return NULL;
    }
    core_loop_socket(loop, self->socket, drain, self);
    core_loop_socket_tells(loop, self->socket);
    return self;
}

void
core_inlet_destroy(core_inlet_t **self_p)
{
    assert(self_p);

    core_inlet_t *self = *self_p;
    int linger_ms = LINGER_MS;

    if (self == NULL)
        return;
    zmq_setsockopt(self->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    core_loop_unsocket(self->loop, self->socket);
    zmq_close(self->socket);
    free(self);
    *self_p = NULL;
}

bool
core_inlet_send(core_inlet_t *self, const struct core_envelope *envelope,
                core_batch_t *batch)
{
    core_loop_used(self->loop, self->socket);
    if (!message_frames_send(self->socket, envelope, batch)) {
        self->counters.unroutable += core_batch_count(batch);
        return false;
    }
    self->counters.batches_out++;
    self->counters.records_out += core_batch_count(batch);
    return true;
}

struct core_pipe_counters *
core_inlet_counters(core_inlet_t *self)
{
    return &self->counters;
}
