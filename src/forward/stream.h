/*
 * stream - the connections to all upstreams: TCP, TLS or HTTPS
 *
 * A pool is the connections to one upstream.  A connection is a channel: a
 * number, given with every message sent and received.  Many queries share one,
 * and replies come in any order (RFC 7766 section 6.2.1.1).  What is sent is
 * gathered and goes out when the loop's round ends.
 */

#ifndef FORWARD_STREAM_H
#define FORWARD_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/loop.h"
#include "forward/target.h"
#include "forward/tls.h"

#define STREAM_CHANNELS 256             /* connections of all pools, at most */
#define STREAM_NONE UINT32_MAX

typedef struct streams streams_t;
typedef struct stream_pool stream_pool_t;

struct stream_hooks {
    void *owner;

    /* A message has come; bytes may be written to. */
    void (*received)(void *owner, uint32_t channel, uint8_t *bytes,
                     size_t size);

    /* The query with that id will not be answered; the connection stands. */
    void (*failed)(void *owner, uint32_t channel, uint16_t id,
                   const char *why);

    /* The connection ended or never was.  Whoever waits on it gives it back
       by stream_release() within the call. */
    void (*lost)(void *owner, uint32_t channel, const char *why);
};

/* Counts of one upstream; lent to its pool. */
struct stream_counters {
    uint64_t reused;                    /* queries on an open connection */
    uint64_t opened;                    /* queries that needed another one */
};

struct stream_policy {
    int64_t expire_ms;                  /* idle connections end then */
    int64_t age_ms;                     /* no more queries then; 0: never */
    bool doh_by_get;                    /* HTTPS: GET, not POST */
    unsigned idle_limit;                /* idle ones kept; 0: all */
};

streams_t *
    streams_new(core_loop_t *loop, const struct stream_hooks *hooks);

/* All its pools must have been destroyed. */
void
    streams_destroy(streams_t **self_p);

/* source may be NULL; tls is lent, NULL: plain TCP. */
stream_pool_t *
    stream_pool_new(streams_t *self, const struct target *upstream,
                    const struct target *source, tls_t *tls,
                    const struct stream_policy *policy,
                    struct stream_counters *counters);

void
    stream_pool_destroy(stream_pool_t **pool_p);

/*
 * A channel for one more query; STREAM_NONE when no connection can be had.
 * Each is given back by stream_release(), when its query waits no more.
 */
uint32_t
    stream_choose(stream_pool_t *pool, int64_t now_ms);

void
    stream_release(streams_t *self, uint32_t channel, int64_t now_ms);

/* True when the connection stands, so that sending takes no longer. */
bool
    stream_is_open(const streams_t *self, uint32_t channel);

void
    stream_send(streams_t *self, uint32_t channel, const uint8_t *bytes,
                size_t size);

/* A query sent there got no reply: when nothing else came since, the
   connection is used for no other. */
void
    stream_doubt(streams_t *self, uint32_t channel, int64_t sent_ms);

/* Sends what was gathered. */
void
    stream_flush(streams_t *self);

/* Ends connections that are idle or were never made.  To be called about once
   a second. */
void
    stream_age(streams_t *self, int64_t now_ms);

#endif
