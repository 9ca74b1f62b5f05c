/*
 * datagram - the UDP sockets to all upstreams
 *
 * A pool is the sockets to one upstream, each connected and on a random port.
 * A socket is a channel: a number, given with every packet sent and received.
 * What is sent is gathered and goes out when the loop's round ends.
 */

#ifndef FORWARD_DATAGRAM_H
#define FORWARD_DATAGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/loop.h"
#include "forward/generator.h"
#include "forward/target.h"

#define DATAGRAM_CHANNELS 512           /* sockets of all pools, at most */
#define DATAGRAM_NONE UINT32_MAX
#define DATAGRAM_PAYLOAD 4096           /* octets received, at most */

typedef struct datagram datagram_t;
typedef struct datagram_pool datagram_pool_t;

struct datagram_hooks {
    void *owner;

    /* A packet has come; bytes may be written to.  A size above
       DATAGRAM_PAYLOAD means that it was cut there. */
    void (*received)(void *owner, uint32_t channel, uint8_t *bytes,
                     size_t size);

    /* The system says that the upstream cannot be reached. */
    void (*failed)(void *owner, uint32_t channel, int error);
};

/* Counts of one upstream; lent to its pool. */
struct datagram_counters {
    uint64_t reused;                    /* queries on a socket that was open */
    uint64_t opened;                    /* queries that needed another one */
};

/* Loop and generator are lent. */
datagram_t *
    datagram_new(core_loop_t *loop, generator_t *generator,
                 const struct datagram_hooks *hooks);

/* All its pools must have been destroyed. */
void
    datagram_destroy(datagram_t **self_p);

/* source may be NULL: the system chooses the address. */
datagram_pool_t *
    datagram_pool_new(datagram_t *self, const struct target *upstream,
                      const struct target *source,
                      struct datagram_counters *counters);

void
    datagram_pool_destroy(datagram_pool_t **pool_p);

/*
 * A channel for one more query; DATAGRAM_NONE when no socket can be opened.
 * Each is given back by datagram_release(), when its query waits no more.
 */
uint32_t
    datagram_choose(datagram_pool_t *pool, int64_t now_ms);

void
    datagram_release(datagram_t *self, uint32_t channel);

/* Keeps the channel as it is, without a query, until it is given back. */
void
    datagram_retain(datagram_t *self, uint32_t channel);

void
    datagram_send(datagram_t *self, uint32_t channel, const uint8_t *bytes,
                  size_t size);

/* What comes from that channel is not believed any more: it is used for no
   other query and what it still receives is thrown away. */
void
    datagram_distrust(datagram_t *self, uint32_t channel);

/* Counts one packet that nobody waited for; returns how many came there. */
unsigned
    datagram_stray(datagram_t *self, uint32_t channel);

/* Sends what was gathered. */
void
    datagram_flush(datagram_t *self);

/* Ends sockets that are old.  To be called about once a second. */
void
    datagram_age(datagram_t *self, int64_t now_ms);

#endif
