/*
 * census - reads from the configuration which processes there are
 */

#ifndef HEALTH_CENSUS_H
#define HEALTH_CENSUS_H

#include <stdint.h>

#include "coredns/fault.h"
#include "health/roster.h"

struct census_source {
    const char *path;                   /* of the configuration; lent */
    const char *host;                   /* whose stages are meant; NULL: there
                                           is but one */
};

/*
 * Puts every process of the stages in the file on the roster:
 * "cache", or "cache.0", "cache.1"... of a stage with several instances.
 * Returns -1 and the first fault when the file cannot be read; then the roster
 * is as it was.
 */
int
    census_take(roster_t *roster, const struct census_source *source,
                int64_t now_ms, struct core_fault *fault);

#endif
