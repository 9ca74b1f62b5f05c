/*
 * counters - what the frontend counts
 *
 * Where CoreDNS has a metric for the same thing, it has the same name here.
 */

#ifndef FRONTEND_COUNTERS_H
#define FRONTEND_COUNTERS_H

#include <stdint.h>

#include "coredns/telemetry.h"

#define COUNTERS_RCODES 24              /* larger ones are counted as one */
#define COUNTERS_BUCKETS 16             /* 250 us, 500 us, 1 ms... */

enum counters_proto { COUNTERS_UDP, COUNTERS_TCP, COUNTERS_INTERNAL };

struct counters {
    uint64_t queries;
    uint64_t requests[2][2];            /* udp, tcp; IPv4, IPv6 */
    uint64_t internal_requests;
    uint64_t dnssec_ok;
    uint64_t responses[COUNTERS_RCODES + 1];
    uint64_t slower[COUNTERS_BUCKETS + 1];      /* than the bucket before */
    uint64_t duration_us;

    uint64_t silent;                    /* no query at all, never answered */
    uint64_t oversized;
    uint64_t overflow;                  /* dropped because of newer ones */
    uint64_t unsent;                    /* replies the kernel did not take */
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

    uint64_t cumulated[COUNTERS_BUCKETS + 1];   /* as Prometheus wants it */
    uint64_t answered;
    uint64_t duration_seconds;
};

/* Adds all of them to the telemetry; self is lent until that ends. */
void
    counters_register(struct counters *self, core_telemetry_t *telemetry);

/* A reply was sent, so long after its query came. */
void
    counters_reply(struct counters *self, unsigned rcode, int64_t took_us);

/* Brings what is derived up to date, before values are read. */
void
    counters_refresh(struct counters *self);

#endif
