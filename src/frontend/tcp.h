/*
 * tcp - queries and replies on connections
 *
 * RFC 7766 and RFC 9210: many queries on a connection, answered in whatever
 * order the answers come; idle connections end, the sooner the more there are;
 * limits for all, for one client, for the queries of one connection, and for
 * the octets that a slow reader leaves unread.
 */

#ifndef FRONTEND_TCP_H
#define FRONTEND_TCP_H

#include "frontend/connections.h"
#include "frontend/dispatch.h"
#include "frontend/listener.h"

struct tcp_limits {
    struct connections_limits connections;
    uint32_t queries;                   /* in flight on one connection */
    uint32_t received;                  /* on one connection; 0: no limit */
    size_t buffer;                      /* octets that wait for one client */
    size_t buffers;                     /* for all of them */
};

typedef struct tcp tcp_t;

/* Starts to accept.  All is lent; slots is the dispatch's
   DISPATCH_CONNECTED. */
tcp_t *
    tcp_new(core_loop_t *loop, dispatch_t *dispatch, inflight_t *slots,
            const struct listener *listeners, unsigned listener_count,
            struct counters *counters);

void
    tcp_destroy(tcp_t **self_p);

/* Sets what holds from here on. */
void
    tcp_limit(tcp_t *self, const struct tcp_limits *limits);

/* Sends the replies that were gathered in this round. */
void
    tcp_flush(tcp_t *self);

/* Accepts nothing more, reads what has come, and ends each connection when its
   replies are sent. */
void
    tcp_stop(tcp_t *self);

uint32_t
    tcp_connections(const tcp_t *self);

#endif
