/*
 * change - bringing processes from one state to another, in the right order
 *
 * A change is a set of steps.  They are taken in five rounds, each when the
 * one before it is over:
 *
 *   start     what others send to before those who send; what is independent
 *             at the same time
 *   restart   one after the other, in the order they were added
 *   lead      all at once, by control: queries go elsewhere; one that does
 *             not know the word is started anew
 *   reload    all at once, by control
 *   stop      those who only watch before all others, then those who send
 *             before what they send to
 *
 * A step of start or restart is done when the process says that it is ready.
 * The change knows processes and their wires; it has no idea what it is for.
 */

#ifndef CTL_CHANGE_H
#define CTL_CHANGE_H

#include "coredns/loop.h"

#include "ctl/process.h"
#include "ctl/step.h"

enum change_outcome {
    CHANGE_DONE,
    CHANGE_FAILED,                      /* a step failed; the steps that had
                                           not begun were not taken */
    CHANGE_LATE,                        /* some are not ready in time; they
                                           may still become so */
};

typedef struct change change_t;

/* Called once, at the end, from the loop; the owner destroys the change. */
typedef void change_done(void *owner, change_t *change,
                         enum change_outcome outcome);

/* context is ZeroMQ's; it and run_directory are lent. */
change_t *
    change_new(void *context, core_loop_t *loop, const char *run_directory,
               change_done *done, void *owner);

/* Also while it runs: what was begun goes on, nobody is called. */
void
    change_destroy(change_t **self_p);

void
    change_add(change_t *self, enum step_kind kind, process_t *process);

/* How long starts and restarts may take, each round; 30 s when not set. */
void
    change_limit(change_t *self, int64_t limit_ms);

/* Takes the first steps. */
void
    change_begin(change_t *self);

/* The state of that process has changed. */
void
    change_note(change_t *self, process_t *process);

/* What became of a step; STEP_WAITING also without one. */
enum step_state
    change_step_state(const change_t *self, enum step_kind kind,
                      const process_t *process);

/* Lines, each with its '\n', about what went wrong; lent. */
const char *
    change_text(const change_t *self);

/* The exit code that tells it best, of a change that failed. */
int
    change_exit_code(const change_t *self);

#endif
