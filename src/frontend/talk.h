/*
 * talk - queries and replies on a connection that exists; a part of tcp
 *
 *   tcp.c    connections come and go: limits, idle time, the round, the drain
 *   talk.c   what is said on them
 */

#ifndef FRONTEND_TALK_H
#define FRONTEND_TALK_H

#include "frontend/tcp.h"

struct door {
    tcp_t *tcp;
    const struct listener *listener;
    uint32_t number;
};

struct tcp {
    core_loop_t *loop;
    dispatch_t *dispatch;
    inflight_t *slots;
    connections_t *connections;
    struct counters *counters;
    struct tcp_limits limits;
    struct door *doors;
    unsigned door_count;
    struct connection *dirty;           /* to be looked at with the round */
    core_timer_t *idle_timer;
    core_timer_t *pause_timer;
    size_t waiting;                     /* octets for all clients */
    bool is_stopped;
};

/* Octets that the client has not taken yet. */
size_t
    talk_waiting(const struct connection *connection);

/* The connection is looked at when the round ends. */
void
    talk_mark(struct connection *connection);

/* Reads some of what has come and takes the queries in it. */
void
    talk_read(tcp_t *self, struct connection *from);

/* Takes the queries in what was read, as many as may be in flight. */
void
    talk_take(tcp_t *self, struct connection *from);

/* Sends what waits; what is left waits for the client to read. */
void
    talk_write(tcp_t *self, struct connection *to);

/* Tells the dispatch how to reply on connections. */
void
    talk_carry(tcp_t *self);

#endif
