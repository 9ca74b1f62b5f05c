/*
 * http - answers GET and HEAD for a few fixed paths
 *
 * libmicrohttpd reads and writes; its epoll descriptor lies in our loop.  We
 * accept ourselves: so the bound on connections, and how long each may take,
 * is decided here.  The library's own time-out looks at silence alone, which
 * a client that sends an octet now and then never reaches.
 *
 * A text that is kept is shared by all that read it, so many slow readers of a
 * long text take the memory of one.
 */

#include "health/http.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "coredns/memory.h"

#define ROUTES 8
#define BEAT_MS 500                     /* slow ones are looked for so often */
#define ROUNDS 8                        /* of the library without a sleep */
#define ACCEPTS 16                      /* connections taken in a round */

struct place {
    int fd;                             /* of a connection, or -1 */
    int64_t since_ms;
};

struct kept {
    struct MHD_Response *response;      /* NULL: none */
    unsigned status;
    int64_t made_ms;
};

struct http {
    core_loop_t *loop;
    const struct http_route *routes;
    void *owner;
    struct http_counters *counters;
    struct MHD_Daemon *daemon;
    int epoll_fd;
    struct listeners listeners;
    int most;                           /* connections at a time */
    struct place places[HTTP_CONNECTIONS];
    struct kept kept[ROUTES];
    core_timer_t *beat;
    core_timer_t *again;                /* the library has more to do */
};

/* ---- answers ------------------------------------------------------------- */

static struct MHD_Response *
make_response(char **text_p, size_t size, const char *type)
{
    static const struct {
        const char *name;
        const char *value;
    } headers[] = {
        { "Connection", "close" },
        { "Cache-Control", "no-store" },
        { "X-Content-Type-Options", "nosniff" },
        { "Content-Security-Policy",
          "default-src 'none'; style-src 'unsafe-inline'" },
    };
    struct MHD_Response *response
        = MHD_create_response_from_buffer(size, *text_p,
                                          MHD_RESPMEM_MUST_FREE);

    assert(response != NULL);
    *text_p = NULL;                     /* the response's */
    MHD_add_response_header(response, "Content-Type", type);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        MHD_add_response_header(response, headers[i].name, headers[i].value);
    return response;
}

static struct MHD_Response *
render(http_t *self, const struct http_route *route, bool is_verbose,
       unsigned *status)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert(file != NULL);
    *status = route->render(self->owner, is_verbose, file);

    int rc = fclose(file);

    assert(rc == 0);
    return make_response(&text, size, route->type);
}

static void
forget(struct kept *kept)
{
    if (kept->response != NULL)
        MHD_destroy_response(kept->response);
    kept->response = NULL;
}

static enum MHD_Result
answer_route(http_t *self, struct MHD_Connection *connection, size_t index,
             bool is_verbose)
{
    const struct http_route *route = &self->routes[index];
    struct kept *kept = &self->kept[index];
    int64_t now_ms = core_loop_now_ms(self->loop);
    enum MHD_Result result;

    if (kept->response == NULL || is_verbose
        || now_ms - kept->made_ms >= route->kept_ms) {
        forget(kept);
        kept->response = render(self, route, is_verbose, &kept->status);
        kept->made_ms = now_ms;
    }
    result = MHD_queue_response(connection, kept->status, kept->response);
    if (is_verbose || route->kept_ms == 0)
        forget(kept);
    return result;
}

/* Answers with a status and its words alone. */
static enum MHD_Result
answer_plainly(http_t *self, struct MHD_Connection *connection,
               unsigned status, const char *words)
{
    char *text = core_copy_text(words);
    struct MHD_Response *response = make_response(&text, strlen(words),
                                                  "text/plain; charset=utf-8");
    enum MHD_Result result;

    self->counters->refused++;
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", "GET, HEAD");
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* MHD_lookup_connection_value() cannot tell "?verbose" from nothing. */
static bool
has_argument(struct MHD_Connection *connection, const char *name)
{
    const char *value;
    size_t value_size;

    return MHD_lookup_connection_value_n(connection, MHD_GET_ARGUMENT_KIND,
                                         name, strlen(name), &value,
                                         &value_size) == MHD_YES;
}

/*
 * Is called when the head of a request has come, then for each part of its
 * body (which is thrown away), then once more: that is when it is answered.
 */
static enum MHD_Result
handle(void *owner, struct MHD_Connection *connection, const char *path,
       const char *method, const char *version, const char *body,
       size_t *body_size, void **seen)
{
    static char mark;
    http_t *self = owner;

    (void) version, (void) body;
    if (*seen == NULL) {
        *seen = &mark;
        return MHD_YES;
    }
    if (*body_size > 0) {
        *body_size = 0;
        return MHD_YES;
    }
    self->counters->requests++;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0
        && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return answer_plainly(self, connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                              "only GET and HEAD\n");
    for (size_t i = 0; self->routes[i].path != NULL; i++)
        if (strcmp(path, self->routes[i].path) == 0)
            return answer_route(self, connection, i,
                                has_argument(connection, "verbose"));
    return answer_plainly(self, connection, MHD_HTTP_NOT_FOUND,
                          "not found\n");
}

/* ---- the library in our loop --------------------------------------------- */

static void run(http_t *self);

static void
run_again(void *owner)
{
    http_t *self = owner;

    self->again = NULL;                 /* it ends by itself */
    run(self);
}

/* True when the library wants to be called without waiting for anything. */
static bool
has_more(const http_t *self)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;

    return MHD_get_timeout(self->daemon, &wait_ms) == MHD_YES && wait_ms == 0;
}

static void
run(http_t *self)
{
    bool more = true;

    for (int i = 0; more && i < ROUNDS; i++) {
        MHD_run(self->daemon);
        more = has_more(self);
    }
    if (more && self->again == NULL)
        self->again = core_loop_timer(self->loop, 0, 0, run_again, self);
}

static void
take_events(void *owner, int fd, uint32_t events)
{
    (void) fd, (void) events;
    run(owner);
}

/* ---- connections --------------------------------------------------------- */

static struct place *
find_place(http_t *self, int fd)
{
    for (int i = 0; i < self->most; i++)
        if (self->places[i].fd == fd)
            return &self->places[i];
    return NULL;
}

/* The place of the oldest connection; a free one when there is none. */
static struct place *
oldest_place(http_t *self)
{
    struct place *oldest = &self->places[0];

    for (int i = 1; i < self->most; i++)
        if (self->places[i].fd != -1
            && (oldest->fd == -1
                || self->places[i].since_ms < oldest->since_ms))
            oldest = &self->places[i];
    return oldest;
}

static void
note_connection(void *owner, struct MHD_Connection *connection,
                void **context, enum MHD_ConnectionNotificationCode code)
{
    http_t *self = owner;
    const union MHD_ConnectionInfo *known
        = MHD_get_connection_info(connection,
                                  MHD_CONNECTION_INFO_CONNECTION_FD);
    struct place *place = find_place(self, known->connect_fd);

    (void) context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED && place != NULL)
        place->fd = -1;
}

/* The library finds the end of the stream and closes the connection. */
static void
cut(http_t *self, const struct place *place)
{
    if (place->fd == -1)
        return;
    shutdown(place->fd, SHUT_RDWR);
    self->counters->cut++;
    run(self);
}

static void
cut_slow(void *owner)
{
    http_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);

    for (int i = 0; i < self->most; i++)
        if (self->places[i].fd != -1
            && now_ms - self->places[i].since_ms >= HTTP_PATIENCE_MS)
            cut(self, &self->places[i]);
}

static void
add_connection(http_t *self, int fd, const struct sockaddr *client,
               socklen_t client_size)
{
    struct place *place = find_place(self, -1);

    if (place == NULL) {
        place = oldest_place(self);
        cut(self, place);
    }
    if (place->fd != -1) {
        close(fd);                      /* it would not go */
        return;
    }
    place->fd = fd;
    place->since_ms = core_loop_now_ms(self->loop);
    if (MHD_add_connection(self->daemon, fd, client, client_size) != MHD_YES)
        place->fd = -1;                 /* closed by the library */
}

static void
take_connections(void *owner, int listener, uint32_t events)
{
    http_t *self = owner;

    (void) events;
    for (int i = 0; i < ACCEPTS; i++) {
        struct sockaddr_storage client;
        socklen_t client_size = sizeof client;
        int fd = accept4(listener, (struct sockaddr *) &client, &client_size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd == -1 && (errno == EMFILE || errno == ENFILE))
            cut(self, oldest_place(self));
        if (fd == -1)
            break;
        add_connection(self, fd, (struct sockaddr *) &client, client_size);
    }
    run(self);
}

/* ---- life ---------------------------------------------------------------- */

http_t *
http_new(core_loop_t *loop, const struct http_route *routes, void *owner,
         struct http_counters *counters, struct core_fault *fault)
{
    http_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->routes = routes;
    self->owner = owner;
    self->counters = counters;
    self->most = (int) core_loop_share(HTTP_CONNECTIONS, 8);
    for (int i = 0; i < self->most; i++)
        self->places[i].fd = -1;
    self->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, handle, self,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned) self->most,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) HTTP_REQUEST_SIZE,
        MHD_OPTION_NOTIFY_CONNECTION, note_connection, self,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (self->daemon == NULL) {
        core_fault_set(fault, NULL, 0, "libmicrohttpd does not start");
        free(self);
        return NULL;
    }
    self->epoll_fd = MHD_get_daemon_info(self->daemon,
                                         MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    core_loop_watch(loop, self->epoll_fd, EPOLLIN, take_events, self);
    self->beat = core_loop_timer(loop, BEAT_MS, BEAT_MS, cut_slow, self);
    return self;
}

void
http_destroy(http_t **self_p)
{
    static const struct listeners none = { .count = 0 };

    assert(self_p);

    http_t *self = *self_p;

    if (self == NULL)
        return;
    http_serve(self, &none);
    core_loop_timer_cancel(self->loop, &self->beat);
    core_loop_timer_cancel(self->loop, &self->again);
    core_loop_unwatch(self->loop, self->epoll_fd);
    MHD_stop_daemon(self->daemon);
    for (int i = 0; i < ROUTES; i++)
        forget(&self->kept[i]);
    free(self);
    *self_p = NULL;
}

void
http_serve(http_t *self, const struct listeners *listeners)
{
    for (size_t i = 0; i < self->listeners.count; i++) {
        int fd = self->listeners.items[i].descriptor;

        if (listeners_have(listeners, fd))
            continue;
        core_loop_unwatch(self->loop, fd);
        close(fd);
    }
    self->listeners = *listeners;
    for (size_t i = 0; i < self->listeners.count; i++)
        core_loop_watch(self->loop, self->listeners.items[i].descriptor,
                        EPOLLIN, take_connections, self);
}

const struct listeners *
http_listeners(const http_t *self)
{
    return &self->listeners;
}
