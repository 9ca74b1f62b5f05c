/*
 * inlet - the ROUTERs of a stage: queries from the stages in front of it
 *
 * There is one for each endpoint: a socket is either open to all or asks for
 * keys, and neighbours on this host need none.
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

/* A socket of ours; those of this host come by another one than others. */
struct door {
    core_inlet_t *inlet;
    void *socket;
    unsigned number;
};

struct core_inlet {
    struct door doors[CORE_INLET_DOORS];
    unsigned door_count;
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

static void
forget_peer(core_inlet_t *self, size_t number)
{
    self->peers[number] = self->peers[--self->peer_count];
}

static struct peer *
find_peer(core_inlet_t *self, const struct core_envelope *envelope)
{
    for (size_t i = 0; i < self->peer_count; i++)
        if (core_envelope_is_same(&self->peers[i].way, envelope))
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

    core_envelope_copy(&peer->way, envelope);
    peer->has_missed = peer->is_new = true;
    self->has_missed = true;
    core_inlet_tell_again(self);
}

static bool
send_by_door(core_inlet_t *self, const struct core_envelope *envelope,
             core_batch_t *batch)
{
    void *socket = self->doors[envelope->door].socket;

    core_loop_used(self->loop, socket);
    return message_frames_send(socket, envelope, batch);
}

/* Sends changes to one; false when he is gone. */
static bool
tell(core_inlet_t *self, struct peer *peer, core_batch_t *changes)
{
    peer->has_missed = !send_by_door(self, &peer->way, changes);
    peer->is_new = peer->is_new && peer->has_missed;
    if (peer->has_missed && zmq_errno() == EHOSTUNREACH)
        return false;
    self->has_missed = self->has_missed || peer->has_missed;
    return true;
}

bool
core_inlet_is_followed(const core_inlet_t *self)
{
    return self->peer_count > 0;
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
    struct door *door = owner;
    core_inlet_t *self = door->inlet;

    for (int i = 0; i < MESSAGES_PER_DRAIN; i++) {
        struct message_frames message;

        switch (message_frames_receive(&message, door->socket)) {
        case MESSAGE_NONE:
            return false;
        case MESSAGE_BROKEN:
            self->counters.refused++;
            continue;
        case MESSAGE_WHOLE:
            break;
        }

        message.envelope.door = door->number;
        take_batch(self, &message);
        zmq_msg_close(&message.batch);
    }
    return true;
}

static int
open_door(core_inlet_t *self, void *context, const char *endpoint,
          struct core_fault *fault)
{
    struct door *door = &self->doors[self->door_count];
    int on = 1;

    if (self->door_count == CORE_INLET_DOORS) {
        core_fault_set(fault, NULL, 0, "more than %d endpoints of a pipe",
                       CORE_INLET_DOORS);
        return -1;
    }
    *door = (struct door) {
        self, zmq_socket(context, ZMQ_ROUTER), self->door_count
    };
    assert(door->socket != NULL);
    core_socket_prepare(door->socket);
    zmq_setsockopt(door->socket, ZMQ_ROUTER_MANDATORY, &on, sizeof on);
    zmq_setsockopt(door->socket, ZMQ_ROUTER_HANDOVER, &on, sizeof on);
    if (core_endpoint_bind(door->socket, endpoint, fault) == -1) {
        zmq_close(door->socket);
        return -1;
    }
    core_loop_socket(self->loop, door->socket, drain, door);
    core_loop_socket_tells(self->loop, door->socket);
    self->door_count++;
    return 0;
}

core_inlet_t *
core_inlet_new(void *context, core_loop_t *loop, const char *endpoints,
               core_pipe_batch *queries, void *owner,
               struct core_fault *fault)
{
    core_inlet_t *self = core_allocate(sizeof *self);
    char *list = core_copy_text(endpoints);
    char *rest = list;

    self->loop = loop;
    self->queries = queries;
    self->owner = owner;
    for (char *one; self != NULL && (one = strsep(&rest, ",")) != NULL;)
        if (open_door(self, context, one, fault) == -1)
            core_inlet_destroy(&self);
    free(list);
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
    for (unsigned i = 0; i < self->door_count; i++) {
        void *socket = self->doors[i].socket;

        zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
        core_loop_unsocket(self->loop, socket);
        zmq_close(socket);
    }
    free(self->peers);
    free(self);
    *self_p = NULL;
}

bool
core_inlet_send(core_inlet_t *self, const struct core_envelope *envelope,
                core_batch_t *batch)
{
    if (!send_by_door(self, envelope, batch)) {
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
