/*
 * udp - queries and replies in datagrams
 *
 * Datagrams are received straight into slots that outlive the process, and a
 * slot is free only when the kernel has taken its reply.  A reply leaves from
 * the address that its query was sent to.
 */

#ifndef FRONTEND_UDP_H
#define FRONTEND_UDP_H

#include "frontend/dispatch.h"
#include "frontend/listener.h"

typedef struct udp udp_t;

/* Starts to receive.  All is lent; slots is the dispatch's DISPATCH_UDP. */
udp_t *
    udp_new(core_loop_t *loop, dispatch_t *dispatch, inflight_t *slots,
            const struct listener *listeners, unsigned listener_count,
            struct counters *counters);

void
    udp_destroy(udp_t **self_p);

/* Takes up what a process before this one has left. */
void
    udp_recover(udp_t *self);

/* Sends the replies that were gathered in this round. */
void
    udp_flush(udp_t *self);

/* Reads what waits on the sockets, to the last one, and nothing after. */
void
    udp_stop(udp_t *self);

#endif
