/*
 * tcp - queries and replies on connections
 *
 * This part lets connections come and go; talk.c is about what is said on
 * them.
 */

#include "frontend/tcp.h"

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
#include "frontend/talk.h"

#define ACCEPTS_PER_ROUND 64
#define IDLE_BEAT_MS 250
#define PAUSE_MS 100                    /* after running out of descriptors */
#define EVICTION_TRIES 16

static void
end_connection(tcp_t *self, struct connection *connection)
{
    struct connection **link = &self->dirty;

    if (connection->has_parts)          /* marks it */
        dispatch_forsake(self->dispatch, connection->number,
                         connection->generation);
    if (connection->is_dirty) {
        while (*link != connection)
            link = &(*link)->next_dirty;
        *link = connection->next_dirty;
    }
    self->waiting -= talk_waiting(connection);
    core_loop_unwatch(self->loop, connection->fd);
    close(connection->fd);
    connections_remove(self->connections, connection);
}

/* ---- the round ----------------------------------------------------------- */

static void
on_connection(void *owner, int fd, uint32_t events)
{
    struct connection *connection = owner;
    tcp_t *self = connection->owner;

    (void) fd;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0)
        connection->is_doomed = true;
    else if ((events & EPOLLIN) != 0)
        talk_read(self, connection);
    talk_mark(connection);
}

static bool
is_over(const tcp_t *self, const struct connection *connection)
{
    return connection->is_doomed
        || ((connection->has_ended || self->is_stopped)
            && connection->queries == 0 && talk_waiting(connection) == 0);
}

static void
set_watch(tcp_t *self, struct connection *connection)
{
    uint32_t events = 0;

    if (!connection->has_ended && !self->is_stopped
        && connection->queries < self->limits.queries)
        events |= EPOLLIN;
    if (talk_waiting(connection) > 0)
        events |= EPOLLOUT;
    if (events == connection->events)
        return;
    connection->events = events;
    core_loop_watch(self->loop, connection->fd, events, on_connection,
                    connection);
}

void
tcp_flush(tcp_t *self)
{
    while (self->dirty != NULL) {
        struct connection *connection = self->dirty;

        self->dirty = connection->next_dirty;
        connection->is_dirty = false;
        if (!connection->is_doomed) {
            if (talk_waiting(connection) > 0)
                talk_write(self, connection);
            if (connection->has_parts && talk_waiting(connection) == 0) {
                connection->has_parts = false;
                dispatch_continue(self->dispatch, connection->number,
                                  connection->generation);
            }
            talk_take(self, connection);
        }
        if (is_over(self, connection))
            end_connection(self, connection);
        else
            set_watch(self, connection);
    }
}

/* ---- coming and going ---------------------------------------------------- */

static void
end_idle(void *owner)
{
    tcp_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);
    struct connection *next;

    for (struct connection *connection = connections_oldest(self->connections);
         connection != NULL && now_ms - connection->active_ms
            >= connections_idle_ms(self->connections); connection = next) {
        next = connections_after(self->connections, connection);
        if (talk_waiting(connection) > 0) {
            self->counters->tcp_slow++;
            end_connection(self, connection);
        }
        else if (connection->queries > 0) {
            connections_touch(self->connections, connection, now_ms);
        }
        else {
            self->counters->tcp_idle++;
            end_connection(self, connection);
        }
    }
    if (connections_count(self->connections) == 0)
        core_loop_timer_cancel(self->loop, &self->idle_timer);
}

/* Ends a connection that does nothing, so that another client can come. */
static bool
evict_idle(tcp_t *self)
{
    struct connection *connection = connections_oldest(self->connections);

    for (int i = 0; i < EVICTION_TRIES && connection != NULL; i++) {
        if (connection->queries == 0 && talk_waiting(connection) == 0) {
            self->counters->tcp_idle++;
            end_connection(self, connection);
            return true;
        }
        connection = connections_after(self->connections, connection);
    }
    return false;
}

static void
map_address(const struct sockaddr_in6 *from, uint8_t address[16],
            uint16_t *port)
{
    struct inflight_slot slot = { .peer = *from };
    struct admit_peer peer;

    dispatch_peer(&slot, &peer);
    memcpy(address, peer.address, sizeof peer.address);
    *port = peer.port;
}

static void
add_connection(struct door *door, int fd, const struct sockaddr_in6 *peer)
{
    tcp_t *self = door->tcp;
    int64_t now_ms = core_loop_now_ms(self->loop);
    struct sockaddr_in6 local = { .sin6_family = AF_INET6 };
    socklen_t size = sizeof local;
    uint8_t client[16];
    uint16_t port;
    int on = 1;

    map_address(peer, client, &port);
    if (connections_count(self->connections) >= self->limits.connections.all)
        (void) evict_idle(self);

    struct connection *connection = connections_add(self->connections, client,
                                                    now_ms);

    if (connection == NULL) {
        self->counters->tcp_refused++;
        close(fd);
        return;
    }
    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void) getsockname(fd, (struct sockaddr *) &local, &size);
    map_address(&local, connection->server, &connection->server_port);
    connection->owner = self;
    connection->fd = fd;
    connection->listener = door->number;
    connection->client_port = port;
    self->counters->tcp_accepted++;
    set_watch(self, connection);
    if (self->idle_timer == NULL)
        self->idle_timer = core_loop_timer(self->loop, IDLE_BEAT_MS,
                                           IDLE_BEAT_MS, end_idle, self);
}

static void watch_doors(void *owner);

/* No descriptors: waiting connections would wake us again and again. */
static void
pause_accepting(tcp_t *self)
{
    if (evict_idle(self) || self->pause_timer != NULL)
        return;
    for (unsigned i = 0; i < self->door_count; i++)
        core_loop_unwatch(self->loop, self->doors[i].listener->tcp);
    self->pause_timer = core_loop_timer(self->loop, PAUSE_MS, 0, watch_doors,
                                        self);
}

static void
on_door(void *owner, int fd, uint32_t events)
{
    struct door *door = owner;

    (void) events;
    for (int i = 0; i < ACCEPTS_PER_ROUND; i++) {
        struct sockaddr_in6 peer = { .sin6_family = AF_INET6 };
        socklen_t size = sizeof peer;
        int client = accept4(fd, (struct sockaddr *) &peer, &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (client != -1)
            add_connection(door, client, &peer);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM
                 || errno == ENOBUFS)
            pause_accepting(door->tcp);
        if (client == -1 && errno != ECONNABORTED && errno != EINTR)
            return;
    }
}

static void
watch_doors(void *owner)
{
    tcp_t *self = owner;

    self->pause_timer = NULL;           /* it has ended itself */
    if (self->is_stopped)
        return;
    for (unsigned i = 0; i < self->door_count; i++)
        core_loop_watch(self->loop, self->doors[i].listener->tcp, EPOLLIN,
                        on_door, &self->doors[i]);
}

tcp_t *
tcp_new(core_loop_t *loop, dispatch_t *dispatch, inflight_t *slots,
        const struct listener *listeners, unsigned listener_count,
        struct counters *counters)
{
    tcp_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->dispatch = dispatch;
    self->slots = slots;
    self->counters = counters;
    self->connections = connections_new();
    self->door_count = listener_count;
    self->doors = core_allocate(listener_count * sizeof *self->doors);
    for (unsigned i = 0; i < listener_count; i++)
        self->doors[i] = (struct door) { self, &listeners[i], i };
    talk_carry(self);
    watch_doors(self);
    return self;
}

void
tcp_limit(tcp_t *self, const struct tcp_limits *limits)
{
    self->limits = *limits;
    connections_limit(self->connections, &limits->connections);
}

void
tcp_stop(tcp_t *self)
{
    if (self->is_stopped)
        return;
    for (unsigned i = 0; i < self->door_count; i++)
        core_loop_unwatch(self->loop, self->doors[i].listener->tcp);
    for (struct connection *connection = connections_oldest(self->connections);
         connection != NULL;
         connection = connections_after(self->connections, connection)) {
        if (connection->queries < self->limits.queries)
            talk_mark(connection);
    }
    for (struct connection *connection = self->dirty; connection != NULL;
         connection = connection->next_dirty)
        talk_read(self, connection);
    self->is_stopped = true;
    tcp_flush(self);
}

uint32_t
tcp_connections(const tcp_t *self)
{
    return connections_count(self->connections);
}

void
tcp_destroy(tcp_t **self_p)
{
    assert(self_p);

    tcp_t *self = *self_p;
    struct connection *connection;

    if (self == NULL)
        return;
    while ((connection = connections_oldest(self->connections)) != NULL)
        end_connection(self, connection);
    for (unsigned i = 0; i < self->door_count; i++)
        core_loop_unwatch(self->loop, self->doors[i].listener->tcp);
    core_loop_timer_cancel(self->loop, &self->idle_timer);
    core_loop_timer_cancel(self->loop, &self->pause_timer);
    connections_destroy(&self->connections);
    free(self->doors);
    free(self);
    *self_p = NULL;
}
