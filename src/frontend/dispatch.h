/*
 * dispatch - from a received query to the reply that answers it
 *
 * A transport puts a query into a slot and hands it over.  From then on it is
 * the dispatch's: admitted, sent down its route, sent again when a stage was
 * lost or stays silent, answered SERVFAIL at its deadline.  The reply, in the
 * client's shape, is given to the transport, which says when it has been sent;
 * only then is the slot free.
 */

#ifndef FRONTEND_DISPATCH_H
#define FRONTEND_DISPATCH_H

#include "coredns/stage.h"
#include "frontend/admit.h"
#include "frontend/chain.h"
#include "frontend/counters.h"
#include "frontend/failure_log.h"
#include "frontend/inflight.h"
#include "frontend/made.h"
#include "frontend/order.h"
#include "frontend/query_log.h"
#include "frontend/reply.h"
#include "frontend/route.h"
#include "frontend/traffic.h"

typedef struct dispatch dispatch_t;

/* UDP queries outlive the process; what has a connection need not. */
enum dispatch_table { DISPATCH_UDP, DISPATCH_CONNECTED, DISPATCH_TABLES };

/* How a transport is spoken to.  owner is given to each call. */
struct dispatch_carrier {
    void *owner;

    /* Room for the reply to a slot; NULL: it cannot be sent. */
    uint8_t *(*reserve)(void *owner, uint32_t slot, size_t size);

    /* The reply is in that room.  After the last one of a slot the transport
       ends it by dispatch_finish(), at once or when it was sent; after any
       other one, a part, it says dispatch_continue() when that was sent. */
    void (*commit)(void *owner, uint32_t slot, size_t size, bool is_last,
                   const uint8_t *trail, size_t trail_size);

    /* Some parts were sent and the others will not come.  NULL: it has no
       place for parts. */
    void (*abandon)(void *owner, uint32_t slot);

    /* The slot ends here, answered or not.  May be NULL. */
    void (*finished)(void *owner, uint32_t slot);

    /* Adds what is known of the query to its trail; returns the new size. */
    size_t (*trail)(void *owner, const struct inflight_slot *slot,
                    uint8_t trail[CORE_TRAIL_SIZE]);

    /* Idle time of the slot's connection in 100 ms; NULL: there is none. */
    uint16_t (*keepalive)(void *owner);
};

/* What holds for the queries of a route. */
struct dispatch_route {
    chain_t *chain;                     /* lent; NULL: nobody is asked */
    unsigned otherwise;                 /* rcode when nobody is asked */
    int64_t deadline_ms;                /* from query to reply */
    bool all_classes;                   /* not IN alone goes down */
    struct made_policy made;
    struct order_policy order;
    struct reply_policy reply;
    bool has_metrics;                   /* for each zone, not as "other" */
    query_log_t *query_log;             /* owned by the plan; or NULL */
    failure_log_t *failure_log;         /* the same */
};

#define DISPATCH_ELSEWHERE 0            /* number of the route, and of the
                                           zone, of names without one */

/* A zone of a route. */
struct dispatch_zone {
    const uint8_t *name;                /* lent; NULL: DISPATCH_ELSEWHERE */
    uint32_t route;
    struct traffic_block **traffic;     /* of each listener; NULL: not yet */
};

/* All that a configuration decides. */
struct dispatch_plan {
    struct admit_policy admit;
    int64_t deadline_ms;                /* the longest of all routes */
    int64_t retry_ms;
    struct dispatch_route *routes;      /* owned; DISPATCH_ELSEWHERE first */
    size_t route_count;
    struct dispatch_zone *zones;        /* owned; DISPATCH_ELSEWHERE first */
    size_t zone_count;
    route_table_t *table;               /* owned; targets: indexes of zones */
};

/* The two sets of slots, and what is counted in, are lent. */
dispatch_t *
    dispatch_new(core_life_t *life, inflight_t *udp, inflight_t *connected,
                 struct counters *counters, traffic_t *traffic);

void
    dispatch_destroy(dispatch_t **self_p);

/*
 * The chain that starts at the stage of that name, connecting to it the first
 * time; lent.  NULL and a fault when that is not possible.  One that no route
 * leads to any more ends with the second change of plan from then on, so that
 * what is under way in it can still come back.
 */
chain_t *
    dispatch_chain(dispatch_t *self, const char *name,
                   struct core_fault *fault);

/* Sets what holds from here on; what the plan owns is taken over. */
void
    dispatch_configure(dispatch_t *self, const struct dispatch_plan *plan);

/* Frees what the plan owns. */
void
    dispatch_plan_clear(struct dispatch_plan *plan);

/* Sets who brings the queries of a transport. */
void
    dispatch_carry(dispatch_t *self, enum core_transport transport,
                   const struct dispatch_carrier *carrier);

/* A LIVE slot holds a query: transport, origin, peer, size and message are
   set; arrived_us 0 means that it has come in this round. */
void
    dispatch_query(dispatch_t *self, enum dispatch_table table, uint32_t slot);

/* The last reply was sent, or can never be: the slot is free. */
void
    dispatch_finish(dispatch_t *self, enum dispatch_table table,
                    uint32_t slot);

/* All parts that were committed for that origin have been sent: the next ones
   may come. */
void
    dispatch_continue(dispatch_t *self, uint32_t origin,
                      uint32_t origin_generation);

/* They never will be. */
void
    dispatch_forsake(dispatch_t *self, uint32_t origin,
                     uint32_t origin_generation);

/* The reply could not be sent this time: the query is answered once more. */
void
    dispatch_unsent(dispatch_t *self, enum dispatch_table table,
                    uint32_t slot);

/* Drops the oldest query to make room; false when none can go. */
bool
    dispatch_make_room(dispatch_t *self, enum dispatch_table table);

/* Treats what is found LIVE in the slots as received in this round. */
void
    dispatch_recover(dispatch_t *self, enum dispatch_table table);

/* Sends what was gathered in this round. */
void
    dispatch_flush(dispatch_t *self);

/* Queries without a reply. */
uint32_t
    dispatch_in_flight(const dispatch_t *self);

/* The address of a slot's peer, IPv4 as ::ffff:a.b.c.d. */
void
    dispatch_peer(const struct inflight_slot *slot, struct admit_peer *peer);

#endif
