/*
 * house - what the parts of the supervisor share
 *
 *   supervisor.c   its life: sockets, signals, loop, end
 *   startup.c      taking over what lives, starting the rest
 *   transition.c   from one plan to another, and back when that fails
 *   reload.c       the file read again
 *   watch.c        and when that is to be done without being told
 *   orders.c       verbs of the control endpoint
 *   patch_orders.c those that put programs on the wires by hand
 *   remote.c       what other hosts may ask
 *   mend.c         what was put there and has ended is taken out
 *   roll.c         how all processes are
 *   figures.c      what the supervisor tells of itself
 *   house.c        the processes, and the one job that is being done
 *
 * One job is done at a time: start, reload, restart or stop.  Whoever asked
 * for it, be it the `start` that waits, a control call or a signal, is
 * answered when it is over.
 */

#ifndef CTL_HOUSE_H
#define CTL_HOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/control.h"
#include "coredns/loop.h"
#include "coredns/setting.h"

#include "ctl/change.h"
#include "ctl/figures.h"
#include "ctl/mend.h"
#include "ctl/plan.h"
#include "ctl/process.h"
#include "ctl/rates.h"
#include "ctl/watch.h"

struct house;

struct job {
    const char *name;                   /* "reload"; NULL: nothing is done */
    core_call_t *call;                  /* who waits, or NULL */
    bool is_unasked;                    /* it is done again and again: the same
                                           failure is told once */
};

struct house {
    void *context;
    core_loop_t *loop;
    core_control_t *control;
    core_control_t *remote;             /* of other hosts; NULL: none */
    struct zap *zap;                    /* likewise, and NULL without keys */
    rates_t *rates;
    figures_t *figures;
    watch_t *watch;
    struct process_house rooms;         /* what all processes share */
    char *run_directory;
    char *config_path;                  /* what the user gave, absolute */
    bool has_own_directory;             /* it was not given by -r */
    bool is_verbose;
    bool is_foreground;
    core_config_t *config;              /* what `plan` was made from */
    struct plan *plan;                  /* what runs */
    core_config_t *spare_config;        /* of a transition that was left */
    struct plan *spare_plan;
    process_t **processes;
    size_t count;
    size_t capacity;
    int64_t started_ms;
    struct job job;
    char *notes;                        /* to be told when the reload is done */
    char *complaint;                    /* the last failure of one unasked */
    int report;                         /* the pipe to `start`, or -1 */
    change_t *change;                   /* of the job; NULL: none */
    struct transition *transition;      /* of the job; NULL: none */
    struct reload *reload;              /* the check that runs; NULL: none */
    mend_t *mend;
    struct patches tried_for;           /* what follows a trial that is good */
    bool is_stopping;
    int exit_code;
};

/* The process of that name, or NULL. */
process_t *
    house_find(const struct house *self, const char *name);

/* Adds a process, stopped. */
process_t *
    house_add(struct house *self, const struct plan_process *spec);

/* Takes it out and destroys it. */
void
    house_remove(struct house *self, process_t *process);

/* An empty change of the job, in the place of the one before. */
change_t *
    house_change(struct house *self, change_done *done);

/* Ends the change of the job. */
void
    house_change_over(struct house *self);

/*
 * Begins a job for whoever asked.  False when another one is not over yet;
 * then it has been answered.
 */
bool
    house_job_begin(struct house *self, const char *name, core_call_t *call);

/* Answers whoever asked, and ends the job.  text: lines; may be "". */
void
    house_job_end(struct house *self, int exit_code, const char *text);

/*
 * Lets the `start` that waits return.  It is not called when the supervisor
 * ends: then `start` returns when we are gone.
 */
void
    house_report_close(struct house *self);

/* The path of a file in the run directory; yours. */
char *
    house_path(const struct house *self, const char *name);

#endif
