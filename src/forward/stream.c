/*
 * stream - the connections to all upstreams, TCP or TLS
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
#include "coredns/message.h"

#define POOL_STREAMS 16                 /* connections of one pool */
#define QUERIES_WISHED 64               /* on one; then another is opened */
#define QUERIES_MOST 1024               /* on one, when there are no more */
#define OUTPUT_MOST (256 * 1024)        /* octets waiting to be sent */
#define INPUT_FIRST 4096
#define INPUT_MOST (2 + CORE_MESSAGE_SIZE)
#define READS 16                        /* of one round */
#define OPENING_MS 4000                 /* until it must stand */

enum stream_state { CLOSED, CONNECTING, HANDSHAKING, OPEN };

struct stream {
    enum stream_state state;
    bool is_taken;                      /* the place is not free */
    bool is_retired;                    /* chosen no more */
    bool is_dirty;                      /* there is something to send */
    uint32_t serial;                    /* how often the place was used */
    int fd;
    SSL *ssl;
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
    struct stream items[STREAM_CHANNELS];
};

static void
    take_event(void *owner, int fd, uint32_t events);

streams_t *
streams_new(core_loop_t *loop, const struct stream_hooks *hooks)
{
    streams_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->hooks = *hooks;
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
        if (stream->state == OPEN)
            SSL_shutdown(stream->ssl);
        SSL_free(stream->ssl);
    }
    close(stream->fd);
    free(stream->output);
    free(stream->input);
    stream->state = CLOSED;
    stream->ssl = NULL;
    stream->fd = -1;
    stream->output = stream->input = NULL;
    stream->is_dirty = false;
}

/* Closes it and tells those who wait; then its place is free. */
static void
lose(streams_t *self, struct stream *stream, const char *why)
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

    while (stream < self->items + STREAM_CHANNELS && stream->is_taken)
        stream++;
    if (stream == self->items + STREAM_CHANNELS)
        return NULL;

    int fd = open_connecting(pool);

    if (fd == -1)
        return NULL;
    *stream = (struct stream) {
        .state = CONNECTING, .is_taken = true, .fd = fd, .pool = pool,
        .serial = stream->serial + 1, .born_ms = now_ms, .used_ms = now_ms,
        .heard_ms = now_ms,
    };
    if (pool->tls != NULL)
        stream->ssl = tls_connect(pool->tls, fd, &pool->upstream,
                                  pool->upstream.servername, &pool->session);
    core_loop_watch(self->loop, fd, EPOLLOUT, take_event, stream);
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
    if ((left->state == OPEN) != (right->state == OPEN))
        return left->state == OPEN;
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
        if (!stream->is_retired && stream->state != CLOSED
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
    return self->items[channel].state == OPEN;
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
        lose(self, oldest, "too many are idle");
    }
}

void
stream_age(streams_t *self, int64_t now_ms)
{
    for (unsigned i = 0; i < STREAM_CHANNELS; i++) {
        struct stream *stream = &self->items[i];

        if (!stream->is_taken)
            continue;
        if (stream->state != OPEN && now_ms - stream->born_ms >= OPENING_MS)
            lose(self, stream, "no connection in time");
        else if (stream->waiting == 0
                 && (stream->is_retired || is_aged(stream, now_ms)
                     || now_ms - stream->used_ms
                         >= stream->pool->policy.expire_ms))
            lose(self, stream, "idle");
    }
    for (stream_pool_t *pool = self->pools; pool; pool = pool->next)
        if (pool->policy.idle_limit > 0)
            limit_idle(self, pool);
}

/* ---- sending ------------------------------------------------------------- */

enum progress { PROGRESS_DONE, PROGRESS_READ, PROGRESS_WRITE, PROGRESS_LOST };

/* What an SSL call that did not succeed waits for. */
static enum progress
progress_of(SSL *ssl, int rc)
{
    switch (SSL_get_error(ssl, rc)) {
    case SSL_ERROR_WANT_READ:
        return PROGRESS_READ;
    case SSL_ERROR_WANT_WRITE:
        return PROGRESS_WRITE;
    default:
        return PROGRESS_LOST;
    }
}

/* Writes once; the size written is added to output_sent. */
static enum progress
write_some(struct stream *stream)
{
    const uint8_t *bytes = stream->output + stream->output_sent;
    size_t left = stream->output_size - stream->output_sent;
    size_t written = 0;

    if (stream->ssl != NULL) {
        int rc = SSL_write_ex(stream->ssl, bytes, left, &written);

        if (rc != 1)
            return progress_of(stream->ssl, rc);
    }
    else {
        ssize_t rc = send(stream->fd, bytes, left, MSG_NOSIGNAL);

        if (rc == -1)
            return errno == EAGAIN || errno == EINTR ? PROGRESS_WRITE
                                                     : PROGRESS_LOST;
        written = (size_t) rc;
    }
    stream->output_sent += written;
    return PROGRESS_DONE;
}

static void
write_output(streams_t *self, struct stream *stream)
{
    enum progress progress = PROGRESS_DONE;

    stream->is_dirty = false;
    while (progress == PROGRESS_DONE
           && stream->output_sent < stream->output_size)
        progress = write_some(stream);
    if (progress == PROGRESS_LOST) {
        lose(self, stream, "the connection was closed");
        return;
    }
    if (stream->output_sent == stream->output_size)
        stream->output_sent = stream->output_size = 0;
    core_loop_watch(self->loop, stream->fd,
                    progress == PROGRESS_WRITE ? EPOLLIN | EPOLLOUT : EPOLLIN,
                    take_event, stream);
}

void
stream_send(streams_t *self, uint32_t channel, const uint8_t *bytes,
            size_t size)
{
    struct stream *stream = &self->items[channel];
    size_t needed = stream->output_size + 2 + size;

    assert(stream->state != CLOSED && size <= CORE_MESSAGE_SIZE);
    if (needed > stream->output_capacity) {
        stream->output_capacity = 2 * needed;
        stream->output = core_reallocate(stream->output,
                                         stream->output_capacity);
    }
    core_write16(stream->output + stream->output_size, (uint16_t) size);
    memcpy(stream->output + stream->output_size + 2, bytes, size);
    stream->output_size = needed;
    if (stream->state == OPEN) {
        stream->is_dirty = true;
        self->has_dirty = true;
    }
}

void
stream_flush(streams_t *self)
{
    if (!self->has_dirty)
        return;
    self->has_dirty = false;
    for (unsigned i = 0; i < STREAM_CHANNELS; i++)
        if (self->items[i].is_dirty)
            write_output(self, &self->items[i]);
}

/* ---- receiving ----------------------------------------------------------- */

/* Hands out the whole messages in the buffer; false when it ended meanwhile. */
static bool
hand_out(streams_t *self, struct stream *stream)
{
    uint32_t serial = stream->serial;
    size_t offset = 0;

    while (stream->input_size - offset >= 2) {
        size_t size = core_read16(stream->input + offset);

        if (stream->input_size - offset - 2 < size)
            break;
        self->hooks.received(self->hooks.owner,
                             (uint32_t) (stream - self->items),
                             stream->input + offset + 2, size);
        if (stream->state == CLOSED || stream->serial != serial)
            return false;
        offset += 2 + size;
    }
    stream->input_size -= offset;
    memmove(stream->input, stream->input + offset, stream->input_size);
    return true;
}

/* Room for the whole of the message that has begun. */
static void
make_room(struct stream *stream)
{
    size_t needed = INPUT_FIRST;

    if (stream->input_size >= 2)
        needed = 2 + (size_t) core_read16(stream->input);
    if (needed < INPUT_FIRST)
        needed = INPUT_FIRST;
    if (needed > stream->input_capacity) {
        stream->input = core_reallocate(stream->input, needed);
        stream->input_capacity = needed;
    }
}

static enum progress
read_some(struct stream *stream)
{
    uint8_t *bytes = stream->input + stream->input_size;
    size_t room = stream->input_capacity - stream->input_size;
    size_t got = 0;

    if (stream->ssl != NULL) {
        int rc = SSL_read_ex(stream->ssl, bytes, room, &got);

        if (rc != 1)
            return progress_of(stream->ssl, rc);
    }
    else {
        ssize_t rc = recv(stream->fd, bytes, room, 0);

        if (rc == -1)
            return errno == EAGAIN || errno == EINTR ? PROGRESS_READ
                                                     : PROGRESS_LOST;
        if (rc == 0)
            return PROGRESS_LOST;
        got = (size_t) rc;
    }
    stream->input_size += got;
    return PROGRESS_DONE;
}

static void
read_input(streams_t *self, struct stream *stream)
{
    enum progress progress = PROGRESS_DONE;

    /* What TLS has read ahead makes no descriptor ready. */
    for (int i = 0; i < READS
         || (stream->ssl != NULL && SSL_pending(stream->ssl) > 0); i++) {
        make_room(stream);
        progress = read_some(stream);
        if (progress != PROGRESS_DONE)
            break;
        stream->heard_ms = core_loop_now_ms(self->loop);
        if (!hand_out(self, stream))
            return;
    }
    if (progress == PROGRESS_LOST)
        lose(self, stream, "the connection was closed");
    else if (progress == PROGRESS_WRITE)
        core_loop_watch(self->loop, stream->fd, EPOLLIN | EPOLLOUT, take_event,
                        stream);
}

/* ---- events -------------------------------------------------------------- */

static void
shake_hands(streams_t *self, struct stream *stream)
{
    int rc = SSL_do_handshake(stream->ssl);
    enum progress progress = rc == 1 ? PROGRESS_DONE
        : progress_of(stream->ssl, rc);
    char reason[128];

    switch (progress) {
    case PROGRESS_DONE:
        stream->state = OPEN;
        write_output(self, stream);
        break;
    case PROGRESS_LOST:
        lose(self, stream, tls_reason(stream->ssl, reason));
        break;
    default:
        core_loop_watch(self->loop, stream->fd,
                        progress == PROGRESS_WRITE ? EPOLLOUT : EPOLLIN,
                        take_event, stream);
    }
}

static void
finish_connect(streams_t *self, struct stream *stream)
{
    int error = 0;
    socklen_t size = sizeof error;

    getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        lose(self, stream, strerrordesc_np(error));
        return;
    }
    if (stream->ssl != NULL) {
        stream->state = HANDSHAKING;
        shake_hands(self, stream);
        return;
    }
    stream->state = OPEN;
    write_output(self, stream);
}

static void
take_event(void *owner, int fd, uint32_t events)
{
    struct stream *stream = owner;
    streams_t *self = stream->pool->streams;
    uint32_t serial = stream->serial;

    (void) fd;
    if (stream->state == CONNECTING)
        finish_connect(self, stream);
    else if (stream->state == HANDSHAKING)
        shake_hands(self, stream);
    else if (stream->state == OPEN) {
        if ((events & EPOLLOUT) != 0)
            write_output(self, stream);
        if (stream->state == OPEN && stream->serial == serial)
            read_input(self, stream);
    }
}
