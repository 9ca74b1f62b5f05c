/*
 * counters - what the frontend counts of itself
 *
 * Queries and replies by address and zone are counted in traffic.h.
 */

#ifndef FRONTEND_COUNTERS_H
#define FRONTEND_COUNTERS_H

#include <stdint.h>

#include "coredns/telemetry.h"

struct counters {
    uint64_t queries;                   /* of clients */
    uint64_t lookups;                   /* of other stages */

    uint64_t silent;                    /* no query at all, never answered */
    uint64_t oversized;
    uint64_t overflow;                  /* dropped because of newer ones */
    uint64_t unsent;                    /* replies the kernel did not take */
    uint64_t known;                     /* answered from a table */
    uint64_t resent;
    uint64_t returned;
    uint64_t expired;
    uint64_t truncated;
    uint64_t late;
    uint64_t broken;
    uint64_t recovered;

    uint64_t tcp_accepted;
    uint64_t tcp_refused;
    uint64_t tcp_idle;
    uint64_t tcp_slow;

    uint64_t in_flight;                 /* gauges */
    uint64_t tcp_connections;
};

/* Adds all of them to the telemetry; self is lent until that ends. */
void
    counters_register(struct counters *self, core_telemetry_t *telemetry);

#endif
