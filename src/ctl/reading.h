/*
 * reading - what a plan takes from the configuration
 */

#ifndef CTL_READING_H
#define CTL_READING_H

#include "ctl/plan.h"

/*
 * Fills in the folders, the user and the stages of an empty plan, without
 * their wires.  All that is wrong is added to faults.
 */
void
    reading_do(struct plan *plan, core_config_t *config,
               const struct plan_options *options, core_faults_t *faults);

#endif
