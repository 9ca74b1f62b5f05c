/*
 * counters - what the frontend counts of itself
 */

#include "frontend/counters.h"

#define DROPPED "Queries that were dropped, by cause"
#define CONNECTIONS "Connections that ended otherwise than by the client"

void
counters_register(struct counters *self, core_telemetry_t *telemetry)
{
    const struct core_metric rows[] = {
        { CORE_COUNTER, "coredns_queries_total", "Queries of all clients",
          &self->queries },
        { CORE_COUNTER, "coredns_frontend_lookups_total",
          "Look-ups of other stages", &self->lookups },
        { CORE_COUNTER, "coredns_frontend_dropped_total{cause=\"silent\"}",
          DROPPED, &self->silent },
        { CORE_COUNTER, "coredns_frontend_dropped_total{cause=\"oversized\"}",
          DROPPED, &self->oversized },
        { CORE_COUNTER, "coredns_frontend_dropped_total{cause=\"overflow\"}",
          DROPPED, &self->overflow },
        { CORE_COUNTER, "coredns_frontend_unsent_total",
          "Replies that the kernel did not take", &self->unsent },
        { CORE_COUNTER, "coredns_frontend_table_hits_total",
          "Queries answered from the answer table of the next stage",
          &self->known },
        { CORE_COUNTER, "coredns_frontend_resent_total",
          "Queries that were sent down once more", &self->resent },
        { CORE_COUNTER, "coredns_frontend_returned_total",
          "Queries that came back because nobody took them", &self->returned },
        { CORE_COUNTER, "coredns_frontend_expired_total",
          "Queries without a reply at their deadline", &self->expired },
        { CORE_COUNTER, "coredns_frontend_truncated_total",
          "Replies with TC set here", &self->truncated },
        { CORE_COUNTER, "coredns_frontend_late_total",
          "Replies that came when their query had been answered",
          &self->late },
        { CORE_COUNTER, "coredns_frontend_broken_total",
          "Replies of stages that were no reply to their query",
          &self->broken },
        { CORE_COUNTER, "coredns_frontend_recovered_total",
          "Queries that a process before this one had left",
          &self->recovered },
        { CORE_COUNTER, "coredns_frontend_tcp_accepted_total",
          "Connections accepted", &self->tcp_accepted },
        { CORE_COUNTER, "coredns_frontend_tcp_closed_total{cause=\"limit\"}",
          CONNECTIONS, &self->tcp_refused },
        { CORE_COUNTER, "coredns_frontend_tcp_closed_total{cause=\"idle\"}",
          CONNECTIONS, &self->tcp_idle },
        { CORE_COUNTER, "coredns_frontend_tcp_closed_total{cause=\"slow\"}",
          CONNECTIONS, &self->tcp_slow },
        { CORE_GAUGE, "coredns_frontend_in_flight",
          "Queries without a reply yet", &self->in_flight },
        { CORE_GAUGE, "coredns_frontend_tcp_connections",
          "Connections of clients", &self->tcp_connections },
    };

    core_telemetry_add_all(telemetry, rows, sizeof rows / sizeof *rows);
}
