/*
 * counters - what the frontend counts
 */

#include "frontend/counters.h"

#include <stddef.h>

#include "coredns/rrtype.h"

struct metric {
    const char *name;
    const char *help;
    size_t offset;
};

#define METRIC(name, help, field) \
    { name, help, offsetof(struct counters, field) }

#define REQUESTS "Queries by transport and type; family 1 is IPv4, 2 is IPv6"
#define RESPONSES "Replies by rcode"
#define DROPPED "Queries that were dropped, by cause"
#define CONNECTIONS "Connections that ended otherwise than by the client"

#define REQUEST(proto, family, type, place) \
    METRIC("coredns_dns_requests_total{proto=\"" proto "\",family=\"" family \
           "\",type=\"" type "\"}", REQUESTS, place)
#define REQUESTS_OF(type, index) \
    REQUEST("udp", "1", type, requests[COUNTERS_UDP][0][index]), \
    REQUEST("udp", "2", type, requests[COUNTERS_UDP][1][index]), \
    REQUEST("tcp", "1", type, requests[COUNTERS_TCP][0][index]), \
    REQUEST("tcp", "2", type, requests[COUNTERS_TCP][1][index])

#define RESPONSE(name, code) \
    METRIC("coredns_dns_responses_total{rcode=\"" name "\"}", RESPONSES, \
           responses[code])

/* Those that CoreDNS names; 0 stands for all others. */
static const uint8_t type_indexes[] = {
    [CORE_A] = 1, [CORE_AAAA] = 2, [CORE_CNAME] = 3, [CORE_SOA] = 4,
    [CORE_MX] = 5, [CORE_NS] = 6, [CORE_PTR] = 7, [CORE_SRV] = 8,
    [CORE_TXT] = 9, [CORE_DS] = 10, [CORE_DNSKEY] = 11, [CORE_RRSIG] = 12,
    [CORE_NSEC] = 13, [CORE_NSEC3] = 14, [CORE_HTTPS] = 15, [CORE_SVCB] = 16,
    [CORE_IXFR] = 17, [CORE_AXFR] = 18, [CORE_ANY] = 19,
};

static const struct metric counter_table[] = {
    METRIC("coredns_queries_total", "Queries of all clients", queries),
    REQUESTS_OF("other", 0), REQUESTS_OF("A", 1), REQUESTS_OF("AAAA", 2),
    REQUESTS_OF("CNAME", 3), REQUESTS_OF("SOA", 4), REQUESTS_OF("MX", 5),
    REQUESTS_OF("NS", 6), REQUESTS_OF("PTR", 7), REQUESTS_OF("SRV", 8),
    REQUESTS_OF("TXT", 9), REQUESTS_OF("DS", 10), REQUESTS_OF("DNSKEY", 11),
    REQUESTS_OF("RRSIG", 12), REQUESTS_OF("NSEC", 13),
    REQUESTS_OF("NSEC3", 14), REQUESTS_OF("HTTPS", 15),
    REQUESTS_OF("SVCB", 16), REQUESTS_OF("IXFR", 17), REQUESTS_OF("AXFR", 18),
    REQUESTS_OF("ANY", 19),
    METRIC("coredns_frontend_lookups_total", "Look-ups of other stages",
           internal_requests),
    METRIC("coredns_dns_do_requests_total", "Queries with the DO bit",
           dnssec_ok),
    RESPONSE("NOERROR", 0), RESPONSE("FORMERR", 1), RESPONSE("SERVFAIL", 2),
    RESPONSE("NXDOMAIN", 3), RESPONSE("NOTIMP", 4), RESPONSE("REFUSED", 5),
    RESPONSE("YXDOMAIN", 6), RESPONSE("YXRRSET", 7), RESPONSE("NXRRSET", 8),
    RESPONSE("NOTAUTH", 9), RESPONSE("NOTZONE", 10), RESPONSE("BADVERS", 16),
    RESPONSE("BADCOOKIE", 23), RESPONSE("other", COUNTERS_RCODES),
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

static void
add_histograms(const struct counters *self, core_telemetry_t *telemetry)
{
    core_telemetry_add_histogram(telemetry,
                                 "coredns_dns_request_duration_seconds",
                                 "Time from query to reply", &self->duration);
    core_telemetry_add_sizes(telemetry,
                             "coredns_dns_request_size_bytes{proto=\"udp\"}",
                             "Sizes of queries",
                             &self->request_sizes[COUNTERS_UDP]);
    core_telemetry_add_sizes(telemetry,
                             "coredns_dns_request_size_bytes{proto=\"tcp\"}",
                             "Sizes of queries",
                             &self->request_sizes[COUNTERS_TCP]);
    core_telemetry_add_sizes(telemetry,
                             "coredns_dns_response_size_bytes{proto=\"udp\"}",
                             "Sizes of replies",
                             &self->response_sizes[COUNTERS_UDP]);
    core_telemetry_add_sizes(telemetry,
                             "coredns_dns_response_size_bytes{proto=\"tcp\"}",
                             "Sizes of replies",
                             &self->response_sizes[COUNTERS_TCP]);
}

void
counters_register(struct counters *self, core_telemetry_t *telemetry)
{
    add_table(self, telemetry, CORE_COUNTER, counter_table,
              sizeof counter_table / sizeof counter_table[0]);
    add_table(self, telemetry, CORE_GAUGE, gauge_table,
              sizeof gauge_table / sizeof gauge_table[0]);
    add_histograms(self, telemetry);
}

void
counters_request(struct counters *self, enum counters_proto proto, bool is_v6,
                 uint16_t qtype, size_t size)
{
    unsigned type = qtype < sizeof type_indexes ? type_indexes[qtype] : 0;

    self->queries++;
    self->requests[proto][is_v6][type]++;
    core_sizes_add(&self->request_sizes[proto], size);
}

void
counters_reply(struct counters *self, enum counters_proto proto,
               unsigned rcode, size_t size, int64_t took_us)
{
    self->responses[rcode < COUNTERS_RCODES ? rcode : COUNTERS_RCODES]++;
    core_sizes_add(&self->response_sizes[proto], size);
    core_histogram_add(&self->duration, took_us);
}
