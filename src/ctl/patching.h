/*
 * patching - a plan changed by what was put on the wires by hand
 */

#ifndef CTL_PATCHING_H
#define CTL_PATCHING_H

#include "ctl/patches.h"
#include "ctl/plan.h"

/*
 * Changes the plan, which is wired already, by those patches whose stage is in
 * it, in their order.  The plan keeps a copy of them.
 */
void
    patching_do(struct plan *plan, const core_config_t *config,
                const struct patches *patches);

#endif
