/*
 * subscriber - an authority's end of a feed: the sockets around a replica
 *
 * A SUB socket hears what changes, a DEALER asks for snapshots.  While an
 * answer is under way the SUB socket is left alone: libzmq keeps what comes,
 * up to its bound, and what is beyond that is a gap like any other.
 */

#include "coredns/feed.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "lib/replica.h"

#define TICK_MS 250
#define RETRY_MS 20                     /* a request that could not be sent */
#define MESSAGES_A_DRAIN 64

struct core_subscriber {
    core_loop_t *loop;
    void *feed;                         /* SUB */
    void *snapshot;                     /* DEALER */
    bool listening;                     /* the loop reads the SUB socket */
    replica_t *replica;
    zmq_msg_t held[REPLICA_FRAMES];     /* a message that has to wait */
    unsigned held_count;
    core_timer_t *tick;
    core_timer_t *retry;                /* or NULL */
    uint8_t *request;
};

static void
    pump(core_subscriber_t *self);

/* ---- reading ------------------------------------------------------------- */

/* Reads a message into self->held; false when there is none.  Frames behind
   the limit are thrown away, and counted so that the message is refused. */
static bool
receive(core_subscriber_t *self)
{
    unsigned count = 0;
    int more = 1;

    while (more) {
        zmq_msg_t extra;
        bool fits = count < REPLICA_FRAMES;
        zmq_msg_t *frame = fits ? &self->held[count] : &extra;

        zmq_msg_init(frame);
        if (zmq_msg_recv(frame, self->feed, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(frame);
            break;
        }
        more = zmq_msg_more(frame);
        if (fits)
            count++;
        else
            zmq_msg_close(frame);
    }
    self->held_count = count;
    return count > 0;
}

static void
let_go(core_subscriber_t *self)
{
    for (unsigned i = 0; i < self->held_count; i++)
        zmq_msg_close(&self->held[i]);
    self->held_count = 0;
}

/* Gives the message in hand to the replica; false when it has to wait. */
static bool
deliver(core_subscriber_t *self)
{
    struct replica_frame frames[REPLICA_FRAMES];

    for (unsigned i = 0; i < self->held_count; i++)
        frames[i] = (struct replica_frame) {
            zmq_msg_data(&self->held[i]), zmq_msg_size(&self->held[i])
        };
    if (!replica_published(self->replica, frames, self->held_count,
                           core_loop_now_ms(self->loop)))
        return false;
    let_go(self);
    return true;
}

static bool
drain_feed(void *owner)
{
    core_subscriber_t *self = owner;
    bool more = true;

    for (unsigned i = 0; more && i < MESSAGES_A_DRAIN; i++)
        more = (self->held_count > 0 || receive(self)) && deliver(self);
    pump(self);
    return more;
}

static bool
drain_snapshot(void *owner)
{
    core_subscriber_t *self = owner;
    zmq_msg_t frame;

    zmq_msg_init(&frame);

    bool came = zmq_msg_recv(&frame, self->snapshot, ZMQ_DONTWAIT) != -1;

    if (came)
        replica_answered(self->replica, &(struct replica_frame) {
            zmq_msg_data(&frame), zmq_msg_size(&frame)
        }, core_loop_now_ms(self->loop));
    zmq_msg_close(&frame);
    if (self->held_count > 0 && replica_is_idle(self->replica))
        drain_feed(self);
    else
        pump(self);
    return came;
}

/* ---- asking -------------------------------------------------------------- */

static void
retry(void *owner)
{
    core_subscriber_t *self = owner;

    self->retry = NULL;                 /* it has ended itself */
    pump(self);
}

static void
send_requests(core_subscriber_t *self)
{
    size_t size;

    while ((size = replica_request(self->replica, self->request,
                                   core_loop_now_ms(self->loop))) > 0) {
        if (zmq_send(self->snapshot, self->request, size, ZMQ_DONTWAIT)
            == -1) {
            replica_unsent(self->replica);
            break;
        }
    }
    if (replica_has_request(self->replica) && self->retry == NULL)
        self->retry = core_loop_timer(self->loop, RETRY_MS, 0, retry, self);
}

/* Sends what is to be asked, and listens exactly while messages can be
   taken. */
static void
pump(core_subscriber_t *self)
{
    send_requests(self);

    bool idle = replica_is_idle(self->replica);

    if (idle && !self->listening)
        core_loop_socket(self->loop, self->feed, drain_feed, self);
    if (!idle && self->listening)
        core_loop_unsocket(self->loop, self->feed);
    self->listening = idle;
}

static void
tick(void *owner)
{
    core_subscriber_t *self = owner;

    replica_tick(self->replica, core_loop_now_ms(self->loop));
    if (self->held_count > 0)
        drain_feed(self);
    else
        pump(self);
}

/* ---- life ---------------------------------------------------------------- */

static void *
connect_socket(void *context, int type, const char *endpoint,
               const char *identity, struct core_fault *fault)
{
    void *socket = zmq_socket(context, type);
    int on = 1;

    assert(socket != NULL);
    core_socket_prepare(socket);
    if (type == ZMQ_DEALER) {
        core_socket_name(socket, identity);
        zmq_setsockopt(socket, ZMQ_IMMEDIATE, &on, sizeof on);
    } else {
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
    }
    if (core_endpoint_connect(socket, endpoint, fault) == -1) {
        zmq_close(socket);
        return NULL;
    }
    return socket;
}

static int
connect_sockets(core_subscriber_t *self, void *context, const char *endpoints,
                const char *identity, struct core_fault *fault)
{
    const char *comma = strchr(endpoints, ',');

    if (comma == NULL || comma == endpoints || comma[1] == '\0') {
        core_fault_set(fault, NULL, 0, "not FEED,SNAPSHOT: %s", endpoints);
        return -1;
    }

    char *feed = core_copy_text(endpoints);

    feed[comma - endpoints] = '\0';
    self->feed = connect_socket(context, ZMQ_SUB, feed, identity, fault);
    free(feed);
    if (self->feed == NULL)
        return -1;
    self->snapshot = connect_socket(context, ZMQ_DEALER, comma + 1, identity,
                                    fault);
    return self->snapshot == NULL ? -1 : 0;
}

core_subscriber_t *
core_subscriber_new(void *context, core_loop_t *loop, const char *endpoints,
                    const char *identity,
                    const struct core_subscriber_hooks *hooks, void *owner,
                    struct core_fault *fault)
{
    core_subscriber_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    if (connect_sockets(self, context, endpoints, identity, fault) == -1) {
        core_subscriber_destroy(&self);
        return NULL;
    }
    self->replica = replica_new(hooks, owner);
    self->request = core_allocate(CORE_FEED_FRAME_SIZE);
    self->tick = core_loop_timer(loop, TICK_MS, TICK_MS, tick, self);
    core_loop_socket(loop, self->snapshot, drain_snapshot, self);
    pump(self);
    return self;
}

void
core_subscriber_destroy(core_subscriber_t **self_p)
{
    assert(self_p);

    core_subscriber_t *self = *self_p;

    if (self == NULL)
        return;
    let_go(self);
    core_loop_timer_cancel(self->loop, &self->tick);
    core_loop_timer_cancel(self->loop, &self->retry);
    if (self->listening)
        core_loop_unsocket(self->loop, self->feed);
    if (self->feed != NULL)
        zmq_close(self->feed);
    if (self->snapshot != NULL) {
        core_loop_unsocket(self->loop, self->snapshot);
        zmq_close(self->snapshot);
    }
    replica_destroy(&self->replica);
    free(self->request);
    free(self);
    *self_p = NULL;
}
