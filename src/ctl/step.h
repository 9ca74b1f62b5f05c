/*
 * step - one thing to be done to a process, and what it has to wait for
 */

#ifndef CTL_STEP_H
#define CTL_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/process.h"

enum step_kind {
    STEP_START, STEP_RESTART, STEP_LEAD, STEP_RELOAD, STEP_STOP
};

enum step_state { STEP_WAITING, STEP_RUNNING, STEP_DONE, STEP_FAILED };

struct change;

struct step {
    struct change *change;              /* NULL: the change is gone */
    enum step_kind kind;
    enum step_state state;
    process_t *process;
    int64_t begun_ms;
    bool was_killed;
    bool is_asking;                     /* the process will answer yet */
    bool is_restarted;                  /* because it cannot be led */
};

/* True when it is over, for good or ill. */
bool
    step_is_settled(const struct step *self);

/* True when its stage has no wires: it only watches the others. */
bool
    step_is_observer(const struct step *self);

/*
 * True when none of the steps beside it has to come first.  Steps of another
 * kind are not looked at.
 */
bool
    step_may_begin(const struct step *self, struct step *const *steps,
                   size_t count, int64_t now_ms);

#endif
