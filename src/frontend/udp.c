/*
 * udp - queries and replies in datagrams
 *
 * Replies are gathered for each socket, the octets one behind the other in an
 * arena, and leave together at the end of the loop's round.  Peer and control
 * data of a reply are those of its query, in the slot where the kernel wrote
 * them.
 */

#include "frontend/udp.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "coredns/memory.h"
#include "frontend/intake.h"

#define REPLIES 64                      /* sent together */
#define ARENA (128 * 1024)              /* octets of them */
#define BATCHES_PER_ROUND 8             /* of one socket, before others */

struct outgoing {
    udp_t *udp;
    const struct listener *listener;
    unsigned number;
    bool is_blocked;                    /* until the socket takes more */
    unsigned count;
    size_t used;
    struct mmsghdr headers[REPLIES];
    struct iovec parts[REPLIES];
    uint32_t slots[REPLIES];
    uint8_t *arena;
};

struct udp {
    core_loop_t *loop;
    dispatch_t *dispatch;
    inflight_t *slots;
    intake_t *intake;
    struct counters *counters;
    struct outgoing *sockets;
    unsigned socket_count;
    bool is_stopped;
};

/* ---- receiving ----------------------------------------------------------- */

static void flush_socket(struct outgoing *self);

/* Every slot is in use: the oldest queries go, as many as may come. */
static bool
make_room(udp_t *self)
{
    unsigned made = 0;

    udp_flush(self);
    while (made < INTAKE_BATCH
           && dispatch_make_room(self->dispatch, DISPATCH_UDP))
        made++;
    return made > 0;
}

/* Reads one batch; false when the socket is empty. */
static bool
receive_batch(udp_t *self, const struct outgoing *from)
{
    bool more;
    int count = intake_receive(self->intake, from->listener->udp,
                               from->number, &more);

    if (count == -1)
        return make_room(self);
    for (int i = 0; i < count; i++) {
        uint32_t slot = intake_take(self->intake, i);

        if (slot == INFLIGHT_NONE)
            self->counters->oversized++;
        else
            dispatch_query(self->dispatch, DISPATCH_UDP, slot);
    }
    return more;
}

static void
set_watch(struct outgoing *socket);

static void
on_socket(void *owner, int fd, uint32_t events)
{
    struct outgoing *socket = owner;

    (void) fd;
    if ((events & EPOLLOUT) != 0) {
        socket->is_blocked = false;
        set_watch(socket);
        flush_socket(socket);
    }
    if ((events & ~(uint32_t) EPOLLOUT) == 0 || socket->udp->is_stopped)
        return;
    for (int i = 0; i < BATCHES_PER_ROUND; i++) {
        if (!receive_batch(socket->udp, socket))
            break;
    }
}

static void
set_watch(struct outgoing *socket)
{
    uint32_t events = 0;

    if (!socket->udp->is_stopped)
        events |= EPOLLIN;
    if (socket->is_blocked)
        events |= EPOLLOUT;
    if (events == 0)
        core_loop_unwatch(socket->udp->loop, socket->listener->udp);
    else
        core_loop_watch(socket->udp->loop, socket->listener->udp, events,
                        on_socket, socket);
}

void
udp_recover(udp_t *self)
{
    intake_recover(self->intake);
    for (uint32_t slot = inflight_oldest(self->slots); slot != INFLIGHT_NONE;
         slot = inflight_after(self->slots, slot))
        inflight_at(self->slots, slot)->transport = CORE_UDP;
    dispatch_recover(self->dispatch, DISPATCH_UDP);
    udp_flush(self);
}

/* ---- sending ------------------------------------------------------------- */

/*
 * The interface that a query came in by is kept for link-local addresses only:
 * for others the way back is the routing table's to choose.
 */
static void
loosen_interface(struct inflight_slot *slot)
{
    struct cmsghdr *header = (struct cmsghdr *) (void *) slot->control;

    if (slot->control_size < sizeof *header)
        return;
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo *to = (struct in_pktinfo *) (void *)
            CMSG_DATA(header);

        to->ipi_ifindex = 0;
    }
    else if (header->cmsg_level == IPPROTO_IPV6
               && header->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo *to = (struct in6_pktinfo *) (void *)
            CMSG_DATA(header);

        if (!IN6_IS_ADDR_LINKLOCAL(&to->ipi6_addr))
            to->ipi6_ifindex = 0;
    }
}

/* Forgets the first so many replies of a socket. */
static void
forget(struct outgoing *self, unsigned count)
{
    self->count -= count;
    memmove(self->headers, self->headers + count,
            self->count * sizeof self->headers[0]);
    memmove(self->parts, self->parts + count,
            self->count * sizeof self->parts[0]);
    memmove(self->slots, self->slots + count,
            self->count * sizeof self->slots[0]);
    for (unsigned i = 0; i < self->count; i++)
        self->headers[i].msg_hdr.msg_iov = &self->parts[i];
    if (self->count == 0)
        self->used = 0;
}

static void
flush_socket(struct outgoing *self)
{
    udp_t *udp = self->udp;

    while (self->count > 0 && !self->is_blocked) {
        int sent = sendmmsg(self->listener->udp, self->headers, self->count,
                            MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            self->is_blocked = true;
            set_watch(self);
            return;
        }
        if (sent == -1 && errno == EINTR)
            continue;
        if (sent <= 0) {
            /* The first one cannot be sent, to wherever it is: no retry. */
            udp->counters->unsent++;
            sent = 1;
        }
        for (int i = 0; i < sent; i++)
            dispatch_finish(udp->dispatch, DISPATCH_UDP, self->slots[i]);
        forget(self, (unsigned) sent);
    }
}

static struct outgoing *
socket_of(udp_t *self, uint32_t slot)
{
    uint32_t number = inflight_at(self->slots, slot)->origin;

    return number < self->socket_count ? &self->sockets[number] : NULL;
}

static uint8_t *
reserve(void *owner, uint32_t slot, size_t size)
{
    udp_t *self = owner;
    struct outgoing *to = socket_of(self, slot);

    assert(size <= ARENA);
    if (to == NULL)
        return NULL;
    if (to->count == REPLIES || to->used + size > ARENA)
        flush_socket(to);
    if (to->count == REPLIES || to->used + size > ARENA)
        return NULL;
    return to->arena + to->used;
}

static void
commit(void *owner, uint32_t number, size_t size, bool is_last,
       const uint8_t *trail, size_t trail_size)
{
    udp_t *self = owner;
    struct outgoing *to = socket_of(self, number);
    struct inflight_slot *slot = inflight_at(self->slots, number);
    unsigned i = to->count++;

    (void) trail;
    (void) trail_size;
    assert(is_last);
    loosen_interface(slot);
    to->slots[i] = number;
    to->parts[i] = (struct iovec) { to->arena + to->used, size };
    to->used += size;
    to->headers[i].msg_hdr = (struct msghdr) {
        .msg_name = &slot->peer,
        .msg_namelen = slot->peer.sin6_family == AF_INET
            ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6),
        .msg_iov = &to->parts[i],
        .msg_iovlen = 1,
        .msg_control = slot->control_size > 0 ? slot->control : NULL,
        .msg_controllen = slot->control_size,
    };
}

void
udp_flush(udp_t *self)
{
    for (unsigned i = 0; i < self->socket_count; i++)
        flush_socket(&self->sockets[i]);
}

/* ---- the rest of what a carrier does ------------------------------------- */

/* Writes the address that the query was sent to. */
static void
find_server(const struct outgoing *socket, const struct inflight_slot *slot,
            uint8_t server[18])
{
    const struct sockaddr_in *v4 = &socket->listener->address.v4;
    const struct sockaddr_in6 *v6 = &socket->listener->address.v6;
    const struct cmsghdr *header = (const void *) slot->control;
    const uint8_t *address = (const uint8_t *) &v6->sin6_addr;

    if (v4->sin_family == AF_INET)
        address = (const uint8_t *) &v4->sin_addr;
    if (slot->control_size >= CMSG_LEN(sizeof (struct in_pktinfo))) {
        const uint8_t *value = (const uint8_t *) (header + 1);

        address = header->cmsg_level == IPPROTO_IP
            ? value + offsetof(struct in_pktinfo, ipi_addr)
            : value + offsetof(struct in6_pktinfo, ipi6_addr);
    }
    memset(server, 0, 10);
    memset(server + 10, 0xff, 2);
    if (v4->sin_family == AF_INET)
        memcpy(server + 12, address, 4);
    else
        memcpy(server, address, 16);
    server[16] = (uint8_t) ntohs(v4->sin_port);
    server[17] = (uint8_t) (ntohs(v4->sin_port) >> 8);
}

static size_t
add_trail(void *owner, const struct inflight_slot *slot,
          uint8_t trail[CORE_TRAIL_SIZE])
{
    udp_t *self = owner;
    uint8_t server[18];

    if (slot->origin >= self->socket_count)
        return 0;
    find_server(&self->sockets[slot->origin], slot, server);
    return core_trail_add(trail, 0, CORE_TRAIL_SERVER, server, sizeof server);
}

udp_t *
udp_new(core_loop_t *loop, dispatch_t *dispatch, inflight_t *slots,
        const struct listener *listeners, unsigned listener_count,
        struct counters *counters)
{
    udp_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->dispatch = dispatch;
    self->slots = slots;
    self->counters = counters;
    self->intake = intake_new(slots);
    self->socket_count = listener_count;
    self->sockets = core_allocate(listener_count * sizeof *self->sockets);
    for (unsigned i = 0; i < listener_count; i++) {
        struct outgoing *socket = &self->sockets[i];

        socket->udp = self;
        socket->listener = &listeners[i];
        socket->number = i;
        socket->arena = core_allocate(ARENA);
        set_watch(socket);
    }
    dispatch_carry(dispatch, CORE_UDP, &(struct dispatch_carrier) {
        .owner = self, .reserve = reserve, .commit = commit,
        .trail = add_trail });
    return self;
}

void
udp_stop(udp_t *self)
{
    if (self->is_stopped)
        return;

    /* More than there are slots cannot be answered; a flood must not keep us
       here. */
    uint32_t batches = inflight_slots(self->slots) / INTAKE_BATCH;

    for (unsigned i = 0; i < self->socket_count; i++) {
        for (uint32_t n = 0; n < batches; n++) {
            if (!receive_batch(self, &self->sockets[i]))
                break;
        }
    }
    self->is_stopped = true;
    for (unsigned i = 0; i < self->socket_count; i++)
        set_watch(&self->sockets[i]);
}

void
udp_destroy(udp_t **self_p)
{
    assert(self_p);

    udp_t *self = *self_p;

    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->socket_count; i++) {
        core_loop_unwatch(self->loop, self->sockets[i].listener->udp);
        free(self->sockets[i].arena);
    }
    free(self->sockets);
    intake_destroy(&self->intake);
    free(self);
    *self_p = NULL;
}
