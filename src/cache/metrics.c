/*
 * metrics - the counters of the cache, under the names that dashboards know
 */

#include "cache/state.h"

#include "coredns/telemetry.h"

void
cache_metrics_refresh(void *owner)
{
    struct cache *self = owner;
    struct cache_counters *counters = &self->counters;

    for (int i = 0; i < ANSWERS_PARTS; i++) {
        const struct store_counters *store =
            answers_counters(self->answers, (enum answers_part) i);

        counters->entries[i] = store->entries;
        counters->octets[i] = store->octets;
        counters->evictions[i] = store->evictions;
    }
    counters->pending = pending_flights(self->pending);
}

/* One family with a value for each part. */
static void
add_parts(core_telemetry_t *telemetry, enum core_metric_type type,
          const char *const names[ANSWERS_PARTS], const char *help,
          const uint64_t values[ANSWERS_PARTS])
{
    for (int i = 0; i < ANSWERS_PARTS; i++)
        core_telemetry_add(telemetry, type, names[i], help, &values[i]);
}

#define PARTS(name) \
    { name "{type=\"success\"}", name "{type=\"denial\"}" }

static const char *const entries[] = PARTS("coredns_cache_entries");
static const char *const octets[] = PARTS("coredns_cache_bytes");
static const char *const hits[] = PARTS("coredns_cache_hits_total");
static const char *const evictions[] = PARTS("coredns_cache_evictions_total");

void
cache_metrics_add(struct cache *self)
{
    core_telemetry_t *telemetry = core_life_telemetry(self->life);
    const struct cache_counters *counters = &self->counters;
    const struct core_metric rows[] = {
        { CORE_COUNTER, "coredns_cache_misses_total",
          "Queries that had to be asked", &counters->misses },
        { CORE_COUNTER, "coredns_cache_requests_total",
          "Queries that were looked up", &counters->requests },
        { CORE_COUNTER, "coredns_cache_prefetch_total",
          "Answers that were renewed before their end",
          &counters->prefetches },
        { CORE_COUNTER, "coredns_cache_drops_total",
          "Replies to no question in flight, passed on but not kept",
          &counters->drops },
        { CORE_COUNTER, "coredns_cache_served_stale_total",
          "Queries that were answered with a stale answer",
          &counters->served_stale },
        { CORE_COUNTER, "coredns_cache_waited_total",
          "Queries that waited for the reply to another one",
          &counters->waited },
        { CORE_COUNTER, "coredns_cache_taken_over_total",
          "Waiting queries that were sent down for want of a reply",
          &counters->taken_over },
        { CORE_GAUGE, "coredns_cache_pending",
          "Questions whose reply has not come", &counters->pending },
    };

    add_parts(telemetry, CORE_GAUGE, entries, "Answers that are kept",
              counters->entries);
    add_parts(telemetry, CORE_GAUGE, octets, "Octets that they take",
              counters->octets);
    add_parts(telemetry, CORE_COUNTER, hits, "Queries that were answered",
              counters->hits);
    add_parts(telemetry, CORE_COUNTER, evictions,
              "Answers that had to leave while they were good",
              counters->evictions);
    core_telemetry_add_all(telemetry, rows, sizeof rows / sizeof *rows);
    core_telemetry_refresher(telemetry, cache_metrics_refresh, self);
}
