/*
 * leases - how long keys may still be there
 *
 * Found by id in a hash table, and by the time they must be asked in a heap,
 * which is an array of the same leases.
 */

#include "etcd-sync/leases.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"

#define AGAIN_MS 5000                   /* between two questions, at least */
#define FIRST_BUCKETS 64

struct lease {
    struct lease_id id;
    struct lease *next;                 /* of the same bucket */
    struct leased *users;
    uint32_t shown_seconds;
    bool is_known;
    int64_t ask_ms;                     /* INT64_MAX: not again */
    size_t place;                       /* in the heap */
};

struct leases {
    struct lease_limits limits;
    struct lease **buckets;
    size_t bucket_count;                /* a power of two */
    struct lease **heap;                /* who must be asked first, first */
    size_t count;
    size_t capacity;
};

leases_t *
leases_new(const struct lease_limits *limits)
{
    leases_t *self = core_allocate(sizeof *self);

    self->limits = *limits;
    self->bucket_count = FIRST_BUCKETS;
    self->buckets = core_allocate(FIRST_BUCKETS * sizeof *self->buckets);
    return self;
}

void
leases_destroy(leases_t **self_p)
{
    assert(self_p);

    leases_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        struct leased *leased = self->heap[i]->users;

        while (leased != NULL) {
            struct leased *next = leased->next;

            free(leased);
            leased = next;
        }
        free(self->heap[i]);
    }
    free(self->heap);
    free(self->buckets);
    free(self);
    *self_p = NULL;
}

size_t
leases_count(const leases_t *self)
{
    return self->count;
}

/* ---- the heap ------------------------------------------------------------ */

static void
place(leases_t *self, size_t at, struct lease *lease)
{
    self->heap[at] = lease;
    lease->place = at;
}

/* Moves the lease to where its time belongs. */
static void
settle(leases_t *self, struct lease *lease)
{
    size_t at = lease->place;

    while (at > 0 && self->heap[(at - 1) / 2]->ask_ms > lease->ask_ms) {
        place(self, at, self->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < self->count
            && self->heap[child + 1]->ask_ms < self->heap[child]->ask_ms)
            child++;
        if (child >= self->count || self->heap[child]->ask_ms >= lease->ask_ms)
            break;
        place(self, at, self->heap[child]);
        at = child;
    }
    place(self, at, lease);
}

/* ---- finding ------------------------------------------------------------- */

static struct lease **
bucket_of(const leases_t *self, struct lease_id id)
{
    uint64_t hash = (uint64_t) id.value * UINT64_C(0x9e3779b97f4a7c15);

    return &self->buckets[(hash >> 32) & (self->bucket_count - 1)];
}

static void
grow(leases_t *self)
{
    if (self->count < 2 * self->bucket_count)
        return;
    self->bucket_count *= 4;
    free(self->buckets);
    self->buckets = core_allocate(self->bucket_count * sizeof *self->buckets);
    for (size_t i = 0; i < self->count; i++) {
        struct lease **bucket = bucket_of(self, self->heap[i]->id);

        self->heap[i]->next = *bucket;
        *bucket = self->heap[i];
    }
}

static struct lease *
find(const leases_t *self, struct lease_id id)
{
    struct lease *lease = *bucket_of(self, id);

    while (lease != NULL && lease->id.value != id.value)
        lease = lease->next;
    return lease;
}

static struct lease *
add(leases_t *self, struct lease_id id, int64_t now_ms)
{
    struct lease *lease = core_allocate(sizeof *lease);
    struct lease **bucket;

    grow(self);
    bucket = bucket_of(self, id);
    lease->id = id;
    lease->next = *bucket;
    *bucket = lease;
    lease->shown_seconds = self->limits.least_seconds;
    lease->ask_ms = now_ms;
    self->heap = core_grow(self->heap, self->count, &self->capacity,
                           sizeof *self->heap);
    lease->place = self->count;
    self->heap[self->count++] = lease;
    settle(self, lease);
    return lease;
}

static void
end(leases_t *self, struct lease *lease)
{
    struct lease **link = bucket_of(self, lease->id);
    struct lease *last = self->heap[--self->count];

    while (*link != lease)
        link = &(*link)->next;
    *link = lease->next;
    if (last != lease) {
        last->place = lease->place;
        settle(self, last);
    }
    free(lease);
}

/* ---- nodes --------------------------------------------------------------- */

static void
detach(leases_t *self, struct tree_node *node)
{
    struct leased *leased = node->leased;

    if (leased == NULL)
        return;
    if (leased->previous != NULL)
        leased->previous->next = leased->next;
    else
        leased->lease->users = leased->next;
    if (leased->next != NULL)
        leased->next->previous = leased->previous;
    if (leased->lease->users == NULL)
        end(self, leased->lease);
    free(leased);
    node->leased = NULL;
}

void
leases_attach(leases_t *self, struct tree_node *node, struct lease_id id,
              int64_t now_ms)
{
    struct leased *leased;

    if (leases_id(node).value == id.value)
        return;
    detach(self, node);
    if (id.value == 0)
        return;
    leased = core_allocate(sizeof *leased);
    leased->lease = find(self, id);
    if (leased->lease == NULL)
        leased->lease = add(self, id, now_ms);
    leased->node = node;
    leased->next = leased->lease->users;
    if (leased->next != NULL)
        leased->next->previous = leased;
    leased->lease->users = leased;
    node->leased = leased;
}

struct lease_id
leases_id(const struct tree_node *node)
{
    const struct lease_id none = { 0 };

    return node->leased == NULL ? none : node->leased->lease->id;
}

uint32_t
leases_ttl(const struct tree_node *node)
{
    return node->leased == NULL ? UINT32_MAX
        : node->leased->lease->shown_seconds;
}

/* ---- asking -------------------------------------------------------------- */

bool
leases_due(leases_t *self, int64_t now_ms, struct lease_id *id)
{
    struct lease *lease = self->count == 0 ? NULL : self->heap[0];

    if (lease == NULL || lease->ask_ms > now_ms)
        return false;
    *id = lease->id;
    lease->ask_ms = now_ms + AGAIN_MS;  /* should nobody answer */
    settle(self, lease);
    return true;
}

static uint32_t
clamp(const struct lease_limits *limits, int64_t seconds)
{
    return seconds < limits->least_seconds ? limits->least_seconds
        : seconds > limits->most_seconds ? limits->most_seconds
        : (uint32_t) seconds;
}

static int64_t
next_question(const leases_t *self, int64_t remaining, int64_t granted,
              int64_t now_ms)
{
    int64_t wait_ms = remaining < INT32_MAX ? remaining * 500
        : (int64_t) INT32_MAX * 500;

    /* It can never be shown as another one. */
    if (granted <= self->limits.least_seconds)
        return INT64_MAX;
    /* What is above the limit may pass before it is of interest. */
    if (remaining > 2 * (int64_t) self->limits.most_seconds)
        wait_ms = (remaining < INT32_MAX ? remaining : INT32_MAX) * 1000
            - 2 * (int64_t) self->limits.most_seconds * 1000;
    return now_ms + (wait_ms < AGAIN_MS ? AGAIN_MS : wait_ms);
}

void
leases_told(leases_t *self, struct lease_id id, int64_t remaining,
            int64_t granted, int64_t now_ms,
            void (*touch)(void *owner, struct tree_node *node), void *owner)
{
    struct lease *lease = find(self, id);
    uint32_t seconds;

    if (lease == NULL || remaining < 0)
        return;
    seconds = clamp(&self->limits, remaining);
    lease->ask_ms = next_question(self, remaining, granted, now_ms);
    settle(self, lease);
    if (lease->is_known && seconds >= lease->shown_seconds
        && seconds / 2 < lease->shown_seconds)
        return;
    lease->is_known = true;
    if (seconds == lease->shown_seconds)
        return;
    lease->shown_seconds = seconds;
    for (struct leased *at = lease->users; at != NULL; at = at->next)
        touch(owner, at->node);
}
