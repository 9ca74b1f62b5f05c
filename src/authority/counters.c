/*
 * counters - what an authority counts
 */

#include "authority/counters.h"

#include "coredns/message.h"

/* By rcode; those without a name never occur. */
static const char *const reply_names[COUNTERS_RCODES] = {
    [CORE_NOERROR] = "coredns_authority_replies_total{rcode=\"NOERROR\"}",
    [CORE_SERVFAIL] = "coredns_authority_replies_total{rcode=\"SERVFAIL\"}",
    [CORE_NXDOMAIN] = "coredns_authority_replies_total{rcode=\"NXDOMAIN\"}",
    [CORE_YXDOMAIN] = "coredns_authority_replies_total{rcode=\"YXDOMAIN\"}",
};

void
counters_add(struct counters *self, core_telemetry_t *telemetry)
{
    const struct core_metric rows[] = {
        { CORE_COUNTER, "coredns_authority_referrals_total",
          "Replies that name the servers of a child zone.", &self->referrals },
        { CORE_COUNTER, "coredns_authority_nodata_total",
          "Replies for names without the type asked.", &self->no_data },
        { CORE_COUNTER, "coredns_authority_labels_exceeded_total",
          "Questions whose labels stand for too much.", &self->too_many },
        { CORE_COUNTER, "coredns_authority_lookups_total",
          "Targets of aliases outside all zones looked up.", &self->lookups },
        { CORE_COUNTER, "coredns_authority_lookups_failed_total",
          "Such look-ups without a reply in time.", &self->lookups_failed },
        { CORE_GAUGE, "coredns_authority_zones", "Zones served.",
          &self->zones },
        { CORE_GAUGE, "coredns_authority_names",
          "Names with records in all zones.", &self->names },
        { CORE_GAUGE, "coredns_authority_memory_bytes", "Memory of all zones.",
          &self->octets },
        { CORE_COUNTER, "coredns_authority_transactions_total",
          "Transactions of the sources that took effect.",
          &self->feed.transactions },
        { CORE_COUNTER, "coredns_authority_changes_total",
          "Changes in these transactions.", &self->feed.changes },
        { CORE_COUNTER, "coredns_authority_abandoned_total",
          "Transactions that were not completed.", &self->feed.abandoned },
    };

    for (unsigned i = 0; i < COUNTERS_RCODES; i++)
        if (reply_names[i] != NULL)
            core_telemetry_add(telemetry, CORE_COUNTER, reply_names[i],
                               "Replies from the zones.", &self->replies[i]);
    core_telemetry_add_all(telemetry, rows, sizeof rows / sizeof *rows);
}

void
counters_add_transfers(struct transfer_counters *self,
                       core_telemetry_t *telemetry)
{
    const struct core_metric rows[] = {
        { CORE_COUNTER, "coredns_authority_transfers_total{result=\"done\"}",
          "Zone transfers.", &self->done },
        { CORE_COUNTER,
          "coredns_authority_transfers_total{result=\"refused\"}",
          "Zone transfers.", &self->refused },
        { CORE_COUNTER, "coredns_authority_transfers_total{result=\"failed\"}",
          "Zone transfers.", &self->failed },
        { CORE_GAUGE, "coredns_authority_transfers_running",
          "Zone transfers that go on.", &self->running },
    };

    core_telemetry_add_all(telemetry, rows, sizeof rows / sizeof *rows);
}

void
counters_count(struct counters *self, const struct answer *answer)
{
    if (answer->rcode < COUNTERS_RCODES)
        self->replies[answer->rcode]++;
    if (answer->ending == ENDING_CUT)
        self->referrals++;
    if (answer->ending == ENDING_NO_TYPE)
        self->no_data++;
    if (answer->ending == ENDING_TOO_MANY)
        self->too_many++;
}

static void
add_zone(void *owner, const struct zone *zone)
{
    struct counters *self = owner;

    self->names += zone_names(zone);
    self->octets += slab_octets(zone->slab);
}

void
counters_refresh(struct counters *self, const zones_t *zones)
{
    self->zones = zones_count(zones);
    self->names = 0;
    self->octets = 0;
    zones_walk(zones, add_zone, self);
}
