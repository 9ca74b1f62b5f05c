/*
 * stream - the connections to all upstreams: TCP, TLS or HTTPS
 *
 * A connection is opened when the others of its pool have many queries each,
 * not for each query: a handshake costs more than any wait behind 64 others
 * that come back out of order.  Queries are written into a connection's buffer
 * at once, also while it is still being made, and leave when it stands.
 */

#include "forward/stream.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "forward/stream_parts.h"

#define POOL_STREAMS 16                 /* connections of one pool */
#define QUERIES_WISHED 64               /* on one; then another is opened */
#define QUERIES_MOST 1024               /* on one, when there are no more */
#define OUTPUT_MOST (256 * 1024)        /* octets waiting to be sent */
#define OPENING_MS 4000                 /* until it must stand */

streams_t *
streams_new(core_loop_t *loop, const struct stream_hooks *hooks)
{
    streams_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->hooks = *hooks;
    self->most = core_loop_share(STREAM_CHANNELS, 4);
    return self;
}

void
streams_destroy(streams_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    assert((*self_p)->pools == NULL);
    free(*self_p);
    *self_p = NULL;
}

/* ---- the end of one ------------------------------------------------------ */

static void
close_stream(streams_t *self, struct stream *stream)
{
    core_loop_unwatch(self->loop, stream->fd);
    if (stream->ssl != NULL) {
        if (stream->state == STREAM_OPEN)
            SSL_shutdown(stream->ssl);
        SSL_free(stream->ssl);
    }
    close(stream->fd);
    doh_destroy(&stream->doh);
    free(stream->output);
    free(stream->input);
    stream->state = STREAM_CLOSED;
    stream->ssl = NULL;
    stream->fd = -1;
    stream->output = stream->input = NULL;
    stream->is_dirty = false;
}

void
stream_lose(streams_t *self, struct stream *stream, const char *why)
{
    close_stream(self, stream);
    self->hooks.lost(self->hooks.owner, (uint32_t) (stream - self->items),
                     why);
    assert(stream->waiting == 0);
    stream->is_taken = false;
}

/* ---- the beginning of one ------------------------------------------------ */

static int
open_connecting(const stream_pool_t *pool)
{
    struct sockaddr_storage address;
    socklen_t size = target_socket_address(&pool->upstream, &address);
    int fd = socket(address.ss_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;

    if (fd == -1)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (pool->has_source) {
        struct sockaddr_storage source;
        socklen_t source_size = target_socket_address(&pool->source, &source);

        if (bind(fd, (struct sockaddr *) &source, source_size) == -1) {
            close(fd);
            return -1;
        }
    }
    if (connect(fd, (struct sockaddr *) &address, size) == -1
        && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

static struct stream *
open_stream(stream_pool_t *pool, int64_t now_ms)
{
    streams_t *self = pool->streams;
    struct stream *stream = self->items;

    while (stream < self->items + self->most && stream->is_taken)
        stream++;
    if (stream == self->items + self->most)
        return NULL;

    int fd = open_connecting(pool);

    if (fd == -1)
        return NULL;
    *stream = (struct stream) {
        .state = STREAM_CONNECTING, .is_taken = true, .fd = fd, .pool = pool,
        .serial = stream->serial + 1, .born_ms = now_ms, .used_ms = now_ms,
        .heard_ms = now_ms,
    };
    if (pool->tls != NULL)
        stream->ssl = tls_connect(pool->tls, fd, &pool->upstream,
                                  pool->upstream.servername, &pool->session);
    if (pool->upstream.transport == TARGET_HTTPS)
        stream->doh = doh_new(&pool->upstream, pool->policy.doh_by_get);
    core_loop_watch(self->loop, fd, EPOLLOUT, stream_take_event, stream);
    return stream;
}

/* ---- pools --------------------------------------------------------------- */

stream_pool_t *
stream_pool_new(streams_t *self, const struct target *upstream,
                const struct target *source, tls_t *tls,
                const struct stream_policy *policy,
                struct stream_counters *counters)
{
    stream_pool_t *pool = core_allocate(sizeof *pool);

    pool->streams = self;
    pool->upstream = *upstream;
    if (source != NULL && target_is_ipv4(source) == target_is_ipv4(upstream)) {
        pool->source = *source;
        pool->has_source = true;
    }
    pool->tls = tls;
    pool->policy = *policy;
    pool->counters = counters;
    pool->next = self->pools;
    self->pools = pool;
    return pool;
}

void
stream_pool_destroy(stream_pool_t **pool_p)
{
    stream_pool_t *pool = *pool_p;

    if (pool == NULL)
        return;

    streams_t *self = pool->streams;
    stream_pool_t **link = &self->pools;

    for (unsigned i = 0; i < STREAM_CHANNELS; i++) {
        struct stream *stream = &self->items[i];

        if (!stream->is_taken || stream->pool != pool)
            continue;
        close_stream(self, stream);
        stream->is_taken = false;
    }
    while (*link != pool)
        link = &(*link)->next;
    *link = pool->next;
    SSL_SESSION_free(pool->session);
    free(pool);
    *pool_p = NULL;
}

static bool
is_aged(const struct stream *stream, int64_t now_ms)
{
    int64_t age_ms = stream->pool->policy.age_ms;

    return age_ms > 0 && now_ms - stream->born_ms >= age_ms;
}

static bool
has_room(const struct stream *stream)
{
    return stream->waiting < QUERIES_WISHED;
}

/* True when left is to be taken rather than right. */
static bool
is_better(const struct stream *left, const struct stream *right)
{
    if (has_room(left) != has_room(right))
        return has_room(left);
    if ((left->state == STREAM_OPEN) != (right->state == STREAM_OPEN))
        return left->state == STREAM_OPEN;
    return left->waiting < right->waiting;
}

uint32_t
stream_choose(stream_pool_t *pool, int64_t now_ms)
{
    streams_t *self = pool->streams;
    struct stream *best = NULL;
    struct stream *fresh = NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < STREAM_CHANNELS; i++) {
        struct stream *stream = &self->items[i];

        if (!stream->is_taken || stream->pool != pool)
            continue;
        count++;
        if (!stream->is_retired && stream->state != STREAM_CLOSED
            && !is_aged(stream, now_ms) && stream->waiting < QUERIES_MOST
            && stream->output_size < OUTPUT_MOST
            && (best == NULL || is_better(stream, best)))
            best = stream;
    }
    if ((best == NULL || !has_room(best)) && count < POOL_STREAMS)
        fresh = open_stream(pool, now_ms);
    if (fresh != NULL) {
        best = fresh;
        pool->counters->opened++;
    }
    else if (best != NULL)
        pool->counters->reused++;
    else
        return STREAM_NONE;
    best->waiting++;
    best->used_ms = now_ms;
    return (uint32_t) (best - self->items);
}

void
stream_release(streams_t *self, uint32_t channel, int64_t now_ms)
{
    struct stream *stream = &self->items[channel];

    assert(stream->is_taken && stream->waiting > 0);
    stream->waiting--;
    stream->used_ms = now_ms;
}

bool
stream_is_open(const streams_t *self, uint32_t channel)
{
    return self->items[channel].state == STREAM_OPEN;
}

void
stream_doubt(streams_t *self, uint32_t channel, int64_t sent_ms)
{
    struct stream *stream = &self->items[channel];

    if (stream->heard_ms <= sent_ms)
        stream->is_retired = true;
}

/* Idle ones that were used longest ago end first. */
static void
limit_idle(streams_t *self, const stream_pool_t *pool)
{
    for (;;) {
        struct stream *oldest = NULL;
        unsigned idle = 0;

        for (unsigned i = 0; i < STREAM_CHANNELS; i++) {
            struct stream *stream = &self->items[i];

            if (!stream->is_taken || stream->pool != pool
                || stream->waiting > 0)
                continue;
            idle++;
            if (oldest == NULL || stream->used_ms < oldest->used_ms)
                oldest = stream;
        }
        if (idle <= pool->policy.idle_limit)
            return;
        stream_lose(self, oldest, "too many are idle");
    }
}

void
stream_age(streams_t *self, int64_t now_ms)
{
    for (unsigned i = 0; i < STREAM_CHANNELS; i++) {
        struct stream *stream = &self->items[i];

        if (!stream->is_taken)
            continue;
        if (stream->state != STREAM_OPEN
            && now_ms - stream->born_ms >= OPENING_MS)
            stream_lose(self, stream, "no connection in time");
        else if (stream->waiting == 0
                 && (stream->is_retired || is_aged(stream, now_ms)
                     || now_ms - stream->used_ms
                         >= stream->pool->policy.expire_ms))
            stream_lose(self, stream, "idle");
    }
    for (stream_pool_t *pool = self->pools; pool; pool = pool->next)
        if (pool->policy.idle_limit > 0)
            limit_idle(self, pool);
}
