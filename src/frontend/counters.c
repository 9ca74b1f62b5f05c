/*
 * counters - what the frontend counts of itself
 */

#include "frontend/counters.h"

#include <stddef.h>

struct metric {
    const char *name;
    const char *help;
    size_t offset;
};

#define METRIC(name, help, field) \
    { name, help, offsetof(struct counters, field) }

#define DROPPED "Queries that were dropped, by cause"
#define CONNECTIONS "Connections that ended otherwise than by the client"

static const struct metric counter_table[] = {
    METRIC("coredns_queries_total", "Queries of all clients", queries),
    METRIC("coredns_frontend_lookups_total", "Look-ups of other stages",
           lookups),
    METRIC("coredns_frontend_dropped_total{cause=\"silent\"}", DROPPED,
           silent),
    METRIC("coredns_frontend_dropped_total{cause=\"oversized\"}", DROPPED,
           oversized),
    METRIC("coredns_frontend_dropped_total{cause=\"overflow\"}", DROPPED,
           overflow),
    METRIC("coredns_frontend_unsent_total",
           "Replies that the kernel did not take", unsent),
    METRIC("coredns_frontend_table_hits_total",
           "Queries answered from the answer table of the next stage", known),
    METRIC("coredns_frontend_resent_total",
           "Queries that were sent down once more", resent),
    METRIC("coredns_frontend_returned_total",
           "Queries that came back because nobody took them", returned),
    METRIC("coredns_frontend_expired_total",
           "Queries without a reply at their deadline", expired),
    METRIC("coredns_frontend_truncated_total", "Replies with TC set here",
           truncated),
    METRIC("coredns_frontend_late_total",
           "Replies that came when their query had been answered", late),
    METRIC("coredns_frontend_broken_total",
           "Replies of stages that were no reply to their query", broken),
    METRIC("coredns_frontend_recovered_total",
           "Queries that a process before this one had left", recovered),
    METRIC("coredns_frontend_tcp_accepted_total", "Connections accepted",
           tcp_accepted),
    METRIC("coredns_frontend_tcp_closed_total{cause=\"limit\"}", CONNECTIONS,
           tcp_refused),
    METRIC("coredns_frontend_tcp_closed_total{cause=\"idle\"}", CONNECTIONS,
           tcp_idle),
    METRIC("coredns_frontend_tcp_closed_total{cause=\"slow\"}", CONNECTIONS,
           tcp_slow),
};

static const struct metric gauge_table[] = {
    METRIC("coredns_frontend_in_flight", "Queries without a reply yet",
           in_flight),
    METRIC("coredns_frontend_tcp_connections", "Connections of clients",
           tcp_connections),
};

static void
add_table(const struct counters *self, core_telemetry_t *telemetry,
          enum core_metric_type type, const struct metric *table,
          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const void *value = (const char *) self + table[i].offset;

        core_telemetry_add(telemetry, type, table[i].name, table[i].help,
                           value);
    }
}

void
counters_register(struct counters *self, core_telemetry_t *telemetry)
{
    add_table(self, telemetry, CORE_COUNTER, counter_table,
              sizeof counter_table / sizeof counter_table[0]);
    add_table(self, telemetry, CORE_GAUGE, gauge_table,
              sizeof gauge_table / sizeof gauge_table[0]);
}
