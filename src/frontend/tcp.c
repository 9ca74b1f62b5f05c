/*
 * tcp - queries and replies on connections
 *
 * Nothing is closed while a query is being handled, for a callback further up
 * may hold the connection: what must end is marked and ends with the round.
 * All replies of a round to one client leave in one write.
 */

#include "frontend/tcp.h"

#include <czmq.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define PREFIX 2
#define ACCEPTS_PER_ROUND 64
#define IDLE_BEAT_MS 250
#define PAUSE_MS 100                    /* after running out of descriptors */
#define PROGRESS (64 * 1024)            /* octets that count as activity */
#define EVICTION_TRIES 16
#define FIRST_ROOM 2048

struct door {
    tcp_t *tcp;
    const struct listener *listener;
    uint32_t number;
};

struct tcp {
    core_loop_t *loop;
    dispatch_t *dispatch;
    inflight_t *slots;
    connections_t *connections;
    struct counters *counters;
    struct tcp_limits limits;
    struct door *doors;
    unsigned door_count;
    struct connection *dirty;           /* to be looked at with the round */
    core_timer_t *idle_timer;
    core_timer_t *pause_timer;
    size_t waiting;                     /* octets for all clients */
    bool is_stopped;
};

static size_t
waiting_for(const struct connection *connection)
{
    return connection->output_end - connection->output_start;
}

static void
mark_dirty(struct connection *connection)
{
    tcp_t *self = connection->owner;

    if (connection->is_dirty)
        return;
    connection->is_dirty = true;
    connection->next_dirty = self->dirty;
    self->dirty = connection;
}

static void
end_connection(tcp_t *self, struct connection *connection)
{
    struct connection **link = &self->dirty;

    if (connection->is_dirty) {
        while (*link != connection)
            link = &(*link)->next_dirty;
        *link = connection->next_dirty;
    }
    self->waiting -= waiting_for(connection);
    core_loop_unwatch(self->loop, connection->fd);
    close(connection->fd);
    connections_remove(self->connections, connection);
}

/* ---- replies ------------------------------------------------------------- */

static struct connection *
connection_of(const tcp_t *self, uint32_t number)
{
    const struct inflight_slot *slot = inflight_at(self->slots, number);

    return connections_find(self->connections, slot->origin,
                            slot->origin_generation);
}

static uint8_t *
reserve(void *owner, uint32_t slot, size_t size)
{
    tcp_t *self = owner;
    struct connection *to = connection_of(self, slot);

    if (to == NULL || to->is_doomed)
        return NULL;
    if (to->output_start > 0 && to->output_start == to->output_end)
        to->output_start = to->output_end = 0;

    size_t needed = to->output_end + PREFIX + size;

    if (needed > to->output_room) {
        size_t room = to->output_room == 0 ? FIRST_ROOM : to->output_room;

        while (room < needed)
            room *= 2;
        to->output = realloc(to->output, room);
        assert(to->output != NULL);
        to->output_room = room;
    }
    return to->output + to->output_end + PREFIX;
}

/* Sends what waits; what is left waits for the client to read. */
static void
write_some(tcp_t *self, struct connection *to)
{
    while (waiting_for(to) > 0) {
        ssize_t size = send(to->fd, to->output + to->output_start,
                            waiting_for(to), MSG_DONTWAIT | MSG_NOSIGNAL);

        if (size == -1 && errno == EINTR)
            continue;
        if (size == -1) {
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                to->is_doomed = true;
            return;
        }
        to->output_start += (size_t) size;
        to->taken += (size_t) size;
        self->waiting -= (size_t) size;
        if (to->taken >= PROGRESS)
            connections_touch(self->connections, to,
                              core_loop_now_ms(self->loop));
    }
    free(to->output);
    to->output = NULL;
    to->output_start = to->output_end = to->output_room = 0;
}

/* More waits than may: what the client takes at once does not count. */
static void
limit_waiting(tcp_t *self, struct connection *to, bool is_transfer)
{
    size_t limit = is_transfer ? self->limits.buffers : self->limits.buffer;

    if (waiting_for(to) <= limit && self->waiting <= self->limits.buffers)
        return;
    write_some(self, to);
    if (waiting_for(to) <= limit && self->waiting <= self->limits.buffers)
        return;
    to->is_doomed = true;
    self->counters->tcp_slow++;
}

static void
commit(void *owner, uint32_t slot, size_t size, bool is_last,
       const uint8_t *trail, size_t trail_size)
{
    tcp_t *self = owner;
    struct connection *to = connection_of(self, slot);
    bool is_transfer = (inflight_at(self->slots, slot)->progress
                        & INFLIGHT_STREAMING) != 0;

    (void) trail;
    (void) trail_size;
    core_write16(to->output + to->output_end, (uint16_t) size);
    to->output_end += PREFIX + size;
    self->waiting += PREFIX + size;
    mark_dirty(to);
    limit_waiting(self, to, is_transfer);
    if (is_last)
        dispatch_finish(self->dispatch, DISPATCH_CONNECTED, slot);
}

static void
abandon(void *owner, uint32_t slot)
{
    struct connection *connection = connection_of(owner, slot);

    if (connection == NULL)
        return;
    connection->is_doomed = true;
    mark_dirty(connection);
}

static void
finished(void *owner, uint32_t slot)
{
    tcp_t *self = owner;
    struct connection *connection = connection_of(self, slot);

    if (connection == NULL)
        return;
    assert(connection->queries > 0);
    connection->queries--;
    mark_dirty(connection);
}

static size_t
add_trail(void *owner, const struct inflight_slot *slot,
          uint8_t trail[CORE_TRAIL_SIZE])
{
    const tcp_t *self = owner;
    const struct connection *connection =
        connections_find(self->connections, slot->origin,
                         slot->origin_generation);
    uint8_t server[18];

    if (connection == NULL)
        return 0;
    memcpy(server, connection->server, 16);
    server[16] = (uint8_t) connection->server_port;
    server[17] = (uint8_t) (connection->server_port >> 8);
    return core_trail_add(trail, 0, CORE_TRAIL_SERVER, server, sizeof server);
}

static uint16_t
keepalive(void *owner)
{
    const tcp_t *self = owner;
    int64_t units = connections_idle_ms(self->connections) / 100;

    return (uint16_t) (units < UINT16_MAX ? units : UINT16_MAX);
}

/* ---- queries ------------------------------------------------------------- */

static uint32_t
take_slot(tcp_t *self, size_t size)
{
    uint32_t slot = inflight_take(self->slots, size);

    if (slot == INFLIGHT_NONE
        && dispatch_make_room(self->dispatch, DISPATCH_CONNECTED))
        slot = inflight_take(self->slots, size);
    return slot;
}

static void
take_message(tcp_t *self, struct connection *from, const uint8_t *message,
             size_t size)
{
    uint32_t number = take_slot(self, size);

    if (number == INFLIGHT_NONE) {
        self->counters->overflow++;
        from->is_doomed = true;
        mark_dirty(from);
        return;
    }

    struct inflight_slot *slot = inflight_at(self->slots, number);

    memcpy(slot->message, message, size);
    slot->size = (uint16_t) size;
    slot->control_size = 0;
    slot->record_flags = 0;
    slot->arrived_us = slot->deadline_ms = 0;
    slot->transport = CORE_TCP;
    slot->origin = from->number;
    slot->origin_generation = from->generation;
    slot->peer = (struct sockaddr_in6) {
        .sin6_family = AF_INET6, .sin6_port = htons(from->client_port)
    };
    memcpy(&slot->peer.sin6_addr, from->client, sizeof from->client);
    inflight_keep(self->slots, number);
    from->queries++;
    connections_touch(self->connections, from, core_loop_now_ms(self->loop));
    dispatch_query(self->dispatch, DISPATCH_CONNECTED, number);
}

static void
take_messages(tcp_t *self, struct connection *from)
{
    const uint8_t *message;
    size_t size;

    while (from->queries < self->limits.queries && !from->is_doomed
           && framing_next(&from->input, &message, &size))
        take_message(self, from, message, size);
    framing_pack(&from->input);
}

/* ---- reading and writing ------------------------------------------------- */

static void
read_some(tcp_t *self, struct connection *from)
{
    size_t room;

    if (from->has_ended || from->queries >= self->limits.queries)
        return;

    uint8_t *bytes = framing_room(&from->input, &room);
    ssize_t size = recv(from->fd, bytes, room, MSG_DONTWAIT);

    if (size > 0)
        framing_added(&from->input, (size_t) size);
    else if (size == 0)
        from->has_ended = true;
    else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        from->is_doomed = true;
    take_messages(self, from);
}

static void
on_connection(void *owner, int fd, uint32_t events)
{
    struct connection *connection = owner;
    tcp_t *self = connection->owner;

    (void) fd;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0)
        connection->is_doomed = true;
    else if ((events & EPOLLIN) != 0)
        read_some(self, connection);
    mark_dirty(connection);
}

static bool
is_over(const tcp_t *self, const struct connection *connection)
{
    return connection->is_doomed
        || ((connection->has_ended || self->is_stopped)
            && connection->queries == 0 && waiting_for(connection) == 0);
}

static void
set_watch(tcp_t *self, struct connection *connection)
{
    uint32_t events = 0;

    if (!connection->has_ended && !self->is_stopped
        && connection->queries < self->limits.queries)
        events |= EPOLLIN;
    if (waiting_for(connection) > 0)
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
            if (waiting_for(connection) > 0)
                write_some(self, connection);
            take_messages(self, connection);
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
        if (waiting_for(connection) > 0) {
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
        if (connection->queries == 0 && waiting_for(connection) == 0) {
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
    tcp_t *self = zmalloc(sizeof *self);

    self->loop = loop;
    self->dispatch = dispatch;
    self->slots = slots;
    self->counters = counters;
    self->connections = connections_new();
    self->door_count = listener_count;
    self->doors = zmalloc(listener_count * sizeof *self->doors);
    for (unsigned i = 0; i < listener_count; i++)
        self->doors[i] = (struct door) { self, &listeners[i], i };
    dispatch_carry(dispatch, CORE_TCP, &(struct dispatch_carrier) {
        .owner = self, .reserve = reserve, .commit = commit,
        .abandon = abandon, .finished = finished, .trail = add_trail,
        .keepalive = keepalive });
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
            mark_dirty(connection);
    }
    for (struct connection *connection = self->dirty; connection != NULL;
         connection = connection->next_dirty)
        read_some(self, connection);
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
