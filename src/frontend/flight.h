/*
 * flight - what the parts of the dispatch share; private to them
 *
 *   dispatch.c   a query comes in, is admitted and goes down its route
 *   answer.c     a reply goes to the transport that brought the query
 *   patience.c   what happens when no reply comes
 *   parts.c      replies that come in parts
 *   account.c    what is counted and logged of both
 */

#ifndef FRONTEND_FLIGHT_H
#define FRONTEND_FLIGHT_H

#include "frontend/chain.h"
#include "frontend/dispatch.h"
#include "frontend/listener.h"
#include "frontend/stream.h"
#include "lib/wheel.h"

#define FLIGHT_TRANSPORTS (CORE_INTERNAL + 1)

struct table {
    inflight_t *slots;
    wheel_t *timers;
};

/* A chain, and whether it had no route already before the last change. */
struct head {
    chain_t *chain;
    bool was_unused;
};

struct dispatch {
    core_loop_t *loop;
    core_timer_t *timer;                /* runs while anything is in flight */
    core_life_t *life;
    struct counters *counters;
    traffic_t *traffic;
    struct table tables[DISPATCH_TABLES];
    struct streams streams;             /* of DISPATCH_CONNECTED */
    struct dispatch_carrier carriers[FLIGHT_TRANSPORTS];
    struct dispatch_plan plan;          /* owned */
    struct head *heads;
    size_t head_count, head_capacity;
    int64_t real_offset_us;             /* from monotonic time to 1970's */
    int64_t offset_read_ms;
    uint8_t trail[CORE_TRAIL_SIZE];
    struct order_random random;
    uint8_t arranged[CORE_MESSAGE_SIZE];        /* a reply in another order */
};

/* One slot in hand. */
struct flight {
    enum dispatch_table table;
    uint32_t number;
    struct inflight_slot *slot;
};

/* ---- dispatch.c ---------------------------------------------------------- */

struct flight
    flight_at(const dispatch_t *self, enum dispatch_table table,
              uint32_t number);

/* The flight of a record's id; its slot is NULL when that is over. */
struct flight
    flight_of(const dispatch_t *self, uint64_t id);

/* What holds for the slot. */
const struct dispatch_route *
    flight_route(const dispatch_t *self, const struct inflight_slot *slot);

/* Sends an admitted query to its chain, the first time or once more. */
void
    flight_down(dispatch_t *self, struct flight flight);

/* Microseconds since 1970, without reading that clock for each query. */
int64_t
    flight_now_us(dispatch_t *self);

/* ---- answer.c ------------------------------------------------------------ */

/* Answers without a stage; ede_code may be CORE_EDE_NONE. */
void
    answer_rcode(dispatch_t *self, struct flight flight, unsigned rcode,
                 uint16_t ede_code);
void
    answer_unknown_key(dispatch_t *self, struct flight flight,
                       const struct core_message *message);

/* Answers with a reply that was made here. */
void
    answer_made(dispatch_t *self, struct flight flight, const uint8_t *made,
                size_t made_size);

/* Answers with what a stage said. */
void
    answer_record(dispatch_t *self, struct flight flight,
                  const struct core_record *record);

/* ---- parts.c ------------------------------------------------------------- */

/* What a record from a stage is to the reply of its query. */
enum parts_verdict {
    PARTS_LAST,                         /* all of it, or what was missing */
    PARTS_MORE,                         /* a part; others follow */
    PARTS_STRAY,                        /* one that is here already */
    PARTS_BROKEN,                       /* none that could be put to the
                                           others */
};

/* next is set for PARTS_MORE; lent from the record. */
enum parts_verdict
    parts_judge(const dispatch_t *self, struct flight flight,
                const struct core_record *record, struct core_part *next);

/* Notes, before a part is sent, which one follows; false when too many replies
   are under way in this way. */
bool
    parts_pause(dispatch_t *self, struct flight flight,
                const struct core_part *next);

/* ---- account.c ----------------------------------------------------------- */

/* A query came in; its zone is known. */
void
    account_query(dispatch_t *self, const struct inflight_slot *slot,
                  const struct core_message *message);

/* A reply in the client's shape is about to be sent, the last one. */
void
    account_reply(dispatch_t *self, const struct inflight_slot *slot,
                  const uint8_t *reply, size_t size, unsigned rcode,
                  size_t trail_size);

/* ---- patience.c ---------------------------------------------------------- */

/* The query was sent down: it is looked at again when that was in vain. */
void
    patience_start(dispatch_t *self, struct flight flight);

/* Nobody took the query: it is tried again soon. */
void
    patience_take_back(dispatch_t *self, struct flight flight);

/* A stage is back: what it may have taken with it is sent once more. */
void
    patience_return(dispatch_t *self, const core_outlet_t *outlet);

/* No reply will come. */
void
    patience_end(dispatch_t *self, struct flight flight);

#endif
