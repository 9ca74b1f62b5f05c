/*
 * counters - what has happened, for the telemetry
 */

#include "chaos/counters.h"

#include <stddef.h>

#define QUERIES(kind) "coredns_chaos_queries_total{effect=\"" kind "\"}"
#define REPLIES(kind) "coredns_chaos_replies_total{effect=\"" kind "\"}"

void
counters_tell(const struct counters *self, core_telemetry_t *telemetry)
{
    static const char *const queries[EFFECT_KINDS] = {
        QUERIES("delay"), QUERIES("drop"), QUERIES("duplicate"),
        QUERIES("reorder"), QUERIES("truncate"), QUERIES("rcode"),
        QUERIES("answer"),
    };
    static const char *const replies[EFFECT_KINDS] = {
        [EFFECT_DROP] = REPLIES("drop"),
        [EFFECT_DUPLICATE] = REPLIES("duplicate"),
        [EFFECT_TRUNCATE] = REPLIES("truncate"),
        [EFFECT_RCODE] = REPLIES("rcode"),
    };

    for (unsigned i = 0; i < EFFECT_KINDS; i++) {
        core_telemetry_add(telemetry, CORE_COUNTER, queries[i],
                           "Queries that the effect befell",
                           &self->queries[i]);
        if (replies[i] != NULL)
            core_telemetry_add(telemetry, CORE_COUNTER, replies[i],
                               "Replies that the effect befell",
                               &self->replies[i]);
    }
    core_telemetry_add(telemetry, CORE_COUNTER, "coredns_chaos_resent_total",
                       "Queries that came again", &self->repeated);
    core_telemetry_add(telemetry, CORE_COUNTER,
                       "coredns_chaos_overflow_total",
                       "Queries that too many others were late for",
                       &self->overflow);
    core_telemetry_add(telemetry, CORE_GAUGE, "coredns_chaos_waiting",
                       "Queries that are being delayed", &self->waiting);
}
