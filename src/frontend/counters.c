/*
 * counters - what the frontend counts
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

#define REQUESTS "Queries by transport; family 1 is IPv4, 2 is IPv6"
#define RESPONSES "Replies by rcode"
#define DROPPED "Queries that were dropped, by cause"
#define DURATION "Time from query to reply"
#define CONNECTIONS "Connections that ended otherwise than by the client"

#define RESPONSE(name, code) \
    METRIC("coredns_dns_responses_total{rcode=\"" name "\"}", RESPONSES, \
           responses[code])
#define BUCKET(le, index) \
    METRIC("coredns_dns_request_duration_seconds_bucket{le=\"" le "\"}", \
           DURATION, cumulated[index])

static const struct metric counter_table[] = {
    METRIC("coredns_queries_total", "Queries of all clients", queries),
    METRIC("coredns_dns_requests_total{proto=\"udp\",family=\"1\"}", REQUESTS,
           requests[COUNTERS_UDP][0]),
    METRIC("coredns_dns_requests_total{proto=\"udp\",family=\"2\"}", REQUESTS,
           requests[COUNTERS_UDP][1]),
    METRIC("coredns_dns_requests_total{proto=\"tcp\",family=\"1\"}", REQUESTS,
           requests[COUNTERS_TCP][0]),
    METRIC("coredns_dns_requests_total{proto=\"tcp\",family=\"2\"}", REQUESTS,
           requests[COUNTERS_TCP][1]),
    METRIC("coredns_frontend_lookups_total", "Look-ups of other stages",
           internal_requests),
    METRIC("coredns_dns_do_requests_total", "Queries with the DO bit",
           dnssec_ok),
    RESPONSE("NOERROR", 0), RESPONSE("FORMERR", 1), RESPONSE("SERVFAIL", 2),
    RESPONSE("NXDOMAIN", 3), RESPONSE("NOTIMP", 4), RESPONSE("REFUSED", 5),
    RESPONSE("YXDOMAIN", 6), RESPONSE("YXRRSET", 7), RESPONSE("NXRRSET", 8),
    RESPONSE("NOTAUTH", 9), RESPONSE("NOTZONE", 10), RESPONSE("BADVERS", 16),
    RESPONSE("BADCOOKIE", 23), RESPONSE("other", COUNTERS_RCODES),
    BUCKET("0.00025", 0), BUCKET("0.0005", 1), BUCKET("0.001", 2),
    BUCKET("0.002", 3), BUCKET("0.004", 4), BUCKET("0.008", 5),
    BUCKET("0.016", 6), BUCKET("0.032", 7), BUCKET("0.064", 8),
    BUCKET("0.128", 9), BUCKET("0.256", 10), BUCKET("0.512", 11),
    BUCKET("1.024", 12), BUCKET("2.048", 13), BUCKET("4.096", 14),
    BUCKET("8.192", 15), BUCKET("+Inf", 16),
    METRIC("coredns_dns_request_duration_seconds_sum", DURATION,
           duration_seconds),
    METRIC("coredns_dns_request_duration_seconds_count", DURATION, answered),
    METRIC("coredns_frontend_dropped_total{cause=\"silent\"}", DROPPED,
           silent),
    METRIC("coredns_frontend_dropped_total{cause=\"oversized\"}", DROPPED,
           oversized),
    METRIC("coredns_frontend_dropped_total{cause=\"overflow\"}", DROPPED,
           overflow),
    METRIC("coredns_frontend_unsent_total",
           "Replies that the kernel did not take", unsent),
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

void
counters_reply(struct counters *self, unsigned rcode, int64_t took_us)
{
    uint64_t limits = (uint64_t) (took_us > 0 ? took_us - 1 : 0) / 250;
    unsigned bucket = limits == 0 ? 0
        : 64 - (unsigned) __builtin_clzll(limits);

    self->responses[rcode < COUNTERS_RCODES ? rcode : COUNTERS_RCODES]++;
    self->slower[bucket < COUNTERS_BUCKETS ? bucket : COUNTERS_BUCKETS]++;
    self->duration_us += (uint64_t) (took_us > 0 ? took_us : 0);
}

void
counters_refresh(struct counters *self)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i <= COUNTERS_BUCKETS; i++) {
        sum += self->slower[i];
        self->cumulated[i] = sum;
    }
    self->answered = sum;
    self->duration_seconds = self->duration_us / 1000000;
}
