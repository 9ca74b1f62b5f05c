/*
 * traffic - requests to the API server, counted as CoreDNS does
 */

#ifndef KUBERNETES_SYNC_TRAFFIC_H
#define KUBERNETES_SYNC_TRAFFIC_H

#include <stdint.h>

#include "coredns/telemetry.h"

typedef struct traffic traffic_t;

/* url is that of the server. */
traffic_t *
    traffic_new(const char *url);
void
    traffic_destroy(traffic_t **self_p);

/* Publishes what is counted, from here on and later. */
void
    traffic_tell(traffic_t *self, core_telemetry_t *telemetry);

/* The host and port that is counted. */
const char *
    traffic_host(const traffic_t *self);

/* A request has ended; status 0: without an answer. */
void
    traffic_count(traffic_t *self, long status);

/* How long one took that has an end; how long one had to wait for its turn. */
void
    traffic_time(traffic_t *self, int64_t duration_us);
void
    traffic_wait(traffic_t *self, int64_t duration_us);

#endif
