/*
 * pending - questions that are on their way, so that each is asked once
 *
 * Two arrays, of flights and of waiters, linked by their indices.  Each flight
 * is in one of two lists, oldest first: lonely ones, which are given up when
 * room is needed, and awaited ones, which are looked at every few milliseconds.
 * Free ones are used again last in, first out, so memory that was never needed
 * is never touched.
 *
 * Waiters are found by their id as well, because a frontend that hears nothing
 * sends its query again, and that one must not wait a second time.
 */

#include "cache/pending.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"

#define NONE UINT32_MAX
#define BUCKETS 8192                    /* a power of two */

_Static_assert(PENDING_WAITERS < PENDING_FLIGHTS,
               "one flight at least is always lonely");

struct list {
    uint32_t oldest, newest;
};

struct pending {
    unsigned flight_count, waiter_count;
    uint32_t free_flight, free_waiter;  /* linked by next_of_hash */
    uint32_t fresh_flight, fresh_waiter;    /* never used from there on */
    struct list lonely, awaited;
    uint32_t flights_by_hash[BUCKETS];
    uint32_t waiters_by_hash[BUCKETS];
    struct flight flights[PENDING_FLIGHTS];
    struct waiter waiters[PENDING_WAITERS];
};

pending_t *
pending_new(void)
{
    pending_t *self = core_allocate(sizeof *self);

    self->free_flight = self->free_waiter = NONE;
    self->lonely = self->awaited = (struct list) { NONE, NONE };
    for (unsigned i = 0; i < BUCKETS; i++)
        self->flights_by_hash[i] = self->waiters_by_hash[i] = NONE;
    return self;
}

void
pending_destroy(pending_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

unsigned
pending_flights(const pending_t *self)
{
    return self->flight_count;
}

unsigned
pending_waiters(const pending_t *self)
{
    return self->waiter_count;
}

/* ---- lists of flights ---------------------------------------------------- */

static uint32_t
number_of(const pending_t *self, const struct flight *flight)
{
    return (uint32_t) (flight - self->flights);
}

static struct list *
list_of(pending_t *self, const struct flight *flight)
{
    return flight->waiters == 0 ? &self->lonely : &self->awaited;
}

/* Puts the flight into the list that its waiters say. */
static void
link_in(pending_t *self, struct flight *flight)
{
    struct list *list = list_of(self, flight);
    uint32_t number = number_of(self, flight);

    flight->newer = NONE;
    flight->older = list->newest;
    if (list->newest != NONE)
        self->flights[list->newest].newer = number;
    else
        list->oldest = number;
    list->newest = number;
}

static void
link_out(pending_t *self, struct flight *flight)
{
    struct list *list = list_of(self, flight);

    if (flight->older != NONE)
        self->flights[flight->older].newer = flight->newer;
    else
        list->oldest = flight->newer;
    if (flight->newer != NONE)
        self->flights[flight->newer].older = flight->older;
    else
        list->newest = flight->older;
}

/* ---- finding ------------------------------------------------------------- */

static uint32_t
bucket_of_key(const struct key *key)
{
    return (uint32_t) key->hash & (BUCKETS - 1);
}

static uint32_t
bucket_of_asker(const struct asker *asker)
{
    uint64_t mixed = (asker->id ^ (uint64_t) asker->arrived_us)
        * UINT64_C(0x9e3779b97f4a7c15);

    return (uint32_t) (mixed >> 32) & (BUCKETS - 1);
}

static bool
is_same(const struct asker *left, const struct asker *right)
{
    return left->id == right->id && left->arrived_us == right->arrived_us
        && left->port == right->port;
}

struct flight *
pending_find(pending_t *self, const struct key *key)
{
    uint32_t number = self->flights_by_hash[bucket_of_key(key)];

    for (; number != NONE; number = self->flights[number].next_of_hash)
        if (key_equal(&self->flights[number].key, key))
            return &self->flights[number];
    return NULL;
}

static const struct asker *
find_leader(const struct flight *flight, const struct asker *asker)
{
    unsigned count = flight->leaders < PENDING_LEADERS ? flight->leaders
                                                       : PENDING_LEADERS;

    for (unsigned i = 0; i < count; i++)
        if (is_same(&flight->leader[i], asker))
            return &flight->leader[i];
    return NULL;
}

struct flight *
pending_find_reply(pending_t *self, const struct key *key,
                   const struct asker *asker, struct asker *leader)
{
    uint32_t number = self->flights_by_hash[bucket_of_key(key)];

    for (; number != NONE; number = self->flights[number].next_of_hash) {
        struct flight *flight = &self->flights[number];
        const struct asker *found;

        if (!key_same_question(&flight->key, key))
            continue;
        found = find_leader(flight, asker);
        if (found != NULL) {
            *leader = *found;
            return flight;
        }
    }
    return NULL;
}

bool
pending_is_leader(const struct flight *flight, const struct asker *asker)
{
    return find_leader(flight, asker) != NULL;
}

bool
pending_is_waiting(const pending_t *self, const struct asker *asker)
{
    uint32_t number = self->waiters_by_hash[bucket_of_asker(asker)];

    for (; number != NONE; number = self->waiters[number].next_of_hash)
        if (is_same(&self->waiters[number].asker, asker))
            return true;
    return false;
}

bool
pending_is_overdue(const struct flight *flight, int64_t now_ms)
{
    return now_ms - flight->asked_ms >= PENDING_SILENCE_MS;
}

/* ---- flights ------------------------------------------------------------- */

static struct flight *
new_flight(pending_t *self)
{
    if (self->flight_count == PENDING_FLIGHTS)
        pending_land(self, &self->flights[self->lonely.oldest]);
    self->flight_count++;

    uint32_t number = self->free_flight;

    if (number == NONE)
        return &self->flights[self->fresh_flight++];
    self->free_flight = self->flights[number].next_of_hash;
    return &self->flights[number];
}

static struct flight *
start_flight(pending_t *self, const struct key *key)
{
    struct flight *flight = new_flight(self);
    uint32_t *bucket = &self->flights_by_hash[bucket_of_key(key)];

    flight->key = *key;
    flight->is_outdated = false;
    flight->waiters = 0;
    flight->is_used = true;
    flight->leaders = 0;
    flight->first_waiter = flight->last_waiter = NONE;
    flight->next_of_hash = *bucket;
    *bucket = number_of(self, flight);
    link_in(self, flight);
    return flight;
}

struct flight *
pending_lead(pending_t *self, struct flight *flight, const struct key *key,
             const struct asker *asker, int64_t now_ms)
{
    if (flight == NULL)
        flight = start_flight(self, key);
    flight->asked_ms = now_ms;

    /* The first is overwritten by the fifth, which is seconds later. */
    if (find_leader(flight, asker) == NULL)
        flight->leader[flight->leaders++ % PENDING_LEADERS] = *asker;
    return flight;
}

void
pending_land(pending_t *self, struct flight *flight)
{
    uint32_t number = number_of(self, flight);
    uint32_t *at = &self->flights_by_hash[bucket_of_key(&flight->key)];

    assert(flight->is_used && flight->waiters == 0);
    link_out(self, flight);
    while (*at != number)
        at = &self->flights[*at].next_of_hash;
    *at = flight->next_of_hash;
    flight->is_used = false;
    flight->next_of_hash = self->free_flight;
    self->free_flight = number;
    self->flight_count--;
}

/* ---- waiters ------------------------------------------------------------- */

bool
pending_can_wait(const pending_t *self)
{
    return self->waiter_count < PENDING_WAITERS;
}

static uint32_t
new_waiter(pending_t *self)
{
    uint32_t number = self->free_waiter;

    assert(pending_can_wait(self));
    self->waiter_count++;
    if (number == NONE)
        return self->fresh_waiter++;
    self->free_waiter = self->waiters[number].next_of_hash;
    return number;
}

void
pending_wait(pending_t *self, struct flight *flight,
             const struct waiter *waiter)
{
    uint32_t number = new_waiter(self);
    struct waiter *entry = &self->waiters[number];
    uint32_t *bucket = &self->waiters_by_hash[bucket_of_asker(&waiter->asker)];

    *entry = *waiter;
    entry->next = NONE;
    entry->next_of_hash = *bucket;
    *bucket = number;
    if (flight->waiters > 0)
        self->waiters[flight->last_waiter].next = number;
    else {
        link_out(self, flight);
        flight->first_waiter = number;
    }
    flight->last_waiter = number;
    flight->waiters++;
    if (flight->waiters == 1)
        link_in(self, flight);
}

const struct waiter *
pending_oldest(const pending_t *self, const struct flight *flight)
{
    return flight->waiters == 0 ? NULL : &self->waiters[flight->first_waiter];
}

void *
pending_take(pending_t *self, struct flight *flight)
{
    assert(flight->waiters > 0);

    uint32_t number = flight->first_waiter;
    struct waiter *entry = &self->waiters[number];
    uint32_t *at = &self->waiters_by_hash[bucket_of_asker(&entry->asker)];

    while (*at != number)
        at = &self->waiters[*at].next_of_hash;
    *at = entry->next_of_hash;
    flight->first_waiter = entry->next;
    if (flight->waiters == 1)
        link_out(self, flight);
    flight->waiters--;
    if (flight->waiters == 0)
        link_in(self, flight);
    entry->next_of_hash = self->free_waiter;
    self->free_waiter = number;
    self->waiter_count--;
    return entry->held;
}

/* ---- looking through ----------------------------------------------------- */

void
pending_each_awaited(pending_t *self,
                     void (*visit)(void *owner, struct flight *flight),
                     void *owner)
{
    uint32_t next;

    for (uint32_t number = self->awaited.oldest; number != NONE;
         number = next) {
        next = self->flights[number].newer;
        visit(owner, &self->flights[number]);
    }
}

void
pending_each(pending_t *self,
             void (*visit)(void *owner, struct flight *flight), void *owner)
{
    for (uint32_t i = 0; i < self->fresh_flight; i++)
        if (self->flights[i].is_used)
            visit(owner, &self->flights[i]);
}
