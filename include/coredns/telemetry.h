/*
 * telemetry - what a process tells of itself, once a second
 *
 * A process has a list of counters and gauges: plain uint64_t that their owner
 * counts in, without locks, for there is one thread.  Every second it
 * publishes them all on a PUB socket as one message [name of the process]
 * [text], the text being Prometheus' exposition format, so that whoever
 * collects them only has to put them together.
 */

#ifndef COREDNS_TELEMETRY_H
#define COREDNS_TELEMETRY_H

#include <stdint.h>
#include <stdio.h>

#include "coredns/fault.h"
#include "coredns/loop.h"

enum core_metric_type { CORE_COUNTER, CORE_GAUGE };

typedef struct core_telemetry core_telemetry_t;

/* endpoint may be NULL: then nothing is published. */
core_telemetry_t *
    core_telemetry_new(void *context, core_loop_t *loop, const char *endpoint,
                       const char *process_name, struct core_fault *fault);
void
    core_telemetry_destroy(core_telemetry_t **self_p);

/*
 * Adds a value.  name may carry labels: coredns_x_total{rcode="NOERROR"}; help
 * is one sentence.  Both and value are lent until the telemetry ends.  Names
 * that differ only in labels are added one after the other.
 */
void
    core_telemetry_add(core_telemetry_t *self, enum core_metric_type type,
                       const char *name, const char *help,
                       const uint64_t *value);

/* Calls refresh just before values are read, to fill in gauges. */
void
    core_telemetry_refresher(core_telemetry_t *self,
                             core_loop_run_callback *refresh, void *owner);

/* Writes all values in the exposition format. */
void
    core_telemetry_write(core_telemetry_t *self, FILE *file);

#endif
