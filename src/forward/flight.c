/*
 * flight - questions under way, and who waits for each
 *
 * Two queries ask the same when everything the upstream sees of them is the
 * same but id, letters, payload size, cookie and padding: name, type, class,
 * RD, AD and CD, and all else of EDNS.  So one client's options never shape
 * another's answer.
 */

#include "forward/flight.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define SHARED_FLAGS (CORE_RD | CORE_AD | CORE_CD)

struct flight_table {
    uint32_t capacity;
    uint32_t fresh;                     /* from here on never used */
    uint32_t free;
    uint32_t mask;
    uint32_t *buckets;
    struct flight *flights;
    uint32_t oldest, newest;

    uint32_t waiter_capacity;
    uint32_t waiter_fresh;
    uint32_t waiter_free;
    struct waiter *waiters;
};

flight_table_t *
flight_table_new(uint32_t flights, uint32_t waiters)
{
    flight_table_t *self = core_allocate(sizeof *self);
    uint32_t buckets = 1;

    while (buckets < flights)
        buckets *= 2;
    self->capacity = flights;
    self->free = self->oldest = self->newest = FLIGHT_NONE;
    self->mask = buckets - 1;
    self->buckets = core_allocate(buckets * sizeof *self->buckets);
    memset(self->buckets, 0xff, buckets * sizeof *self->buckets);
    self->flights = core_allocate(flights * sizeof *self->flights);
    self->waiter_capacity = waiters;
    self->waiter_free = FLIGHT_NONE;
    self->waiters = core_allocate(waiters * sizeof *self->waiters);
    return self;
}

void
flight_table_destroy(flight_table_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->buckets);
    free((*self_p)->flights);
    free((*self_p)->waiters);
    free(*self_p);
    *self_p = NULL;
}

struct flight *
flight_at(flight_table_t *self, uint32_t number)
{
    assert(number < self->fresh && self->flights[number].bytes != NULL);
    return &self->flights[number];
}

/* ---- which is which ------------------------------------------------------ */

bool
flight_is_shareable(const struct core_message *query)
{
    return query->tsig_offset == 0 && query->counts[CORE_ANSWER] == 0
        && query->counts[CORE_AUTHORITY] == 0
        && query->counts[CORE_ADDITIONAL] == (query->edns.present ? 1 : 0);
}

uint64_t
flight_hash(const struct core_message *query)
{
    return core_name_hash(query->qname)
        ^ (uint64_t) query->qtype << 32
        ^ (query->flags & SHARED_FLAGS);
}

/* The next option that may shape an answer; false at the end. */
static bool
next_option(const struct core_edns *edns, size_t *offset, uint16_t *code,
            const uint8_t **value, uint16_t *size)
{
    while (core_edns_option(edns, offset, code, value, size))
        if (*code != CORE_OPTION_COOKIE && *code != CORE_OPTION_PADDING)
            return true;
    return false;
}

static bool
has_same_options(const struct core_edns *left, const struct core_edns *right)
{
    size_t left_offset = 0, right_offset = 0;
    uint16_t left_code, right_code, left_size, right_size;
    const uint8_t *left_value, *right_value;

    for (;;) {
        bool is_left = next_option(left, &left_offset, &left_code,
                                   &left_value, &left_size);
        bool is_right = next_option(right, &right_offset, &right_code,
                                    &right_value, &right_size);

        if (!is_left || !is_right)
            return is_left == is_right;
        if (left_code != right_code || left_size != right_size
            || memcmp(left_value, right_value, left_size) != 0)
            return false;
    }
}

static bool
is_same_edns(const struct core_edns *left, const struct core_edns *right)
{
    return left->present == right->present
        && left->dnssec_ok == right->dnssec_ok
        && left->version == right->version
        && has_same_options(left, right);
}

static bool
is_same(const struct core_message *left, const struct core_message *right)
{
    return left->qtype == right->qtype && left->qclass == right->qclass
        && (left->flags & SHARED_FLAGS) == (right->flags & SHARED_FLAGS)
        && core_name_equal(left->qname, right->qname)
        && is_same_edns(&left->edns, &right->edns);
}

uint32_t
flight_find(const flight_table_t *self, const struct route *route,
            const struct core_message *query, uint64_t hash)
{
    uint32_t number = self->buckets[hash & self->mask];

    while (number != FLIGHT_NONE) {
        const struct flight *flight = &self->flights[number];

        if (flight->hash == hash && flight->route == route
            && is_same(&flight->query, query))
            break;
        number = flight->next;
    }
    return number;
}

/* ---- flights ------------------------------------------------------------- */

static uint32_t
take_free(flight_table_t *self)
{
    uint32_t number = self->free;

    if (number != FLIGHT_NONE)
        self->free = self->flights[number].next;
    else if (self->fresh < self->capacity)
        number = self->fresh++;
    return number;
}

static void
append(flight_table_t *self, uint32_t number)
{
    struct flight *flight = &self->flights[number];

    flight->older = self->newest;
    flight->newer = FLIGHT_NONE;
    if (self->newest == FLIGHT_NONE)
        self->oldest = number;
    else
        self->flights[self->newest].newer = number;
    self->newest = number;
}

static void
take_out(flight_table_t *self, const struct flight *flight)
{
    if (flight->older == FLIGHT_NONE)
        self->oldest = flight->newer;
    else
        self->flights[flight->older].newer = flight->newer;
    if (flight->newer == FLIGHT_NONE)
        self->newest = flight->older;
    else
        self->flights[flight->newer].older = flight->older;
}

uint32_t
flight_oldest(const flight_table_t *self)
{
    return self->oldest;
}

uint32_t
flight_begin(flight_table_t *self, struct route *route,
             const struct core_message *query, uint64_t hash, int64_t now_ms)
{
    uint32_t number = take_free(self);

    if (number == FLIGHT_NONE)
        return FLIGHT_NONE;

    struct flight *flight = &self->flights[number];

    memset(flight, 0, offsetof(struct flight, inside));
    flight->bytes = query->size <= sizeof flight->inside
        ? flight->inside : core_allocate(query->size);
    memcpy(flight->bytes, query->bytes, query->size);

    enum core_parse parsed = core_message_parse(&flight->query, flight->bytes,
                                                query->size);

    assert(parsed == CORE_PARSE_OK);    /* it was, before it was copied */
    flight->route = route;
    flight->hash = hash;
    flight->first_waiter = flight->last_waiter = FLIGHT_NONE;
    flight->deadline_ms = INT64_MAX;
    flight->begun_ms = now_ms;
    append(self, number);
    flight->next = FLIGHT_NONE;
    if (flight_is_shareable(query)) {
        flight->next = self->buckets[hash & self->mask];
        self->buckets[hash & self->mask] = number;
    }
    return number;
}

static void
unlink_flight(flight_table_t *self, uint32_t number)
{
    struct flight *flight = flight_at(self, number);
    uint32_t *link = &self->buckets[flight->hash & self->mask];

    while (*link != FLIGHT_NONE && *link != number)
        link = &self->flights[*link].next;
    if (*link == number)
        *link = flight->next;
}

void
flight_end(flight_table_t *self, uint32_t number)
{
    struct flight *flight = flight_at(self, number);

    assert(flight->waiters == 0);
    unlink_flight(self, number);
    take_out(self, flight);
    if (flight->bytes != flight->inside)
        free(flight->bytes);
    free(flight->spare);
    flight->bytes = NULL;
    flight->spare = NULL;
    flight->next = self->free;
    self->free = number;
}

void
flight_failed(struct flight *flight, const struct server *server,
              const char *why)
{
    flight->failed = server;
    flight->was_silent = why == NULL;
    snprintf(flight->why, sizeof flight->why, "%s",
             why == NULL ? "no reply" : why);
}

/* ---- who waits ----------------------------------------------------------- */

bool
flight_has(const flight_table_t *self, uint32_t number,
           const struct core_record *record)
{
    uint32_t index = self->flights[number].first_waiter;

    while (index != FLIGHT_NONE) {
        const struct waiter *waiter = &self->waiters[index];

        if (waiter->id == record->id
            && waiter->arrived_us == record->arrived_us
            && waiter->client_port == record->client_port
            && memcmp(waiter->client, record->client,
                      sizeof waiter->client) == 0)
            return true;
        index = waiter->next;
    }
    return false;
}

bool
flight_has_room(const flight_table_t *self, uint32_t number)
{
    return (self->waiter_free != FLIGHT_NONE
            || self->waiter_fresh < self->waiter_capacity)
        && self->flights[number].waiters < FLIGHT_WAITERS;
}

void
flight_add(flight_table_t *self, uint32_t number, core_held_t *held,
           const struct core_record *record, int64_t deadline_ms)
{
    struct flight *flight = flight_at(self, number);
    uint32_t index = self->waiter_free;

    assert(flight_has_room(self, number));
    if (index != FLIGHT_NONE)
        self->waiter_free = self->waiters[index].next;
    else
        index = self->waiter_fresh++;

    struct waiter *waiter = &self->waiters[index];

    waiter->held = held;
    waiter->id = record->id;
    waiter->arrived_us = record->arrived_us;
    waiter->client_port = record->client_port;
    memcpy(waiter->client, record->client, sizeof waiter->client);
    waiter->deadline_ms = deadline_ms;
    waiter->next = FLIGHT_NONE;
    if (flight->first_waiter == FLIGHT_NONE)
        flight->first_waiter = index;
    else
        self->waiters[flight->last_waiter].next = index;
    flight->last_waiter = index;
    flight->waiters++;
    if (deadline_ms < flight->deadline_ms)
        flight->deadline_ms = deadline_ms;
}

/* The nearest deadline of those that still wait. */
static int64_t
nearest_deadline(const flight_table_t *self, const struct flight *flight)
{
    int64_t nearest_ms = INT64_MAX;

    for (uint32_t index = flight->first_waiter; index != FLIGHT_NONE;
         index = self->waiters[index].next)
        if (self->waiters[index].deadline_ms < nearest_ms)
            nearest_ms = self->waiters[index].deadline_ms;
    return nearest_ms;
}

core_held_t *
flight_take(flight_table_t *self, uint32_t number, int64_t due_ms)
{
    struct flight *flight = flight_at(self, number);
    uint32_t previous = FLIGHT_NONE;
    uint32_t index = flight->first_waiter;

    while (index != FLIGHT_NONE
           && self->waiters[index].deadline_ms > due_ms) {
        previous = index;
        index = self->waiters[index].next;
    }
    if (index == FLIGHT_NONE) {
        flight->deadline_ms = nearest_deadline(self, flight);
        return NULL;
    }

    struct waiter *waiter = &self->waiters[index];

    if (previous == FLIGHT_NONE)
        flight->first_waiter = waiter->next;
    else
        self->waiters[previous].next = waiter->next;
    if (flight->last_waiter == index)
        flight->last_waiter = previous;
    flight->waiters--;
    waiter->next = self->waiter_free;
    self->waiter_free = index;
    return waiter->held;
}
