/*
 * traffic - queries and replies, counted for each address and zone
 *
 * A block of counters belongs to one address that clients reach us at and one
 * zone that has a route.  It appears in the metrics, under CoreDNS's names,
 * when the first query is counted in it; there are at most TRAFFIC_BLOCKS of
 * them, and what would need more is counted as zone "other" of its address.
 */

#ifndef FRONTEND_TRAFFIC_H
#define FRONTEND_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/telemetry.h"

#define TRAFFIC_BLOCKS 64
#define TRAFFIC_OTHER "other"

struct traffic_block;
typedef struct traffic traffic_t;

/* servers: a text for each address, "dns://:53"; lent. */
traffic_t *
    traffic_new(core_telemetry_t *telemetry, const char *const *servers);

/* The telemetry must not write any more. */
void
    traffic_destroy(traffic_t **self_p);

/* The block of that address and zone (text, "example.org."); it lives as long
   as the traffic. */
struct traffic_block *
    traffic_block(traffic_t *self, unsigned server, const char *zone);

struct traffic_query {
    enum core_transport transport;
    bool is_v6;
    bool dnssec_ok;
    uint16_t qtype;
    size_t size;                        /* octets */
};

/* A query of a client came. */
void
    traffic_count_query(struct traffic_block *block,
                        const struct traffic_query *query);

/* Its reply is ready, so long after. */
void
    traffic_count_reply(struct traffic_block *block,
                        enum core_transport transport, unsigned rcode,
                        size_t size, int64_t took_us);

#endif
