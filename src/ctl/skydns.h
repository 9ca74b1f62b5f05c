/*
 * skydns - import --skydns: SkyDNS's options as a configuration of ours
 */

#ifndef CTL_SKYDNS_H
#define CTL_SKYDNS_H

#include <stdio.h>

#include "coredns/fault.h"

#include "ctl/grammar.h"
#include "ctl/skydns_options.h"

/*
 * Adds a fault for each option that cannot be carried over, and a notice for
 * each that has no effect.
 */
void
    skydns_check(const skydns_options_t *options, core_faults_t *faults,
                 core_faults_t *notices);

/* Adds a fault for each that is no address, with its port. */
void
    skydns_check_addresses(const skydns_options_t *options,
                           core_faults_t *faults);

/* Writes the configuration. */
void
    skydns_write(const skydns_options_t *options, FILE *file);

int
    skydns_run(const struct request *request);

#endif
