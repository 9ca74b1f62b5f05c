/*
 * inlet - the ROUTER of a stage: queries from the stages in front of it
 *
 * ROUTER_MANDATORY turns the silent loss of a reply whose asker is gone into
 * an error that is counted; ROUTER_HANDOVER lets a restarted asker come back
 * under its fixed name before the kernel has noticed that the old one died.
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "life.h"
#include "message_frames.h"

#define MESSAGES_PER_DRAIN 64
#define LINGER_MS 200                   /* for replies on their way out */
#define PEERS 1024                      /* remembered */

/* A neighbour that is told of changes. */
struct peer {
    struct core_envelope way;           /* one hop */
    bool has_missed;                    /* something, and is to be told */
    bool is_new;                        /* all he can have missed is what was
                                           told before he came */
};

struct core_inlet {
    void *socket;
    struct peer *peers;
    size_t peer_count, peer_capacity;
    bool has_missed;                    /* any of them */
    bool has_told;                      /* of a change, ever */
    core_loop_t *loop;
    core_pipe_batch *queries;
    void *owner;
    struct core_pipe_counters counters;
};

/* ---- those who are told -------------------------------------------------- */

static bool
is_peer(const struct peer *peer, const struct core_envelope *envelope)
{
    return peer->way.ids[0].size == envelope->ids[0].size
        && memcmp(peer->way.ids[0].bytes, envelope->ids[0].bytes,
                  envelope->ids[0].size) == 0;
}

static void
forget_peer(core_inlet_t *self, size_t number)
{
    self->peers[number] = self->peers[--self->peer_count];
}

static struct peer *
find_peer(core_inlet_t *self, const struct core_envelope *envelope)
{
    for (size_t i = 0; i < self->peer_count; i++)
        if (is_peer(&self->peers[i], envelope))
            return &self->peers[i];
    if (self->peer_count == PEERS)
        forget_peer(self, 0);
    self->peers = core_grow(self->peers, self->peer_count,
                            &self->peer_capacity, sizeof *self->peers);
    return &self->peers[self->peer_count++];
}

/* A neighbour wants to be told; that he is told something says that he will
   be. */
static void
add_peer(core_inlet_t *self, const struct core_envelope *envelope)
{
    struct peer *peer = find_peer(self, envelope);

    peer->way = *envelope;
    peer->has_missed = peer->is_new = true;
    self->has_missed = true;
    core_inlet_tell_again(self);
}

/* Sends changes to one; false when he is gone. */
static bool
tell(core_inlet_t *self, struct peer *peer, core_batch_t *changes)
{
    core_loop_used(self->loop, self->socket);
    peer->has_missed = !message_frames_send(self->socket, &peer->way, changes);
    peer->is_new = peer->is_new && peer->has_missed;
    if (peer->has_missed && zmq_errno() == EHOSTUNREACH)
        return false;
    self->has_missed = self->has_missed || peer->has_missed;
    return true;
}

void
core_inlet_tell(core_inlet_t *self, core_batch_t *changes)
{
    self->has_told = true;
    for (size_t i = 0; i < self->peer_count;)
        if (self->peers[i].has_missed || tell(self, &self->peers[i], changes))
            i++;
        else
            forget_peer(self, i);
}

/* Whoever is new has nothing of ours to lose when nothing ever changed. */
void
core_inlet_tell_again(core_inlet_t *self)
{
    core_batch_t *batch;

    if (!self->has_missed)
        return;
    self->has_missed = false;
    batch = core_batch_new();
    for (size_t i = 0; i < self->peer_count;) {
        struct peer *peer = &self->peers[i];

        if (peer->is_new && !self->has_told)
            changes_make_none(batch);
        else
            changes_make_all(batch);
        if (!peer->has_missed || tell(self, peer, batch))
            i++;
        else
            forget_peer(self, i);
    }
    core_batch_destroy(&batch);
}

/* ---- the socket ---------------------------------------------------------- */

static void
take_batch(core_inlet_t *self, struct message_frames *message)
{
    struct core_batch_reader reader;

    if (message->envelope.hops == 0
        || !core_batch_open(&reader, zmq_msg_data(&message->batch),
                            zmq_msg_size(&message->batch))
        || reader.kind == CORE_BATCH_REPLIES) {
        self->counters.refused++;
        return;
    }

    /* Whoever is farther away must ask the one between us. */
    if (reader.kind == CORE_BATCH_CHANGES) {
        if (message->envelope.hops == 1)
            add_peer(self, &message->envelope);
        return;
    }
    self->counters.batches_in++;
    self->counters.records_in += reader.left;
    self->queries(self->owner, &message->envelope, &reader);
    if (reader.left != 0)
        self->counters.refused++;
}

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

        take_batch(self, &message);
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
    free(self->peers);
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
