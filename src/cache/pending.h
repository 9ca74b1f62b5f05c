/*
 * pending - questions that are on their way, so that each is asked once
 *
 * A flight is a question that went down and whose reply has not come.  Who
 * sent it down leads it; others who ask the same meanwhile wait for its reply.
 * A flight that stays silent for a while may be led by another one too, and a
 * reply to any of its leaders ends it: so a reply that is lost holds nobody up
 * for long, and one that is late is still of use.
 *
 * Leaders are known by what a reply carries back of its query.  So nothing but
 * the reply to a question that was sent down is ever taken for its answer.
 *
 * The number of flights is fixed.  When all are taken the oldest without
 * waiters is given up, for under a flood of questions that nobody answers the
 * newest ones are those that may still be answered.
 */

#ifndef CACHE_PENDING_H
#define CACHE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/key.h"

#define PENDING_FLIGHTS 8192
#define PENDING_WAITERS 4096            /* less than flights */
#define PENDING_LEADERS 4               /* remembered of one flight */
#define PENDING_SILENCE_MS 1000         /* then another one may lead */

typedef struct pending pending_t;

/* A query, as its reply knows it. */
struct asker {
    uint64_t id;
    int64_t arrived_us;
    uint16_t port;
    bool is_copy;                       /* sent down for us: its reply is
                                           nobody's */
};

struct flight {
    struct key key;
    int64_t asked_ms;                   /* when it last went down */
    bool is_outdated;                   /* do not keep its answer */
    unsigned waiters;

    /* Private to the class. */
    bool is_used;
    unsigned leaders;
    struct asker leader[PENDING_LEADERS];
    uint32_t next_of_hash;
    uint32_t newer, older;              /* in the list it belongs to */
    uint32_t first_waiter, last_waiter;
};

struct waiter {
    void *held;                         /* lent */
    struct asker asker;
    int64_t since_ms;
    int64_t patience_ms;                /* how long it will wait */

    /* Private to the class. */
    uint32_t next, next_of_hash;
};

pending_t *
    pending_new(void);

void
    pending_destroy(pending_t **self_p);

/* The flight of that question, or NULL. */
struct flight *
    pending_find(pending_t *self, const struct key *key);

/* The flight that a reply ends: its question is key's, its DO and CD those of
   the flight, its query one of the leaders, which is copied.  Or NULL. */
struct flight *
    pending_find_reply(pending_t *self, const struct key *key,
                       const struct asker *asker, struct asker *leader);

/* True when that query leads the flight. */
bool
    pending_is_leader(const struct flight *flight, const struct asker *asker);

/* True when that query waits. */
bool
    pending_is_waiting(const pending_t *self, const struct asker *asker);

/* True when the flight was silent for too long. */
bool
    pending_is_overdue(const struct flight *flight, int64_t now_ms);

/* A query leads a flight: a new one, or (not NULL) one more time. */
struct flight *
    pending_lead(pending_t *self, struct flight *flight,
                 const struct key *key, const struct asker *asker,
                 int64_t now_ms);

/* False when too many wait already. */
bool
    pending_can_wait(const pending_t *self);

void
    pending_wait(pending_t *self, struct flight *flight,
                 const struct waiter *waiter);

/* The one that waits longest, or NULL; lent until it is taken. */
const struct waiter *
    pending_oldest(const pending_t *self, const struct flight *flight);

/* Ends the wait of that one, and returns what it was held by. */
void *
    pending_take(pending_t *self, struct flight *flight);

/* Ends a flight nobody waits for. */
void
    pending_land(pending_t *self, struct flight *flight);

/* Calls visit for each flight somebody waits for; it may take waiters. */
void
    pending_each_awaited(pending_t *self,
                         void (*visit)(void *owner, struct flight *flight),
                         void *owner);

/* Calls visit for each flight. */
void
    pending_each(pending_t *self,
                 void (*visit)(void *owner, struct flight *flight),
                 void *owner);

unsigned
    pending_flights(const pending_t *self);
unsigned
    pending_waiters(const pending_t *self);

#endif
