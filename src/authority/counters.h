/*
 * counters - what an authority counts
 */

#ifndef AUTHORITY_COUNTERS_H
#define AUTHORITY_COUNTERS_H

#include <stdint.h>

#include "authority/answer.h"
#include "authority/subscription.h"
#include "authority/transfers.h"
#include "coredns/telemetry.h"

#define COUNTERS_RCODES 11              /* as many as our replies have */

struct counters {
    uint64_t replies[COUNTERS_RCODES];
    uint64_t referrals;
    uint64_t no_data;
    uint64_t too_many;
    uint64_t lookups;
    uint64_t lookups_failed;
    uint64_t zones;                     /* gauges, filled in when they are */
    uint64_t names;                     /* read */
    uint64_t octets;
    struct subscription_counters feed;
};

/* Publishes them all; they must outlive the telemetry. */
void
    counters_add(struct counters *self, core_telemetry_t *telemetry);

void
    counters_add_transfers(struct transfer_counters *self,
                           core_telemetry_t *telemetry);

/* Counts a reply that was made. */
void
    counters_count(struct counters *self, const struct answer *answer);

/* Fills in the gauges. */
void
    counters_refresh(struct counters *self, const zones_t *zones);

#endif
