/*
 * connections - who is connected, how many from one client, and who waits
 *
 * The number of a client's connections is counted by walking the list of its
 * hash, which is as long as that client's limit allows.
 */

#include "frontend/connections.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define HASHES 4096                     /* a power of two */

struct connections {
    struct connections_limits limits;
    struct connection *all[CONNECTIONS_MAX];
    uint32_t generations[CONNECTIONS_MAX];
    uint32_t free[CONNECTIONS_MAX];     /* a stack of numbers */
    uint32_t free_count;
    uint32_t used;                      /* numbers that were ever given */
    uint32_t count;
    uint32_t oldest, newest;
    uint32_t hashes[HASHES];
};

connections_t *
connections_new(void)
{
    connections_t *self = core_allocate(sizeof *self);

    self->oldest = self->newest = CONNECTIONS_NONE;
    for (unsigned i = 0; i < HASHES; i++)
        self->hashes[i] = CONNECTIONS_NONE;
    return self;
}

void
connections_destroy(connections_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    assert((*self_p)->count == 0);
    free(*self_p);
    *self_p = NULL;
}

void
connections_limit(connections_t *self,
                  const struct connections_limits *limits)
{
    assert(limits->all <= CONNECTIONS_MAX);
    self->limits = *limits;
}

static bool
is_v4(const uint8_t client[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

    return memcmp(client, mapped, sizeof mapped) == 0;
}

/* An IPv6 client has all of a /64. */
static size_t
prefix_size(const uint8_t client[16])
{
    return is_v4(client) ? 16 : 8;
}

static uint32_t
hash_of(const uint8_t client[16])
{
    uint64_t hash = 0;

    for (size_t i = 0; i < prefix_size(client); i++)
        hash = (hash ^ client[i]) * 0x9e3779b97f4a7c15u;
    return (uint32_t) (hash >> 40) & (HASHES - 1);
}

static bool
is_same_client(const uint8_t left[16], const uint8_t right[16])
{
    return memcmp(left, right, prefix_size(left)) == 0;
}

static uint32_t
count_of(const connections_t *self, const uint8_t client[16])
{
    uint32_t count = 0;

    for (uint32_t i = self->hashes[hash_of(client)]; i != CONNECTIONS_NONE;
         i = self->all[i]->same_hash)
        count += is_same_client(client, self->all[i]->client);
    return count;
}

static void
append(connections_t *self, struct connection *connection)
{
    connection->older = self->newest;
    connection->newer = CONNECTIONS_NONE;
    if (self->newest != CONNECTIONS_NONE)
        self->all[self->newest]->newer = connection->number;
    else
        self->oldest = connection->number;
    self->newest = connection->number;
}

static void
cut_out(connections_t *self, const struct connection *connection)
{
    if (connection->older != CONNECTIONS_NONE)
        self->all[connection->older]->newer = connection->newer;
    else
        self->oldest = connection->newer;
    if (connection->newer != CONNECTIONS_NONE)
        self->all[connection->newer]->older = connection->older;
    else
        self->newest = connection->older;
}

struct connection *
connections_add(connections_t *self, const uint8_t client[16], int64_t now_ms)
{
    if (self->count >= self->limits.all
        || count_of(self, client) >= self->limits.per_client)
        return NULL;

    struct connection *connection = core_allocate(sizeof *connection);
    uint32_t *hash = &self->hashes[hash_of(client)];

    connection->number = self->free_count > 0
        ? self->free[--self->free_count] : self->used++;
    connection->generation = ++self->generations[connection->number];
    connection->fd = -1;
    connection->active_ms = now_ms;
    memcpy(connection->client, client, sizeof connection->client);
    connection->same_hash = *hash;
    *hash = connection->number;
    self->all[connection->number] = connection;
    append(self, connection);
    self->count++;
    return connection;
}

void
connections_remove(connections_t *self, struct connection *connection)
{
    uint32_t *link = &self->hashes[hash_of(connection->client)];

    while (*link != connection->number)
        link = &self->all[*link]->same_hash;
    *link = connection->same_hash;
    cut_out(self, connection);
    self->all[connection->number] = NULL;
    self->free[self->free_count++] = connection->number;
    self->count--;
    framing_end(&connection->input);
    free(connection->output);
    free(connection);
}

struct connection *
connections_find(const connections_t *self, uint32_t number,
                 uint32_t generation)
{
    if (number >= self->used || self->all[number] == NULL
        || self->all[number]->generation != generation)
        return NULL;
    return self->all[number];
}

void
connections_touch(connections_t *self, struct connection *connection,
                  int64_t now_ms)
{
    connection->active_ms = now_ms;
    connection->taken = 0;
    if (self->newest == connection->number)
        return;
    cut_out(self, connection);
    append(self, connection);
}

uint32_t
connections_count(const connections_t *self)
{
    return self->count;
}

struct connection *
connections_oldest(const connections_t *self)
{
    return self->oldest == CONNECTIONS_NONE ? NULL : self->all[self->oldest];
}

struct connection *
connections_after(const connections_t *self,
                  const struct connection *connection)
{
    return connection->newer == CONNECTIONS_NONE
        ? NULL : self->all[connection->newer];
}

int64_t
connections_idle_ms(const connections_t *self)
{
    int64_t all = self->limits.all;
    int64_t over = (int64_t) self->count - all / 2;

    if (over <= 0)
        return self->limits.idle_ms;
    if (over > all - all / 2)
        over = all - all / 2;

    /* From all of it at half the connections down to a tenth at all. */
    return self->limits.idle_ms
        - self->limits.idle_ms * 9 * over / (10 * (all - all / 2));
}
