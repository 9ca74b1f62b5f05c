/*
 * pipe - the wires between stages
 *
 * A stage binds one ROUTER (struct core_inlet: what comes from the stages in
 * front of it) and connects one DEALER per instance of each next stage (struct
 * core_outlet).  A message is [routing id]... [empty] [batch]; the routing ids
 * in front of the empty frame are the envelope, the way back.
 *
 *   queries:  outlet DEALER  ->  ROUTER inlet     envelope grows by one
 *   replies:  inlet ROUTER   ->  DEALER outlet    envelope shrinks by one
 *
 * Nothing blocks and nothing queues towards the dead: a batch that no instance
 * takes comes back to the caller.  What is dropped is counted.
 */

#ifndef COREDNS_PIPE_H
#define COREDNS_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/fault.h"
#include "coredns/loop.h"
#include "coredns/message.h"

#define CORE_ENVELOPE_HOPS 16           /* routing ids of a message, at most */
#define CORE_ROUTING_ID_SIZE 64         /* octets of one, at most */
#define CORE_OUTLET_INSTANCES 64        /* of a next stage, at most */

/* The way back of a batch: routing ids, outermost first. */
struct core_envelope {
    unsigned hops;
    unsigned door;                      /* of our inlet, by which it came */
    struct {
        uint8_t size;
        uint8_t bytes[CORE_ROUTING_ID_SIZE];
    } ids[CORE_ENVELOPE_HOPS];
};

void
    core_envelope_copy(struct core_envelope *self,
                       const struct core_envelope *from);

bool
    core_envelope_is_same(const struct core_envelope *self,
                          const struct core_envelope *other);

struct core_pipe_counters {
    uint64_t batches_in, batches_out;
    uint64_t records_in, records_out;
    uint64_t refused;                   /* frames that were no batch */
    uint64_t unroutable;                /* replies whose asker is gone */
    uint64_t undelivered;               /* batches no instance took */
};

/*
 * Binds a ZeroMQ socket to an endpoint of ours.  For ipc:// it first takes the
 * lock file PATH.lock, because zmq_bind() would silently take the path from a
 * live process, and writes the process id into it.  The lock is held until the
 * process ends.  curve:// is tcp:// with keys on both sides (lib/curve.h).
 * Returns -1 and fills fault.
 */
int
    core_endpoint_bind(void *socket, const char *endpoint,
                       struct core_fault *fault);

/*
 * Connects a ZeroMQ socket; over a network with heartbeats, so that a peer that
 * is gone without a word is noticed.  Returns -1 and fills fault when the
 * endpoint is none.
 */
int
    core_endpoint_connect(void *socket, const char *endpoint,
                          struct core_fault *fault);

/* Sets the options that all our sockets share: no linger, finite time-outs,
   bounded queues, bounded message size. */
void
    core_socket_prepare(void *socket);

/*
 * Gives a DEALER that is to be connected its fixed routing id.  A ROUTER gives
 * the place of an id to whoever came last and lets the one before hang; by
 * heartbeats that one notices, connects again, and has its place back.
 */
void
    core_socket_name(void *socket, const char *identity);

typedef struct core_inlet core_inlet_t;
typedef struct core_outlet core_outlet_t;

/* A batch has come; reader is lent and stands in front of its first record. */
typedef void core_pipe_batch(void *owner, const struct core_envelope *envelope,
                             struct core_batch_reader *reader);

#define CORE_INLET_DOORS 4              /* endpoints of an inlet, at most */

/* Binds all of "EP[,EP...]": stages of this host and of others come by
   different ones. */
core_inlet_t *
    core_inlet_new(void *context, core_loop_t *loop, const char *endpoints,
                   core_pipe_batch *queries, void *owner,
                   struct core_fault *fault);
void
    core_inlet_destroy(core_inlet_t **self_p);

/* True when a stage in front of us wants to be told of changes. */
bool
    core_inlet_is_followed(const core_inlet_t *self);

/*
 * Sends a batch of changes to the stages in front of us that want to be told
 * (see core_outlet_follow()).  One that misses a batch is told later that
 * everything has changed.
 */
void
    core_inlet_tell(core_inlet_t *self, core_batch_t *changes);

/* Tells those who missed something; to be called every now and then. */
void
    core_inlet_tell_again(core_inlet_t *self);

/* Sends replies back; false when the asker is gone or does not read. */
bool
    core_inlet_send(core_inlet_t *self, const struct core_envelope *envelope,
                    core_batch_t *batch);

struct core_pipe_counters *
    core_inlet_counters(core_inlet_t *self);

/*
 * Connects to all instances of a next stage.  endpoints is "EP[,EP...]", name
 * the stage's name, identity the routing id we show ("host/stage.instance").
 * replies is called for batches that come back.  returned (may be NULL) is
 * called when an instance has become reachable again after it was gone: what
 * is still waiting for an answer may be sent once more.
 */
core_outlet_t *
    core_outlet_new(void *context, core_loop_t *loop, const char *name,
                    const char *endpoints, const char *identity,
                    core_pipe_batch *replies,
                    void (*returned)(void *owner, core_outlet_t *outlet,
                                     unsigned instance),
                    void *owner, struct core_fault *fault);
void
    core_outlet_destroy(core_outlet_t **self_p);

/*
 * Asks every instance, whenever it becomes reachable, to tell of changes.
 * changes is called for batches of them, away when an instance went, and lost
 * when one came: what it would have told meanwhile is lost.
 */
void
    core_outlet_follow(core_outlet_t *self, core_pipe_batch *changes,
                       void (*away)(void *owner), void (*lost)(void *owner));

/* True when every instance has said that it tells of changes. */
bool
    core_outlet_is_told(const core_outlet_t *self);

/*
 * Leads queries to other instances from now on.  They go the old way until the
 * new one is open, but for a second at most; replies to what went the old way
 * are still taken for ten.  led is called once when queries go the new way, or
 * when it is led elsewhere before.  -1 and a fault: nothing has changed, and
 * led is not called.
 */
int
    core_outlet_lead(core_outlet_t *self, const char *endpoints,
                     void (*led)(void *owner), void *owner,
                     struct core_fault *fault);

/* At most CORE_OUTLET_INSTANCES; another number once it is led elsewhere. */
unsigned
    core_outlet_instances(const core_outlet_t *self);

/* Where that instance is; lent until the outlet is led elsewhere. */
const char *
    core_outlet_endpoint(const core_outlet_t *self, unsigned instance);

/* The instance for a query: by the hash of its name, among those that are
   reachable; when none is, by hash alone. */
unsigned
    core_outlet_choose(const core_outlet_t *self, uint64_t name_hash);

bool
    core_outlet_is_reachable(const core_outlet_t *self, unsigned instance);

/*
 * Looks for the answer to a query in the table of that instance, which may
 * have published one.  When it is there: true, and reply's message and trail
 * (lent until the next look; the question is in small letters) are what the
 * instance would have sent back.
 */
bool
    core_outlet_find(core_outlet_t *self, unsigned instance,
                     const struct core_message *query,
                     struct core_record *reply);

/*
 * Sends a batch of queries down to that instance, or to another one when it
 * cannot take it.  envelope may be NULL (the queries begin here).  False when
 * none took it: the batch is unchanged.
 */
bool
    core_outlet_send(core_outlet_t *self, unsigned instance,
                     const struct core_envelope *envelope,
                     core_batch_t *batch);

struct core_pipe_counters *
    core_outlet_counters(core_outlet_t *self);

#endif
