/*
 * metrics - what the stage counts
 *
 * The names of an upstream's metrics hold its address, so they are made when
 * the upstream is first seen; a histogram for an rcode when that rcode is.
 */

#include "forward/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rcode.h"

#define UPSTREAMS_MOST 1024             /* others are counted as one */

struct entry {
    struct metrics_upstream counts;     /* first: an entry is found by it */
    struct entry *next;
    char *to;
};

/* A name that was made, to be freed at the end. */
struct text {
    struct text *next;
    char bytes[];
};

struct metrics {
    core_telemetry_t *telemetry;        /* NULL: nothing is published yet */
    struct metrics_totals totals;
    struct entry *entries;
    unsigned count;
    struct text *texts;
};

metrics_t *
metrics_new(void)
{
    return core_allocate(sizeof (metrics_t));
}

void
metrics_destroy(metrics_t **self_p)
{
    metrics_t *self = *self_p;

    if (self == NULL)
        return;
    while (self->entries != NULL) {
        struct entry *next = self->entries->next;

        for (unsigned i = 0; i <= METRICS_RCODES; i++)
            free(self->entries->counts.durations[i]);
        free(self->entries->to);
        free(self->entries);
        self->entries = next;
    }
    while (self->texts != NULL) {
        struct text *next = self->texts->next;

        free(self->texts);
        self->texts = next;
    }
    free(self);
    *self_p = NULL;
}

struct metrics_totals *
metrics_totals(metrics_t *self)
{
    return &self->totals;
}

/* "NAME{proxy_name="forward",to="TO"REST}"; lives as long as self. */
static const char *
make_name(metrics_t *self, const char *name, const char *to, const char *rest)
{
    static const char format[] = "%s{proxy_name=\"forward\",to=\"%s\"%s}";
    int size = snprintf(NULL, 0, format, name, to, rest) + 1;
    struct text *text = core_allocate(sizeof *text + (size_t) size);

    snprintf(text->bytes, (size_t) size, format, name, to, rest);
    text->next = self->texts;
    self->texts = text;
    return text->bytes;
}

void
metrics_publish(metrics_t *self, core_telemetry_t *telemetry)
{
    struct metrics_totals *totals = &self->totals;
    const struct core_metric rows[] = {
        { CORE_COUNTER, "coredns_forward_max_concurrent_rejects_total",
          "Queries refused because too many were under way",
          &totals->max_concurrent_rejects },
        { CORE_COUNTER, "coredns_forward_healthcheck_broken_total",
          "Queries that found all upstreams down",
          &totals->healthcheck_broken },
        { CORE_COUNTER, "coredns_forward_loops_total",
          "Upstreams found to lead back to this server", &totals->loops },
        { CORE_COUNTER, "coredns_forward_shared_total",
          "Queries answered by the reply to another client's",
          &totals->shared },
        { CORE_COUNTER, "coredns_forward_repeated_total",
          "Queries that came again while they were under way",
          &totals->repeated },
        { CORE_COUNTER, "coredns_forward_retries_total",
          "Attempts after the first one of a query", &totals->retries },
        { CORE_COUNTER, "coredns_forward_strays_total",
          "Packets that were no reply to any query", &totals->strays },
        { CORE_COUNTER, "coredns_forward_over_tcp_total",
          "Queries that went on over TCP after a truncated or wrong reply",
          &totals->over_tcp },
        { CORE_COUNTER, "coredns_forward_failed_total",
          "Queries that no upstream answered", &totals->failed },
        { CORE_COUNTER, "coredns_forward_overflow_total",
          "Queries that found no room", &totals->overflow },
        { CORE_GAUGE, "coredns_forward_waiting", "Queries under way",
          &totals->waiting },
    };

    self->telemetry = telemetry;
    core_telemetry_add_all(telemetry, rows, sizeof rows / sizeof *rows);
}

static void
publish_entry(metrics_t *self, struct entry *entry, const char *protocol)
{
    char label[32];
    const struct {
        const char *name;
        const char *help;
        const char *protocol;
        const uint64_t *value;
    } table[] = {
        { "coredns_proxy_healthcheck_failures_total",
          "Probes that were not answered", NULL,
          &entry->counts.healthcheck_failures },
        { "coredns_proxy_conn_cache_hits_total",
          "Queries sent on a socket or connection that was open", "udp",
          &entry->counts.datagrams.reused },
        { "coredns_proxy_conn_cache_hits_total", "", protocol,
          &entry->counts.streams.reused },
        { "coredns_proxy_conn_cache_misses_total",
          "Queries that needed a socket or connection of their own", "udp",
          &entry->counts.datagrams.opened },
        { "coredns_proxy_conn_cache_misses_total", "", protocol,
          &entry->counts.streams.opened },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        label[0] = '\0';
        if (table[i].protocol != NULL)
            snprintf(label, sizeof label, ",proto=\"%s\"", table[i].protocol);
        core_telemetry_add(self->telemetry, CORE_COUNTER,
                           make_name(self, table[i].name, entry->to, label),
                           table[i].help, table[i].value);
    }
}

struct metrics_upstream *
metrics_upstream(metrics_t *self, const char *to, const char *stream_protocol)
{
    struct entry *entry;

    if (self->count >= UPSTREAMS_MOST)
        to = "other";
    for (entry = self->entries; entry != NULL; entry = entry->next)
        if (strcmp(entry->to, to) == 0)
            return &entry->counts;
    entry = core_allocate(sizeof *entry);
    entry->to = core_copy_text(to);
    entry->next = self->entries;
    self->entries = entry;
    self->count++;
    if (self->telemetry != NULL)
        publish_entry(self, entry, stream_protocol);
    return &entry->counts;
}

static struct core_histogram *
add_histogram(metrics_t *self, const struct entry *entry, unsigned rcode)
{
    struct core_histogram *histogram = core_allocate(sizeof *histogram);
    char label[32];

    snprintf(label, sizeof label, ",rcode=\"%s\"",
             rcode < METRICS_RCODES ? core_rcode_name(rcode) : "other");
    core_telemetry_add_histogram(self->telemetry,
                                 make_name(self,
                                           "coredns_proxy_request_duration_"
                                           "seconds", entry->to, label),
                                 "Time from query to reply of upstreams",
                                 histogram);
    return histogram;
}

void
metrics_reply(metrics_t *self, struct metrics_upstream *upstream,
              unsigned rcode, int64_t duration_us)
{
    const struct entry *entry = (const struct entry *) upstream;

    if (self->telemetry == NULL)
        return;
    if (rcode > METRICS_RCODES)
        rcode = METRICS_RCODES;
    if (upstream->durations[rcode] == NULL)
        upstream->durations[rcode] = add_histogram(self, entry, rcode);
    core_histogram_add(upstream->durations[rcode], duration_us);
}
