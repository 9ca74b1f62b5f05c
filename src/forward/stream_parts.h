/*
 * stream_parts - what the parts of the connections share; private to them
 *
 *   stream.c      which connections there are: opened, chosen, ended
 *   stream_io.c   what goes over one: handshake, messages in and out
 */

#ifndef FORWARD_STREAM_PARTS_H
#define FORWARD_STREAM_PARTS_H

#include "forward/doh.h"
#include "forward/stream.h"

enum stream_state {
    STREAM_CLOSED, STREAM_CONNECTING, STREAM_HANDSHAKING, STREAM_OPEN
};

struct stream {
    enum stream_state state;
    bool is_taken;                      /* the place is not free */
    bool is_retired;                    /* chosen no more */
    bool is_dirty;                      /* there is something to send */
    uint32_t serial;                    /* how often the place was used */
    int fd;
    SSL *ssl;
    doh_t *doh;                         /* NULL: messages as they are */
    stream_pool_t *pool;
    int64_t born_ms;
    int64_t used_ms;
    int64_t heard_ms;
    unsigned waiting;                   /* queries without a reply */
    uint8_t *output;
    size_t output_size, output_sent, output_capacity;
    uint8_t *input;
    size_t input_size, input_capacity;
};

struct stream_pool {
    streams_t *streams;
    stream_pool_t *next;
    struct target upstream;
    struct target source;
    bool has_source;
    tls_t *tls;
    SSL_SESSION *session;
    struct stream_policy policy;
    struct stream_counters *counters;
};

struct streams {
    core_loop_t *loop;
    struct stream_hooks hooks;
    stream_pool_t *pools;
    bool has_dirty;
    size_t most;                        /* connections at a time */
    struct stream items[STREAM_CHANNELS];
};

/* stream.c: closes it and tells those who wait; then its place is free. */
void
    stream_lose(streams_t *self, struct stream *stream, const char *why);

/* stream_io.c: the callback of a connection, with the stream as owner. */
core_loop_ready stream_take_event;

#endif
