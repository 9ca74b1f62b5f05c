/*
 * parts - what the parts of the supervisor call of each other; see house.h
 */

#ifndef CTL_PARTS_H
#define CTL_PARTS_H

#include "ctl/house.h"
#include "ctl/transition.h"

/* ---- startup.c ----------------------------------------------------------- */

/*
 * Takes over the stages that live, and brings all to what plan says.  The job
 * has begun.  config and plan are taken.
 */
void
    startup_begin(struct house *self, core_config_t *config,
                  struct plan *plan);

/* ---- reload.c ------------------------------------------------------------ */

/* Checks the file and, when it is good, changes over to it.  call may be
   NULL. */
void
    reload_begin(struct house *self, core_call_t *call);

/*
 * Checks the file and changes over to it when it is good and says anything
 * else than what runs.  False when another job is not over yet.
 */
bool
    reload_if_changed(struct house *house);

/* The process of the check that runs, or 0. */
pid_t
    reload_pid(const struct house *self);

/* Ends a check that runs. */
void
    reload_abandon(struct house *self);

/* ---- orders.c ------------------------------------------------------------ */

extern const struct core_verb order_table[];

/* Says that there is no such stage, and which may have been meant. */
void
    orders_say_unknown(const struct house *self, core_call_t *call,
                       const char *name);

/* ---- patch_orders.c ------------------------------------------------------ */

int
    patch_orders_swap(void *owner, core_call_t *call);
int
    patch_orders_swap_back(void *owner, core_call_t *call);
int
    patch_orders_insert(void *owner, core_call_t *call);
int
    patch_orders_remove(void *owner, core_call_t *call);

/* Changes over to a plan with those patches.  The job has begun; -1 and a fault
   when nothing has happened, else done is called. */
int
    patch_orders_begin(struct house *self, const struct patches *patches,
                       transition_done *done, struct core_fault *fault);

/* ---- remote.c ------------------------------------------------------------ */

/* Takes questions of other hosts, if there are any. */
int
    remote_open(struct house *self, const struct plan *plan,
                struct core_fault *fault);
void
    remote_close(struct house *self);

/* ---- roll.c -------------------------------------------------------------- */

/* Asks all processes how they are and answers the call with JSON. */
void
    roll_call(struct house *self, core_call_t *call);

/* ---- supervisor.c -------------------------------------------------------- */

/* Drains and stops all, then ends.  call may be NULL. */
void
    supervisor_stop(struct house *self, core_call_t *call);

/* Ends at once with that exit code; what lives goes on. */
void
    supervisor_leave(struct house *self, int exit_code);

#endif
