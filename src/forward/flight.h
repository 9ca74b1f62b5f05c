/*
 * flight - questions under way, and who waits for each
 *
 * A question is asked once, however many clients ask it at the same time: they
 * all wait for the one flight.  That saves upstreams work, and an attacker the
 * chance to guess one of many ids (the birthday attack).
 *
 * The class knows which flights there are; dispatch.c makes them fly.
 */

#ifndef FORWARD_FLIGHT_H
#define FORWARD_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/stage.h"
#include "forward/plan.h"

#define FLIGHT_NONE UINT32_MAX
#define FLIGHT_LIVE 8                   /* attempts of one at the same time */
#define FLIGHT_QUERY_SIZE 512           /* larger ones are allocated */
#define FLIGHT_WAITERS 1024             /* of one flight */
#define FLIGHT_REASON_SIZE 64

/* A client's query that waits. */
struct waiter {
    core_held_t *held;
    uint64_t id;                        /* these four say which query it is */
    int64_t arrived_us;
    uint16_t client_port;
    uint8_t client[16];
    int64_t deadline_ms;
    uint32_t next;                      /* of the same flight */
};

struct flight {
    struct route *route;
    struct core_message query;          /* lies in bytes */
    uint8_t *bytes;
    uint64_t hash;
    uint32_t next;                      /* in its bucket, or of the free */
    uint32_t older, newer;              /* as they were begun */
    int64_t begun_ms;

    uint32_t first_waiter, last_waiter;
    unsigned waiters;
    int64_t deadline_ms;                /* of the waiter with the nearest */

    uint8_t order[POLICY_UPSTREAMS];    /* upstreams, as they are asked */
    uint8_t order_count;
    unsigned position;                  /* in the order, turning around */
    unsigned attempts;                  /* made so far */
    uint32_t live[FLIGHT_LIVE];         /* exchanges without a reply yet */
    unsigned live_count;

    bool over_stream;                   /* UDP is of no use any more */
    bool without_edns;                  /* the upstream does not know it */
    bool is_mismatched;                 /* a reply to another question came */
    bool is_looped;                     /* an upstream leads back to us */
    bool is_displaced;                  /* a younger one needs its place */
    const struct server *replied;       /* the last one that did, or NULL */
    int64_t took_us;                    /* until then */
    const struct server *failed;        /* the last one that did, or NULL */
    bool was_silent;                    /* that is how it failed */
    char why[FLIGHT_REASON_SIZE];       /* else: what the system said */
    bool spare_is_for_next;             /* the next stage, that is */
    uint8_t *spare;                     /* a reply that is better than none */
    size_t spare_size;

    uint8_t inside[FLIGHT_QUERY_SIZE];
};

typedef struct flight_table flight_table_t;

/* So many flights, and so many queries that wait for them. */
flight_table_t *
    flight_table_new(uint32_t flights, uint32_t waiters);

void
    flight_table_destroy(flight_table_t **self_p);

/* False for a query that has to be asked by itself (it is signed). */
bool
    flight_is_shareable(const struct core_message *query);

uint64_t
    flight_hash(const struct core_message *query);

/* The flight that asks just the same on that route, or FLIGHT_NONE. */
uint32_t
    flight_find(const flight_table_t *self, const struct route *route,
                const struct core_message *query, uint64_t hash);

/* Begins a flight with a copy of the query; FLIGHT_NONE: there are too many. */
uint32_t
    flight_begin(flight_table_t *self, struct route *route,
                 const struct core_message *query, uint64_t hash,
                 int64_t now_ms);

/* The one that is under way longest, or FLIGHT_NONE. */
uint32_t
    flight_oldest(const flight_table_t *self);

/* Ends it; nobody waits for it any more. */
void
    flight_end(flight_table_t *self, uint32_t number);

struct flight *
    flight_at(flight_table_t *self, uint32_t number);

/* An upstream failed, and why; NULL: it did not reply in time. */
void
    flight_failed(struct flight *flight, const struct server *server,
                  const char *why);

/* True when that very query waits already: it was sent once more. */
bool
    flight_has(const flight_table_t *self, uint32_t number,
               const struct core_record *record);

/* False when there is no room for another one that waits. */
bool
    flight_has_room(const flight_table_t *self, uint32_t number);

/* The query waits for the flight; held becomes the table's. */
void
    flight_add(flight_table_t *self, uint32_t number, core_held_t *held,
               const struct core_record *record, int64_t deadline_ms);

/*
 * Takes out a query that waits and whose deadline is not after due_ms
 * (INT64_MAX: any); NULL when there is none.  It is the caller's.
 */
core_held_t *
    flight_take(flight_table_t *self, uint32_t number, int64_t due_ms);

#endif
