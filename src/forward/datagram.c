/*
 * datagram - the UDP sockets to all upstreams
 *
 * A socket for each query would hide the port best and costs three system calls
 * more than the query itself.  A few sockets shared by many queries hide it as
 * well, as long as nobody can learn the ports: to forge a reply, one has to hit
 * the one port, of 64,000, on which that query waits, whether or not others
 * wait there too.  What could be learnt with patience (by probing ports from
 * outside, which a connected socket answers to nobody but its upstream) is out
 * of date soon: a socket ends after USES queries or LIFE_MS, and after a few
 * packets that nobody waited for.  At low rates that is a new port for nearly
 * each query; at high rates it is one for every 256.
 *
 * As many queries of a round to one upstream as leave in one system call take
 * the same socket, chosen at random; so do their replies come.
 */

#include "forward/datagram.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coredns/memory.h"

#define ACTIVE 8                        /* sockets of a pool in use */
#define USES 256                        /* queries of one socket */
#define LIFE_MS 8000                    /* of one socket */
#define DRAINING 48                     /* of a pool, before uses go on */
#define FIRST_PORT 1024
#define PORT_TRIES 16
#define BATCH 32                        /* packets of one system call */
#define QUERY_SIZE 512                  /* larger ones are sent alone */
#define FLUSH_ROUNDS 4
#define BUFFER_SIZE (1 << 20)           /* of a socket, wished for */

struct socket {
    int fd;                             /* -1: free */
    uint32_t serial;                    /* how often the place was used */
    datagram_pool_t *pool;
    int64_t born_ms;
    unsigned uses;
    unsigned waiting;                   /* queries without a reply */
    unsigned strays;
    bool is_retired;                    /* chosen no more */
    bool is_distrusted;
};

/* What one system call takes, each vector leading to its buffer. */
struct batch {
    struct mmsghdr headers[BATCH];
    struct iovec vectors[BATCH];
};

struct datagram_pool {
    datagram_t *datagram;
    datagram_pool_t *next;
    struct datagram_counters *counters;
    struct sockaddr_storage address;
    socklen_t address_size;
    struct sockaddr_storage source;     /* the port is to be filled in */
    socklen_t source_size;
    uint32_t active[ACTIVE];
    unsigned draining;
    uint32_t current;                   /* of the queries that come next, or
                                           DATAGRAM_NONE */

    uint32_t queued_channel;
    unsigned queued;
    struct batch batch;
    uint8_t queue[BATCH][QUERY_SIZE];
};

struct datagram {
    core_loop_t *loop;
    generator_t *generator;
    struct datagram_hooks hooks;
    datagram_pool_t *pools;
    bool has_queued;
    uint32_t most;                      /* sockets at a time */
    struct socket sockets[DATAGRAM_CHANNELS];
    struct batch batch;
    uint8_t buffers[BATCH][DATAGRAM_PAYLOAD];
};

static void
    receive(void *owner, int fd, uint32_t events);

static void
    flush_pool(datagram_pool_t *pool);

static void
batch_prepare(struct batch *batch, uint8_t *buffers, size_t size)
{
    for (unsigned i = 0; i < BATCH; i++) {
        batch->vectors[i].iov_base = buffers + i * size;
        batch->vectors[i].iov_len = size;
        batch->headers[i].msg_hdr.msg_iov = &batch->vectors[i];
        batch->headers[i].msg_hdr.msg_iovlen = 1;
    }
}

datagram_t *
datagram_new(core_loop_t *loop, generator_t *generator,
             const struct datagram_hooks *hooks)
{
    datagram_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->generator = generator;
    self->hooks = *hooks;
    self->most = (uint32_t) core_loop_share(DATAGRAM_CHANNELS, 4);
    for (uint32_t i = 0; i < DATAGRAM_CHANNELS; i++)
        self->sockets[i].fd = -1;
    batch_prepare(&self->batch, self->buffers[0], DATAGRAM_PAYLOAD);
    return self;
}

void
datagram_destroy(datagram_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    assert((*self_p)->pools == NULL);
    free(*self_p);
    *self_p = NULL;
}

/* ---- sockets ------------------------------------------------------------- */

static void
set_port(struct sockaddr_storage *address, uint16_t port)
{
    if (address->ss_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, address, sizeof v4);
        v4.sin_port = htons(port);
        memcpy(address, &v4, sizeof v4);
    }
    else {
        struct sockaddr_in6 v6;

        memcpy(&v6, address, sizeof v6);
        v6.sin6_port = htons(port);
        memcpy(address, &v6, sizeof v6);
    }
}

/* The system's own choice of a port is the last resort: it knows 28,000. */
static int
bind_random(datagram_pool_t *pool, int fd)
{
    const struct sockaddr *source = (const struct sockaddr *) &pool->source;

    for (int i = 0; i < PORT_TRIES; i++) {
        uint32_t port = FIRST_PORT
            + generator_below(pool->datagram->generator, 65536 - FIRST_PORT);

        set_port(&pool->source, (uint16_t) port);
        if (bind(fd, source, pool->source_size) == 0)
            return 0;
        if (errno != EADDRINUSE && errno != EACCES)
            return -1;
    }
    set_port(&pool->source, 0);
    return bind(fd, source, pool->source_size);
}

static int
open_connected(datagram_pool_t *pool)
{
    int fd = socket(pool->address.ss_family,
                    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int size = BUFFER_SIZE;

    if (fd == -1)
        return -1;

    /* A smaller buffer is no reason to go without. */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (bind_random(pool, fd) == -1
        || connect(fd, (const struct sockaddr *) &pool->address,
                   pool->address_size) == -1) {
        close(fd);
        return -1;
    }
    return fd;
}

static void
close_socket(datagram_t *self, uint32_t channel)
{
    struct socket *socket = &self->sockets[channel];

    if (socket->is_retired)
        socket->pool->draining--;
    core_loop_unwatch(self->loop, socket->fd);
    close(socket->fd);
    socket->fd = -1;
}

/* Takes a socket out of use; it ends when nobody waits on it any more. */
static void
retire(datagram_t *self, uint32_t channel)
{
    struct socket *socket = &self->sockets[channel];
    datagram_pool_t *pool = socket->pool;

    if (socket->is_retired)
        return;
    for (unsigned i = 0; i < ACTIVE; i++)
        if (pool->active[i] == channel)
            pool->active[i] = DATAGRAM_NONE;
    if (pool->current == channel)
        pool->current = DATAGRAM_NONE;
    socket->is_retired = true;
    pool->draining++;
    if (socket->waiting == 0 && pool->queued_channel != channel)
        close_socket(self, channel);
}

/* A place for a socket: a free one, or that of one that nobody waits on. */
static uint32_t
find_place(datagram_t *self)
{
    uint32_t idle = DATAGRAM_NONE;

    for (uint32_t i = 0; i < self->most; i++) {
        const struct socket *socket = &self->sockets[i];

        if (socket->fd == -1)
            return i;
        if (socket->waiting == 0 && socket->pool->queued_channel != i)
            idle = i;
    }
    if (idle != DATAGRAM_NONE)
        retire(self, idle);
    return idle;
}

static uint32_t
open_socket(datagram_pool_t *pool, int64_t now_ms)
{
    datagram_t *self = pool->datagram;
    uint32_t channel = find_place(self);

    if (channel == DATAGRAM_NONE)
        return DATAGRAM_NONE;

    int fd = open_connected(pool);

    if (fd == -1)
        return DATAGRAM_NONE;
    self->sockets[channel] = (struct socket) {
        .fd = fd, .pool = pool, .born_ms = now_ms,
        .serial = self->sockets[channel].serial + 1,
    };
    core_loop_watch(self->loop, fd, EPOLLIN, receive,
                    &self->sockets[channel]);
    return channel;
}

/* ---- pools --------------------------------------------------------------- */

datagram_pool_t *
datagram_pool_new(datagram_t *self, const struct target *upstream,
                  const struct target *source,
                  struct datagram_counters *counters)
{
    datagram_pool_t *pool = core_allocate(sizeof *pool);

    pool->datagram = self;
    pool->counters = counters;
    pool->address_size = target_socket_address(upstream, &pool->address);
    pool->source.ss_family = pool->address.ss_family;
    pool->source_size = pool->address_size;
    if (source != NULL && target_is_ipv4(source) == target_is_ipv4(upstream))
        target_socket_address(source, &pool->source);
    for (unsigned i = 0; i < ACTIVE; i++)
        pool->active[i] = DATAGRAM_NONE;
    pool->current = DATAGRAM_NONE;
    pool->queued_channel = DATAGRAM_NONE;
    batch_prepare(&pool->batch, pool->queue[0], QUERY_SIZE);
    pool->next = self->pools;
    self->pools = pool;
    return pool;
}

void
datagram_pool_destroy(datagram_pool_t **pool_p)
{
    datagram_pool_t *pool = *pool_p;

    if (pool == NULL)
        return;

    datagram_t *self = pool->datagram;
    datagram_pool_t **link = &self->pools;

    for (uint32_t i = 0; i < DATAGRAM_CHANNELS; i++)
        if (self->sockets[i].fd != -1 && self->sockets[i].pool == pool)
            close_socket(self, i);
    while (*link != pool)
        link = &(*link)->next;
    *link = pool->next;
    free(pool);
    *pool_p = NULL;
}

/* It has had its share of queries, or its time. */
static bool
is_worn(const datagram_t *self, uint32_t channel, int64_t now_ms)
{
    return self->sockets[channel].uses >= USES
        || now_ms - self->sockets[channel].born_ms >= LIFE_MS;
}

/* The next socket: any of the pool, or a fresh one in its place when there can
   be one. */
static uint32_t
choose_current(datagram_pool_t *pool, int64_t now_ms)
{
    datagram_t *self = pool->datagram;
    unsigned place = generator_below(self->generator, ACTIVE);
    uint32_t channel = pool->active[place];

    if (channel == DATAGRAM_NONE
        || (pool->draining < DRAINING && is_worn(self, channel, now_ms))) {
        uint32_t fresh = open_socket(pool, now_ms);

        channel = pool->active[place];  /* it may have given way itself */
        if (fresh != DATAGRAM_NONE) {
            if (channel != DATAGRAM_NONE)
                retire(self, channel);
            pool->active[place] = channel = fresh;
        }
    }
    for (unsigned i = 0; channel == DATAGRAM_NONE && i < ACTIVE; i++)
        channel = pool->active[i];
    return channel;
}

uint32_t
datagram_choose(datagram_pool_t *pool, int64_t now_ms)
{
    if (pool->queued == BATCH) {
        flush_pool(pool);
        pool->current = DATAGRAM_NONE;
    }
    if (pool->current == DATAGRAM_NONE)
        pool->current = choose_current(pool, now_ms);
    if (pool->current == DATAGRAM_NONE)
        return DATAGRAM_NONE;

    struct socket *socket = &pool->datagram->sockets[pool->current];

    if (socket->uses++ == 0)
        pool->counters->opened++;
    else
        pool->counters->reused++;
    socket->waiting++;
    return pool->current;
}

void
datagram_release(datagram_t *self, uint32_t channel)
{
    struct socket *socket = &self->sockets[channel];

    assert(socket->fd != -1 && socket->waiting > 0);
    socket->waiting--;
    if (socket->waiting == 0 && socket->is_retired
        && socket->pool->queued_channel != channel)
        close_socket(self, channel);
}

void
datagram_retain(datagram_t *self, uint32_t channel)
{
    assert(self->sockets[channel].fd != -1);
    self->sockets[channel].waiting++;
}

void
datagram_distrust(datagram_t *self, uint32_t channel)
{
    self->sockets[channel].is_distrusted = true;
    retire(self, channel);
}

unsigned
datagram_stray(datagram_t *self, uint32_t channel)
{
    return ++self->sockets[channel].strays;
}

void
datagram_age(datagram_t *self, int64_t now_ms)
{
    for (uint32_t i = 0; i < DATAGRAM_CHANNELS; i++) {
        const struct socket *socket = &self->sockets[i];

        if (socket->fd != -1 && !socket->is_retired && socket->waiting == 0
            && now_ms - socket->born_ms >= LIFE_MS)
            retire(self, i);
    }
}

/* ---- sending ------------------------------------------------------------- */

static bool
is_unreachable(int error)
{
    return error != EAGAIN && error != EINTR && error != ENOBUFS
        && error != EMSGSIZE;
}

/* Sends the packets; what the system cannot take just now is lost, as any
   packet may be.  Returns an error that ends all hope, or 0. */
static int
send_all(int fd, struct mmsghdr *headers, unsigned count)
{
    unsigned sent = 0;
    int refusals = 0;

    while (sent < count) {
        int rc = sendmmsg(fd, headers + sent, count - sent, 0);

        if (rc > 0)
            sent += (unsigned) rc;

        /* Once, the error is that of a packet before. */
        else if (errno != ECONNREFUSED || refusals++ > 0)
            return is_unreachable(errno) ? errno : 0;
    }
    return 0;
}

static void
flush_pool(datagram_pool_t *pool)
{
    datagram_t *self = pool->datagram;
    uint32_t channel = pool->queued_channel;
    int error;

    if (pool->queued == 0)
        return;
    error = send_all(self->sockets[channel].fd, pool->batch.headers,
                     pool->queued);

    pool->queued = 0;
    pool->queued_channel = DATAGRAM_NONE;
    if (error != 0)
        self->hooks.failed(self->hooks.owner, channel, error);
    if (self->sockets[channel].fd != -1 && self->sockets[channel].is_retired
        && self->sockets[channel].waiting == 0)
        close_socket(self, channel);
}

void
datagram_send(datagram_t *self, uint32_t channel, const uint8_t *bytes,
              size_t size)
{
    struct socket *socket = &self->sockets[channel];
    datagram_pool_t *pool = socket->pool;

    assert(socket->fd != -1);
    if (size > QUERY_SIZE) {
        /* Its failure is told by the timer: that of its query is set later. */
        ssize_t sent = send(socket->fd, bytes, size, 0);

        (void) sent;
        return;
    }
    if (pool->queued == BATCH
        || (pool->queued > 0 && pool->queued_channel != channel))
        flush_pool(pool);
    pool->queued_channel = channel;
    pool->batch.vectors[pool->queued].iov_len = size;
    memcpy(pool->queue[pool->queued], bytes, size);
    pool->queued++;
    self->has_queued = true;
}

void
datagram_flush(datagram_t *self)
{
    /* A failure may lead to a query to another upstream, not without end. */
    for (int i = 0; i < FLUSH_ROUNDS && self->has_queued; i++) {
        self->has_queued = false;
        for (datagram_pool_t *pool = self->pools; pool; pool = pool->next) {
            flush_pool(pool);
            pool->current = DATAGRAM_NONE;
        }
    }
}

/* ---- receiving ----------------------------------------------------------- */

/*
 * Reads one batch; what is left makes the descriptor ready again.  A socket
 * may end while its packets are handed out, and its place be used again.
 */
static void
receive(void *owner, int fd, uint32_t events)
{
    const struct socket *socket = owner;
    datagram_t *self = socket->pool->datagram;
    uint32_t channel = (uint32_t) (socket - self->sockets);
    uint32_t serial = socket->serial;
    const struct mmsghdr *headers = self->batch.headers;
    int count = recvmmsg(fd, self->batch.headers, BATCH, 0, NULL);

    (void) events;
    if (count == -1 && is_unreachable(errno))
        self->hooks.failed(self->hooks.owner, channel, errno);
    for (int i = 0; i < count; i++) {
        bool is_cut = (headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;

        if (socket->fd == -1 || socket->serial != serial
            || socket->is_distrusted)
            break;
        self->hooks.received(self->hooks.owner, channel, self->buffers[i],
                             is_cut ? DATAGRAM_PAYLOAD + 1
                                    : headers[i].msg_len);
    }
}
