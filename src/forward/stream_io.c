/*
 * stream_io - what goes over one connection: handshake, messages in and out
 *
 * A message has its length in front (RFC 1035 section 4.2.2), or HTTP/2 around
 * it.  TLS may want to write when we read and the other way round; a call says
 * what it waits for.
 */

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <openssl/err.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "forward/stream_parts.h"

#define INPUT_FIRST 4096                /* octets of room to begin with */
#define READS 16                        /* of one round */

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
        ERR_clear_error();

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
put(struct stream *stream, const uint8_t *bytes, size_t size)
{
    size_t needed = stream->output_size + size;

    if (needed > stream->output_capacity) {
        stream->output_capacity = 2 * needed;
        stream->output = core_reallocate(stream->output,
                                         stream->output_capacity);
    }
    memcpy(stream->output + stream->output_size, bytes, size);
    stream->output_size = needed;
}

/* What HTTP/2 has to say by now. */
static void
put_http(struct stream *stream)
{
    const uint8_t *bytes;
    size_t size;

    while ((size = doh_pull(stream->doh, &bytes)) > 0)
        put(stream, bytes, size);
}

static void
write_output(streams_t *self, struct stream *stream)
{
    enum progress progress = PROGRESS_DONE;

    stream->is_dirty = false;
    if (stream->doh != NULL)
        put_http(stream);
    while (progress == PROGRESS_DONE
           && stream->output_sent < stream->output_size)
        progress = write_some(stream);
    if (progress == PROGRESS_LOST) {
        stream_lose(self, stream, "the connection was closed");
        return;
    }
    if (stream->output_sent == stream->output_size) {
        stream->output_sent = stream->output_size = 0;
        if (stream->doh != NULL && doh_is_over(stream->doh)) {
            stream_lose(self, stream, "the end of HTTP/2");
            return;
        }
    }
    core_loop_watch(self->loop, stream->fd,
                    progress == PROGRESS_WRITE ? EPOLLIN | EPOLLOUT : EPOLLIN,
                    stream_take_event, stream);
}

static void
mark_dirty(streams_t *self, struct stream *stream)
{
    stream->is_dirty = true;
    self->has_dirty = true;
}

void
stream_send(streams_t *self, uint32_t channel, const uint8_t *bytes,
            size_t size)
{
    struct stream *stream = &self->items[channel];
    uint8_t length[2];

    assert(stream->state != STREAM_CLOSED && size <= CORE_MESSAGE_SIZE);
    if (stream->doh != NULL)
        doh_ask(stream->doh, bytes, size);
    else {
        core_write16(length, (uint16_t) size);
        put(stream, length, sizeof length);
        put(stream, bytes, size);
    }
    if (stream->state == STREAM_OPEN)
        mark_dirty(self, stream);
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

/* Hands out what the octets in the buffer complete; false when the connection
   ended meanwhile. */
static bool
hand_out_http(streams_t *self, struct stream *stream)
{
    uint32_t channel = (uint32_t) (stream - self->items);
    uint32_t serial = stream->serial;
    bool is_http = doh_take(stream->doh, stream->input, stream->input_size);
    struct doh_reply reply;

    stream->input_size = 0;
    while (doh_next(stream->doh, &reply)) {
        if (reply.bytes == NULL)
            self->hooks.failed(self->hooks.owner, channel, reply.id,
                               reply.why);
        else
            self->hooks.received(self->hooks.owner, channel, reply.bytes,
                                 reply.size);
        if (stream->state == STREAM_CLOSED || stream->serial != serial)
            return false;
    }
    if (!is_http) {
        stream_lose(self, stream, "no HTTP/2");
        return false;
    }
    if (doh_is_closing(stream->doh))
        stream->is_retired = true;
    mark_dirty(self, stream);           /* it may have to acknowledge */
    return true;
}

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
        if (stream->state == STREAM_CLOSED || stream->serial != serial)
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

    if (stream->doh == NULL && stream->input_size >= 2)
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
        ERR_clear_error();

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
        if (stream->doh != NULL ? !hand_out_http(self, stream)
                                : !hand_out(self, stream))
            return;
    }
    if (progress == PROGRESS_LOST)
        stream_lose(self, stream, "the connection was closed");
    else if (progress == PROGRESS_WRITE)
        core_loop_watch(self->loop, stream->fd, EPOLLIN | EPOLLOUT,
                        stream_take_event, stream);
}

/* ---- events -------------------------------------------------------------- */

static void
shake_hands(streams_t *self, struct stream *stream)
{
    char reason[128];

    ERR_clear_error();

    int rc = SSL_do_handshake(stream->ssl);
    enum progress progress = rc == 1 ? PROGRESS_DONE
        : progress_of(stream->ssl, rc);

    switch (progress) {
    case PROGRESS_DONE:
        if (stream->doh != NULL && !tls_is_http2(stream->ssl)) {
            stream_lose(self, stream, "the server does not speak HTTP/2");
            break;
        }
        stream->state = STREAM_OPEN;
        write_output(self, stream);
        break;
    case PROGRESS_LOST:
        stream_lose(self, stream, tls_reason(stream->ssl, reason));
        break;
    default:
        core_loop_watch(self->loop, stream->fd,
                        progress == PROGRESS_WRITE ? EPOLLOUT : EPOLLIN,
                        stream_take_event, stream);
    }
}

static void
finish_connect(streams_t *self, struct stream *stream)
{
    int error = 0;
    socklen_t size = sizeof error;

    getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        stream_lose(self, stream, strerrordesc_np(error));
        return;
    }
    if (stream->ssl != NULL) {
        stream->state = STREAM_HANDSHAKING;
        shake_hands(self, stream);
        return;
    }
    stream->state = STREAM_OPEN;
    write_output(self, stream);
}

void
stream_take_event(void *owner, int fd, uint32_t events)
{
    struct stream *stream = owner;
    streams_t *self = stream->pool->streams;
    uint32_t serial = stream->serial;

    (void) fd;
    if (stream->state == STREAM_CONNECTING)
        finish_connect(self, stream);
    else if (stream->state == STREAM_HANDSHAKING)
        shake_hands(self, stream);
    else if (stream->state == STREAM_OPEN) {
        if ((events & EPOLLOUT) != 0)
            write_output(self, stream);
        if (stream->state == STREAM_OPEN && stream->serial == serial)
            read_input(self, stream);
    }
}
