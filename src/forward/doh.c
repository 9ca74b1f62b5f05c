/*
 * doh - DNS over one HTTP/2 connection (RFC 8484), our side of it
 *
 * nghttp2 calls us back while it reads and writes; what it says is only noted.
 * Requests that are over wait in a list of their own, so whoever takes them
 * may do anything, end the connection included.
 */

#include "forward/doh.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>
#include <openssl/evp.h>

#include "coredns/memory.h"
#include "coredns/message.h"

#define MEDIA_TYPE "application/dns-message"
#define HTTPS_PORT 443
#define WINDOW (1 << 20)                /* octets of one connection's replies
                                           on their way to us */

/* A list of requests, each in it once. */
struct list {
    struct request *first, *last;
};

struct request {
    struct request *previous, *next;
    int32_t stream;                     /* -1: not even begun */
    uint16_t id;
    uint8_t *query;                     /* the body; NULL: it is in the path */
    size_t query_size, query_sent;
    unsigned status;
    bool is_typed;                      /* its content is a DNS message */
    uint8_t *body;
    size_t size, capacity;
    char why[DOH_REASON_SIZE];          /* "": there is a reply */
};

struct doh {
    nghttp2_session *session;
    char authority[TARGET_HOST_SIZE + 8];
    const char *resource;
    bool by_get;
    bool is_closing;
    struct list live, over;
    struct request *lent;
};

/* ---- requests ------------------------------------------------------------ */

static void
append(struct list *list, struct request *request)
{
    request->previous = list->last;
    request->next = NULL;
    if (list->last == NULL)
        list->first = request;
    else
        list->last->next = request;
    list->last = request;
}

static void
take_out(struct list *list, struct request *request)
{
    if (request->previous == NULL)
        list->first = request->next;
    else
        request->previous->next = request->next;
    if (request->next == NULL)
        list->last = request->previous;
    else
        request->next->previous = request->previous;
}

static void
free_request(struct request *request)
{
    if (request == NULL)
        return;
    free(request->query);
    free(request->body);
    free(request);
}

static void
free_list(struct list *list)
{
    while (list->first != NULL) {
        struct request *request = list->first;

        take_out(list, request);
        free_request(request);
    }
}

/* The request is over; why may be NULL. */
static void
end_request(doh_t *self, struct request *request, const char *why)
{
    take_out(&self->live, request);
    append(&self->over, request);
    if (why != NULL)
        snprintf(request->why, sizeof request->why, "%s", why);
    else if (request->status != 200)
        snprintf(request->why, sizeof request->why, "HTTP status %u",
                 request->status);
    else if (!request->is_typed)
        snprintf(request->why, sizeof request->why,
                 "no DNS message in the response");
    else if (request->size < CORE_HEADER_SIZE)
        snprintf(request->why, sizeof request->why,
                 "%zu octets are no DNS message", request->size);
    else
        core_write16(request->body, request->id);
}

/* ---- what nghttp2 tells -------------------------------------------------- */

static struct request *
request_of(nghttp2_session *session, int32_t stream)
{
    return nghttp2_session_get_stream_user_data(session, stream);
}

/* The request is over, whatever its stream does. */
static void
give_up(doh_t *self, struct request *request, const char *why)
{
    nghttp2_session_set_stream_user_data(self->session, request->stream, NULL);
    end_request(self, request, why);
}

static bool
is_named(const uint8_t *name, size_t size, const char *wanted)
{
    return size == strlen(wanted) && memcmp(name, wanted, size) == 0;
}

static int
take_header(nghttp2_session *session, const nghttp2_frame *frame,
            const uint8_t *name, size_t name_size, const uint8_t *value,
            size_t value_size, uint8_t flags, void *owner)
{
    struct request *request = request_of(session, frame->hd.stream_id);
    size_t type_size = strlen(MEDIA_TYPE);

    (void) flags, (void) owner;
    if (request == NULL)
        return 0;
    if (is_named(name, name_size, ":status"))
        request->status = (unsigned) strtoul((const char *) value, NULL, 10);
    else if (is_named(name, name_size, "content-type"))
        request->is_typed = value_size >= type_size
            && memcmp(value, MEDIA_TYPE, type_size) == 0
            && (value_size == type_size || value[type_size] == ';'
                || value[type_size] == ' ');
    return 0;
}

static int
take_body(nghttp2_session *session, uint8_t flags, int32_t stream,
          const uint8_t *bytes, size_t size, void *owner)
{
    struct request *request = request_of(session, stream);
    size_t needed;

    (void) flags, (void) owner;
    if (request == NULL)
        return 0;
    needed = request->size + size;
    if (needed > CORE_MESSAGE_SIZE) {
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream,
                                  NGHTTP2_CANCEL);
        give_up(owner, request, "more than 65535 octets");
        return 0;
    }
    if (needed > request->capacity) {
        request->capacity = 2 * needed;
        request->body = core_reallocate(request->body, request->capacity);
    }
    memcpy(request->body + request->size, bytes, size);
    request->size = needed;
    return 0;
}

static int
take_end(nghttp2_session *session, int32_t stream, uint32_t error, void *owner)
{
    struct request *request = request_of(session, stream);

    if (request != NULL)
        end_request(owner, request,
                    error == NGHTTP2_NO_ERROR ? NULL
                                              : nghttp2_http2_strerror(error));
    return 0;
}

static int
take_frame(nghttp2_session *session, const nghttp2_frame *frame, void *owner)
{
    doh_t *self = owner;

    (void) session;
    if (frame->hd.type == NGHTTP2_GOAWAY)
        self->is_closing = true;
    return 0;
}

/* A request for which there is no stream: it has no data of ours yet. */
static int
take_refusal(nghttp2_session *session, const nghttp2_frame *frame, int error,
             void *owner)
{
    doh_t *self = owner;
    struct request *request = self->live.first;

    (void) session;
    if (frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    while (request != NULL && request->stream != frame->hd.stream_id)
        request = request->next;
    if (request != NULL)
        give_up(self, request, nghttp2_strerror(error));
    return 0;
}

static ssize_t
give_body(nghttp2_session *session, int32_t stream, uint8_t *bytes,
          size_t room, uint32_t *flags, nghttp2_data_source *source,
          void *owner)
{
    struct request *request = source->ptr;
    size_t size = request->query_size - request->query_sent;

    (void) session, (void) stream, (void) owner;
    if (size > room)
        size = room;
    memcpy(bytes, request->query + request->query_sent, size);
    request->query_sent += size;
    if (request->query_sent == request->query_size)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t) size;
}

/* ---- the connection ------------------------------------------------------ */

/* Whom the requests are for (RFC 9113 section 8.3.1). */
static void
name_authority(doh_t *self, const struct target *server)
{
    char text[INET6_ADDRSTRLEN];
    const char *host = server->servername;
    const char *form = "%s";
    size_t size;

    if (*host == '\0' && target_is_ipv4(server))
        host = inet_ntop(AF_INET, server->address + 12, text, sizeof text);
    else if (*host == '\0') {
        host = inet_ntop(AF_INET6, server->address, text, sizeof text);
        form = "[%s]";
    }
    snprintf(self->authority, sizeof self->authority, form, host);
    size = strlen(self->authority);
    if (server->port != HTTPS_PORT)
        snprintf(self->authority + size, sizeof self->authority - size, ":%u",
                 (unsigned) server->port);
}

doh_t *
doh_new(const struct target *server, bool by_get)
{
    static const nghttp2_settings_entry settings[] = {
        { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, CORE_MESSAGE_SIZE + 1 },
    };
    doh_t *self = core_allocate(sizeof *self);
    nghttp2_session_callbacks *callbacks;

    self->resource = server->resource;
    self->by_get = by_get;
    name_authority(self, server);
    nghttp2_session_callbacks_new(&callbacks);
    assert(callbacks != NULL);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, take_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks,
                                                              take_body);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks,
                                                           take_end);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks,
                                                         take_frame);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks,
                                                             take_refusal);
    nghttp2_session_client_new(&self->session, callbacks, self);
    nghttp2_session_callbacks_del(callbacks);
    assert(self->session != NULL);
    nghttp2_submit_settings(self->session, NGHTTP2_FLAG_NONE, settings,
                            sizeof settings / sizeof *settings);
    nghttp2_session_set_local_window_size(self->session, NGHTTP2_FLAG_NONE, 0,
                                          WINDOW);
    return self;
}

void
doh_destroy(doh_t **self_p)
{
    assert(self_p);

    doh_t *self = *self_p;

    if (self == NULL)
        return;
    nghttp2_session_del(self->session);
    free_list(&self->live);
    free_list(&self->over);
    free_request(self->lent);
    free(self);
    *self_p = NULL;
}

/* ---- asking -------------------------------------------------------------- */

/* nghttp2 copies both, its type notwithstanding. */
static nghttp2_nv
header(const char *name, const char *value)
{
    return (nghttp2_nv) {
        .name = (uint8_t *) (uintptr_t) name, .namelen = strlen(name),
        .value = (uint8_t *) (uintptr_t) value, .valuelen = strlen(value),
    };
}

/* RESOURCE?dns=MESSAGE, in base64url without padding (RFC 4648 section 5). */
static char *
make_path(const doh_t *self, const uint8_t *bytes, size_t size)
{
    const char *joint = strchr(self->resource, '?') == NULL ? "?dns="
                                                            : "&dns=";
    size_t room = strlen(self->resource) + strlen(joint)
        + 4 * ((size + 2) / 3) + 1;
    char *path = core_allocate(room);
    int used = snprintf(path, room, "%s%s", self->resource, joint);

    EVP_EncodeBlock((unsigned char *) path + used, bytes, (int) size);
    for (char *at = path + used; *at != '\0'; at++)
        if (*at == '+')
            *at = '-';
        else if (*at == '/')
            *at = '_';
        else if (*at == '=')
            *at = '\0';
    return path;
}

static const char *
number_text(size_t number, char text[24])
{
    snprintf(text, 24, "%zu", number);
    return text;
}

static int32_t
submit(doh_t *self, struct request *request, const char *path)
{
    nghttp2_data_provider body = { { .ptr = request }, give_body };
    char length[24];
    nghttp2_nv headers[] = {
        header(":method", self->by_get ? "GET" : "POST"),
        header(":scheme", "https"),
        header(":authority", self->authority),
        header(":path", path),
        header("accept", MEDIA_TYPE),
        header("content-type", MEDIA_TYPE),
        header("content-length", number_text(request->query_size, length)),
    };
    size_t count = sizeof headers / sizeof *headers;

    return nghttp2_submit_request(self->session, NULL, headers,
                                  self->by_get ? count - 2 : count,
                                  self->by_get ? NULL : &body, request);
}

void
doh_ask(doh_t *self, const uint8_t *bytes, size_t size)
{
    struct request *request = core_allocate(sizeof *request);
    uint8_t *query = core_allocate(size);

    assert(size >= CORE_HEADER_SIZE);
    memcpy(query, bytes, size);
    core_write16(query, 0);
    request->id = core_read16(bytes);
    append(&self->live, request);
    if (self->by_get) {
        char *path = make_path(self, query, size);

        request->stream = submit(self, request, path);
        free(path);
        free(query);
    }
    else {
        request->query = query;
        request->query_size = size;
        request->stream = submit(self, request, self->resource);
    }
    if (request->stream < 0) {
        self->is_closing = true;        /* it has used up its numbers */
        end_request(self, request, nghttp2_strerror(request->stream));
    }
}

/* ---- octets -------------------------------------------------------------- */

size_t
doh_pull(doh_t *self, const uint8_t **bytes_p)
{
    ssize_t size = nghttp2_session_mem_send(self->session, bytes_p);

    if (size >= 0)
        return (size_t) size;
    self->is_closing = true;
    return 0;
}

bool
doh_take(doh_t *self, const uint8_t *bytes, size_t size)
{
    return nghttp2_session_mem_recv(self->session, bytes, size)
        == (ssize_t) size;
}

bool
doh_next(doh_t *self, struct doh_reply *reply)
{
    struct request *request = self->over.first;

    free_request(self->lent);
    self->lent = request;
    if (request == NULL)
        return false;
    take_out(&self->over, request);
    *reply = (struct doh_reply) { .id = request->id };
    if (request->why[0] == '\0') {
        reply->bytes = request->body;
        reply->size = request->size;
    }
    else
        snprintf(reply->why, sizeof reply->why, "%s", request->why);
    return true;
}

bool
doh_is_over(const doh_t *self)
{
    return nghttp2_session_want_read(self->session) == 0
        && nghttp2_session_want_write(self->session) == 0;
}

bool
doh_is_closing(const doh_t *self)
{
    return self->is_closing;
}
