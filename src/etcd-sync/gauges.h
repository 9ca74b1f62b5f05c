/*
 * gauges - what is told of the etcd that is followed
 */

#ifndef ETCD_SYNC_GAUGES_H
#define ETCD_SYNC_GAUGES_H

#include <stdint.h>

#include "coredns/stage.h"
#include "etcd-sync/session.h"

struct gauges {
    uint64_t keys, bad, leases, stale_seconds, revision;
    uint64_t too_wide, too_large, too_many_hosts;
    uint64_t stubs, stubs_left_out;
    uint64_t published, loads, watches, events, failures, logins, questions;
};

/* Brings all but stale_seconds up to date. */
void
    gauges_count(struct gauges *gauges, const session_t *session);

/* Makes them metrics; they are lent until the stage ends. */
void
    gauges_tell(const struct gauges *gauges, core_telemetry_t *telemetry);

#endif
