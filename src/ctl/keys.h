/*
 * keys - the keys by which hosts know each other
 *
 * The folder of the setting `keys` holds certificates as czmq's zcert writes
 * them: HOST the public key of each host, HOST_secret the pair of this one.
 * Stages read copies in the run directory, which they can reach whoever they
 * run as.
 */

#ifndef CTL_KEYS_H
#define CTL_KEYS_H

#include "ctl/grammar.h"
#include "ctl/plan.h"

/*
 * Copies what this host's stages need into the run directory, and removes what
 * they do not.  Does nothing without other hosts, or when no keys are wanted.
 * -1 and a fault when one is missing or broken; then the copies may be of both
 * before and after.
 */
int
    keys_install(const struct plan *plan, struct core_fault *fault);

/* The verb keygen: makes the pairs of hosts that have none. */
int
    keygen_run(const struct request *request);

#endif
