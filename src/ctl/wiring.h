/*
 * wiring - which stage the keys next, sources and lookup name
 */

#ifndef CTL_WIRING_H
#define CTL_WIRING_H

#include "ctl/plan.h"

/*
 * Finds the wires of every stage of the plan and sorts the stages, tail first.
 * A name that is no stage, and a way that leads back to where it began, is a
 * fault.
 */
void
    wiring_find(struct plan *plan, const core_config_t *config,
                core_faults_t *faults);

#endif
