/*
 * pulse - asks our own /health once a second
 *
 * How long the answer takes says how busy this host is; CoreDNS tells the same,
 * and people have alarms on it.
 */

#ifndef HEALTH_PULSE_H
#define HEALTH_PULSE_H

#include "coredns/loop.h"
#include "coredns/telemetry.h"
#include "health/listener.h"

typedef struct pulse pulse_t;

pulse_t *
    pulse_new(core_loop_t *loop);

void
    pulse_destroy(pulse_t **self_p);

/* Asks the first of these from here on; nobody, when there is none. */
void
    pulse_aim(pulse_t *self, const struct listeners *listeners);

/* coredns_health_request_duration_seconds, and ..._failures_total. */
void
    pulse_publish(pulse_t *self, core_telemetry_t *telemetry);

#endif
