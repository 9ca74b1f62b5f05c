/*
 * counters - what the frontend counts
 *
 * Where CoreDNS has a metric for the same thing, it has the same name here.
 */

#ifndef FRONTEND_COUNTERS_H
#define FRONTEND_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/telemetry.h"

#define COUNTERS_RCODES 24              /* larger ones are counted as one */
#define COUNTERS_TYPES 20               /* the first: all that are rare */

enum counters_proto { COUNTERS_UDP, COUNTERS_TCP, COUNTERS_PROTOS };

struct counters {
    uint64_t queries;
    uint64_t requests[COUNTERS_PROTOS][2][COUNTERS_TYPES];  /* IPv4, IPv6 */
    uint64_t internal_requests;
    uint64_t dnssec_ok;
    uint64_t responses[COUNTERS_RCODES + 1];
    struct core_histogram duration;
    struct core_sizes request_sizes[COUNTERS_PROTOS];
    struct core_sizes response_sizes[COUNTERS_PROTOS];

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
};

/* Adds all of them to the telemetry; self is lent until that ends. */
void
    counters_register(struct counters *self, core_telemetry_t *telemetry);

/* A query of a client came. */
void
    counters_request(struct counters *self, enum counters_proto proto,
                     bool is_v6, uint16_t qtype, size_t size);

/* Its reply is ready, so long after. */
void
    counters_reply(struct counters *self, enum counters_proto proto,
                   unsigned rcode, size_t size, int64_t took_us);

#endif
