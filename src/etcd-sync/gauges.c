/*
 * gauges - what is told of the etcd that is followed
 */

#include "etcd-sync/gauges.h"

#define INCOMPLETE "coredns_etcd_sync_names_incomplete"

void
gauges_count(struct gauges *gauges, const session_t *session)
{
    struct catalogue_counters counters;
    const follower_t *follower = session_follower(session);
    const struct follower_counters *followed;

    catalogue_count(session_catalogue(session), &counters);
    gauges->keys = counters.keys;
    gauges->bad = counters.bad;
    gauges->leases = counters.leases;
    gauges->published = counters.published;
    gauges->too_wide = counters.too_wide;
    gauges->too_large = counters.too_large;
    gauges->too_many_hosts = counters.too_many_hosts;
    gauges->stubs = counters.stubs;
    gauges->stubs_left_out = counters.stubs_left_out;
    if (follower == NULL)
        return;
    followed = follower_counters(follower);
    gauges->revision = (uint64_t) follower_revision(follower);
    gauges->loads = followed->loads;
    gauges->watches = followed->watches;
    gauges->events = followed->events;
    gauges->failures = followed->failures;
    gauges->logins = followed->logins;
    gauges->questions = followed->lease_questions;
}

void
gauges_tell(const struct gauges *gauges, core_telemetry_t *telemetry)
{
    const struct core_metric rows[] = {
        { CORE_GAUGE, "coredns_etcd_sync_keys",
          "Keys with a value that is served.", &gauges->keys },
        { CORE_GAUGE, "coredns_etcd_sync_keys_bad",
          "Keys whose value is left out as a bad one.", &gauges->bad },
        { CORE_GAUGE, "coredns_etcd_sync_leases",
          "Leases that keys hang on.", &gauges->leases },
        { CORE_GAUGE, INCOMPLETE "{cause=\"services\"}",
          "Names that have not all the records of their services.",
          &gauges->too_wide },
        { CORE_GAUGE, INCOMPLETE "{cause=\"size\"}",
          "Names that have not all the records of their services.",
          &gauges->too_large },
        { CORE_GAUGE, INCOMPLETE "{cause=\"hosts\"}",
          "Names that have not all the records of their services.",
          &gauges->too_many_hosts },
        { CORE_GAUGE, "coredns_etcd_sync_stubs",
          "Zones whose servers are listed.", &gauges->stubs },
        { CORE_GAUGE, "coredns_etcd_sync_stubs_left_out",
          "Services that are listed and no such servers.",
          &gauges->stubs_left_out },
        { CORE_GAUGE, "coredns_etcd_sync_stale_seconds",
          "How long etcd has been away.", &gauges->stale_seconds },
        { CORE_GAUGE, "coredns_etcd_sync_revision",
          "Revision up to which all is known.", &gauges->revision },
        { CORE_COUNTER, "coredns_etcd_sync_published_total",
          "Names published because their records changed.",
          &gauges->published },
        { CORE_COUNTER, "coredns_etcd_sync_loads_total",
          "Times that all keys were read.", &gauges->loads },
        { CORE_COUNTER, "coredns_etcd_sync_watches_total",
          "Watches begun.", &gauges->watches },
        { CORE_COUNTER, "coredns_etcd_sync_events_total",
          "Changes of keys that came by a watch.", &gauges->events },
        { CORE_COUNTER, "coredns_etcd_sync_failures_total",
          "Connections and requests that failed.", &gauges->failures },
        { CORE_COUNTER, "coredns_etcd_sync_logins_total",
          "Tokens asked for.", &gauges->logins },
        { CORE_COUNTER, "coredns_etcd_sync_lease_questions_total",
          "Questions how long a lease lasts.", &gauges->questions },
    };

    core_telemetry_add_all(telemetry, rows, sizeof rows / sizeof *rows);
}
