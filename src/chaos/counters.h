/*
 * counters - what has happened, for the telemetry
 */

#ifndef CHAOS_COUNTERS_H
#define CHAOS_COUNTERS_H

#include <stdint.h>

#include "chaos/effect.h"
#include "coredns/telemetry.h"

struct counters {
    uint64_t queries[EFFECT_KINDS];     /* that an effect befell */
    uint64_t replies[EFFECT_KINDS];
    uint64_t overflow, repeated, waiting;
};

/* Makes the telemetry tell them; they must stay as long as it. */
void
    counters_tell(const struct counters *self, core_telemetry_t *telemetry);

#endif
