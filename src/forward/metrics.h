/*
 * metrics - what the stage counts
 *
 * Where CoreDNS has a metric for the same thing, it has the same name here.
 * What is counted for an upstream stays for as long as the process lives, also
 * when a reload takes the upstream away and brings it back.
 */

#ifndef FORWARD_METRICS_H
#define FORWARD_METRICS_H

#include <stdint.h>

#include "coredns/telemetry.h"
#include "forward/datagram.h"
#include "forward/stream.h"

#define METRICS_RCODES 11               /* larger ones are counted as one */

/* All upstreams together. */
struct metrics_totals {
    uint64_t max_concurrent_rejects;
    uint64_t healthcheck_broken;        /* queries when all were down */
    uint64_t loops;                     /* found */
    uint64_t shared;                    /* queries that joined another */
    uint64_t repeated;                  /* the same query once more */
    uint64_t retries;                   /* attempts but the first */
    uint64_t strays;                    /* replies nobody waited for */
    uint64_t over_tcp;                  /* queries that went on over TCP */
    uint64_t failed;                    /* queries nobody answered */
    uint64_t overflow;                  /* found no room */
    uint64_t waiting;                   /* gauge */
};

struct metrics_upstream {
    struct datagram_counters datagrams;
    struct stream_counters streams;
    uint64_t healthcheck_failures;
    struct core_histogram *durations[METRICS_RCODES + 1];
};

typedef struct metrics metrics_t;

metrics_t *
    metrics_new(void);

/* Not before the telemetry's last message. */
void
    metrics_destroy(metrics_t **self_p);

/* From here on all is published; telemetry is lent. */
void
    metrics_publish(metrics_t *self, core_telemetry_t *telemetry);

struct metrics_totals *
    metrics_totals(metrics_t *self);

/* The counts of the upstream with that text and protocol ("tcp", or "tcp-tls"
   for connections); they stay where they are. */
struct metrics_upstream *
    metrics_upstream(metrics_t *self, const char *to,
                     const char *stream_protocol);

/* A reply came, so long after its query was sent. */
void
    metrics_reply(metrics_t *self, struct metrics_upstream *upstream,
                  unsigned rcode, int64_t duration_us);

#endif
