/*
 * process - one supervised process: started, watched, started again
 *
 *   stopped --start--> starting --"ready"--> ready
 *   starting, ready --dies--> waiting --delay--> starting
 *   starting, ready --dies with 64 or 78, or may not run--> failed
 *   starting, ready --stop--> draining --ends--> stopped
 *   starting, ready --restart--> draining --ends--> starting
 *
 * A process that ends with 0 although nobody asked was told so by somebody
 * else: it is left stopped.  The first start after a death is immediate; from
 * there on the delay doubles, until the process has lived for a calm while.
 */

#ifndef CTL_PROCESS_H
#define CTL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "coredns/handover.h"
#include "coredns/loop.h"

#include "ctl/plan.h"

#define PROCESS_REASON_SIZE 512

enum process_state {
    PROCESS_STOPPED, PROCESS_STARTING, PROCESS_READY, PROCESS_DRAINING,
    PROCESS_WAITING, PROCESS_FAILED,
};

typedef struct process process_t;

/* What all processes of a supervisor share; lent, and lives as long. */
struct process_house {
    core_loop_t *loop;
    const char *run_directory;
    int log_folder;                     /* their output goes to NAME.log there;
                                           -1: where ours goes */
    uint64_t *panics;                   /* ended by a fault of their own */
    void (*changed)(void *owner, process_t *process);   /* its state */
    void *owner;
};

/* A process that is stopped.  spec must live as long, or until the next
   process_plan(). */
process_t *
    process_new(const struct process_house *house,
                const struct plan_process *spec);

/* Forgets the process; what runs goes on running. */
void
    process_destroy(process_t **self_p);

/* Says how it is to be started from the next time on. */
void
    process_plan(process_t *self, const struct plan_process *spec);

const struct plan_process *
    process_spec(const process_t *self);

const char *
    process_name(const process_t *self);

/* The descriptors it is started with; the caller fills them in.  They are
   closed with the process. */
struct core_handover *
    process_descriptors(process_t *self);

/* Starts it, unless it runs or is about to. */
void
    process_start(process_t *self);

/* Watches a process of that id that runs already.  False when it is gone. */
bool
    process_adopt(process_t *self, pid_t pid);

/* True when what runs was adopted and not started by us. */
bool
    process_is_adopted(const process_t *self);

/* An adopted process has been asked, and says that it is ready. */
void
    process_note_ready(process_t *self);

/* Another process goes on with its descriptors. */
void
    process_note_heir(process_t *self);

/* Tells it to drain and end; it is stopped then.  Its descriptors are closed
   on our side. */
void
    process_stop(process_t *self);

/* Tells it to drain and end, and starts it again; or just starts it. */
void
    process_restart(process_t *self);

/* Ends it at once; what follows is what its end would have been followed by. */
void
    process_kill(process_t *self);

enum process_state
    process_state(const process_t *self);

const char *
    process_state_word(enum process_state state);

/* True when there is a process. */
bool
    process_is_alive(const process_t *self);

pid_t
    process_pid(const process_t *self);

/* Why it is in that state, one line; "" when there is nothing to say. */
const char *
    process_reason(const process_t *self);

/* How it ended when nobody had asked for it, the last time; "": never. */
const char *
    process_last_end(const process_t *self);

/* The exit code of its last end; -1: none yet, or a signal. */
int
    process_exit_code(const process_t *self);

unsigned
    process_restarts(const process_t *self);

/* When it was started, as core_loop_now_ms(). */
int64_t
    process_started_ms(const process_t *self);

#endif
