/*
 * talk - queries and replies on a connection that exists
 *
 * Nothing is closed while a query is being handled, for a callback further up
 * may hold the connection: what must end is marked and ends with the round.
 * All replies of a round to one client leave in one write.
 */

#include "frontend/talk.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PREFIX 2
#define PROGRESS (64 * 1024)            /* octets that count as activity */
#define FIRST_ROOM 2048

size_t
talk_waiting(const struct connection *connection)
{
    return connection->output_end - connection->output_start;
}

void
talk_mark(struct connection *connection)
{
    tcp_t *self = connection->owner;

    if (connection->is_dirty)
        return;
    connection->is_dirty = true;
    connection->next_dirty = self->dirty;
    self->dirty = connection;
}

/* ---- replies ------------------------------------------------------------- */

static struct connection *
connection_of(const tcp_t *self, uint32_t number)
{
    const struct inflight_slot *slot = inflight_at(self->slots, number);

    return connections_find(self->connections, slot->origin,
                            slot->origin_generation);
}

/* Moves what waits to the front, before the buffer grows for no reason. */
static void
pack_output(struct connection *to)
{
    memmove(to->output, to->output + to->output_start, talk_waiting(to));
    to->output_end -= to->output_start;
    to->output_start = 0;
}

static uint8_t *
reserve(void *owner, uint32_t slot, size_t size)
{
    tcp_t *self = owner;
    struct connection *to = connection_of(self, slot);

    if (to == NULL || to->is_doomed)
        return NULL;
    if (to->output_start > to->output_room / 2)
        pack_output(to);

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

void
talk_write(tcp_t *self, struct connection *to)
{
    while (talk_waiting(to) > 0) {
        ssize_t size = send(to->fd, to->output + to->output_start,
                            talk_waiting(to), MSG_DONTWAIT | MSG_NOSIGNAL);

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

static bool
waits_too_much(const tcp_t *self, const struct connection *to)
{
    return talk_waiting(to) > self->limits.buffer
        || self->waiting > self->limits.buffers;
}

/* More waits than may: what the client takes at once does not count. */
static void
limit_waiting(tcp_t *self, struct connection *to)
{
    if (!waits_too_much(self, to))
        return;
    talk_write(self, to);
    if (!waits_too_much(self, to))
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

    (void) trail;
    (void) trail_size;
    core_write16(to->output + to->output_end, (uint16_t) size);
    to->output_end += PREFIX + size;
    self->waiting += PREFIX + size;
    talk_mark(to);
    limit_waiting(self, to);
    if (!is_last)
        to->has_parts = true;
    else
        dispatch_finish(self->dispatch, DISPATCH_CONNECTED, slot);
}

static void
abandon(void *owner, uint32_t slot)
{
    struct connection *connection = connection_of(owner, slot);

    if (connection == NULL)
        return;
    connection->is_doomed = true;
    talk_mark(connection);
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
    talk_mark(connection);
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

/* It has sent as many queries as one connection may. */
static bool
is_full(const tcp_t *self, const struct connection *from)
{
    return self->limits.received > 0
        && from->received >= self->limits.received;
}

static void
take_message(tcp_t *self, struct connection *from, const uint8_t *message,
             size_t size)
{
    uint32_t number = take_slot(self, size);

    if (number == INFLIGHT_NONE) {
        self->counters->overflow++;
        from->is_doomed = true;
        talk_mark(from);
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
    slot->listener = (uint8_t) from->listener;
    slot->origin_generation = from->generation;
    slot->peer = (struct sockaddr_in6) {
        .sin6_family = AF_INET6, .sin6_port = htons(from->client_port)
    };
    memcpy(&slot->peer.sin6_addr, from->client, sizeof from->client);
    inflight_keep(self->slots, number);
    from->queries++;
    from->received++;
    if (is_full(self, from))
        from->has_ended = true;
    connections_touch(self->connections, from, core_loop_now_ms(self->loop));
    dispatch_query(self->dispatch, DISPATCH_CONNECTED, number);
}

void
talk_take(tcp_t *self, struct connection *from)
{
    const uint8_t *message;
    size_t size;

    while (from->queries < self->limits.queries && !from->is_doomed
           && !is_full(self, from)
           && framing_next(&from->input, &message, &size))
        take_message(self, from, message, size);
    framing_pack(&from->input);
}

/* ---- reading and writing ------------------------------------------------- */

void
talk_read(tcp_t *self, struct connection *from)
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
    talk_take(self, from);
}

void
talk_carry(tcp_t *self)
{
    dispatch_carry(self->dispatch, CORE_TCP, &(struct dispatch_carrier) {
        .owner = self, .reserve = reserve, .commit = commit,
        .abandon = abandon, .finished = finished, .trail = add_trail,
        .keepalive = keepalive });
}
