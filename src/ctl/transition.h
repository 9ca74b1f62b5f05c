/*
 * transition - from the plan that runs to another, and back when that fails
 *
 * Only what differs is touched: a process that is new is started, one that is
 * wired, addressed or run differently is started anew, one whose queries go
 * elsewhere is led there, one with other settings reads them, one that is no
 * longer wanted is stopped, and all others notice nothing.  When any of this
 * fails everything done is undone.
 */

#ifndef CTL_TRANSITION_H
#define CTL_TRANSITION_H

#include "ctl/house.h"

enum transition_cause {
    TRANSITION_START,                   /* every process must become ready */
    TRANSITION_RELOAD,                  /* feeds read their data again */
    TRANSITION_PATCH,                   /* only programs and wires differ */
};

/* Called at the end: outcome is CHANGE_FAILED when all is as it was before.
   text: lines; lent for the call. */
typedef void transition_done(struct house *house, enum change_outcome outcome,
                             int exit_code, const char *text);

/*
 * Begins.  config and plan are taken: at the end they are the house's, or are
 * destroyed when it failed.  copy_path is the checked copy of the
 * configuration, which takes its place in the run directory; NULL: it is the
 * one that is there already.  Returns -1 and a
 * fault when a socket cannot be opened: then nothing has happened, and done is
 * not called.
 */
int
    transition_begin(struct house *house, enum transition_cause cause,
                     core_config_t *config, struct plan *plan,
                     const char *copy_path, transition_done *done,
                     struct core_fault *fault);

/*
 * Forgets the transition, because all is to be stopped.  Processes may run by
 * either plan, so the house keeps both.
 */
void
    transition_abandon(struct house *house);

#endif
