/*
 * supervisor - the process that starts the stages and watches over them
 *
 * It forks, so its ZeroMQ context exists for control and telemetry only, and a
 * child does nothing with it but execute another program.  It has no PID file:
 * the lock in the run directory says who it is.
 */

#include "ctl/supervisor.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zmq.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/directory.h"
#include "ctl/listener.h"
#include "ctl/notify.h"
#include "ctl/output.h"
#include "ctl/parts.h"
#include "ctl/transition.h"

#define OWN_NAME "corednsctl"
#define LOG_SIZE (16 * 1024 * 1024)
#define TRIM_MS 1000
#define LAST_WORD_MS 20                 /* for a reply to leave the process */

/* ---- the end ------------------------------------------------------------- */

static void
stop_loop(void *owner)
{
    struct house *self = owner;

    core_loop_stop(self->loop);
}

void
supervisor_leave(struct house *self, int exit_code)
{
    self->exit_code = exit_code;
    core_loop_timer(self->loop, LAST_WORD_MS, 0, stop_loop, self);
}

static void
take_stopped(void *owner, change_t *change, enum change_outcome outcome)
{
    struct house *self = owner;

    (void) outcome;
    house_job_end(self, CORE_EXIT_DONE, change_text(change));
    house_change_over(self);
    supervisor_leave(self, CORE_EXIT_DONE);
}

void
supervisor_stop(struct house *self, core_call_t *call)
{
    if (self->is_stopping) {
        house_job_begin(self, "stop", call);    /* says that it is busy */
        return;
    }
    self->is_stopping = true;
    notify_send("STOPPING=1");
    reload_abandon(self);
    transition_abandon(self);
    house_change_over(self);
    if (self->job.name != NULL)
        house_job_end(self, CORE_EXIT_FAILED, "interrupted by stop\n");
    house_job_begin(self, "stop", call);

    change_t *change = house_change(self, take_stopped);

    for (size_t i = 0; i < self->count; i++)
        change_add(change, STEP_STOP, self->processes[i]);
    change_begin(change);
}

/* ---- events -------------------------------------------------------------- */

static void
take_change(void *owner, process_t *process)
{
    struct house *self = owner;

    core_log(CORE_LOG_DEBUG, "%s: %s", process_name(process),
             process_state_word(process_state(process)));
    if (self->change != NULL)
        change_note(self->change, process);
    mend_look(self->mend);
}

static void
take_stop_signal(void *owner)
{
    struct house *self = owner;

    if (!self->is_stopping)
        supervisor_stop(self, NULL);
}

static void
take_reload_signal(void *owner)
{
    reload_begin(owner, NULL);
}

static bool
is_own(const struct house *self, pid_t pid)
{
    for (size_t i = 0; i < self->count; i++)
        if (process_pid(self->processes[i]) == pid)
            return true;
    return self->reload != NULL && reload_pid(self) == pid;
}

/* As process 1 of a container we are the parent of all orphans in it. */
static void
reap_strangers(void *owner)
{
    struct house *self = owner;
    siginfo_t found;

    for (;;) {
        found.si_pid = 0;
        if (waitid(P_ALL, 0, &found, WEXITED | WNOHANG | WNOWAIT) == -1
            || found.si_pid == 0 || is_own(self, found.si_pid))
            return;
        waitpid(found.si_pid, NULL, 0);
    }
}

/* Logs of queries grow fast. */
static void
trim_logs(void *owner)
{
    struct house *self = owner;

    for (size_t i = 0; i < self->count; i++)
        output_trim(self->rooms.log_folder, process_name(self->processes[i]));
}

static void
watch_signals(struct house *self)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    core_loop_signal(self->loop, SIGTERM, take_stop_signal, self);
    core_loop_signal(self->loop, SIGINT, take_stop_signal, self);
    core_loop_signal(self->loop, SIGQUIT, take_stop_signal, self);
    core_loop_signal(self->loop, SIGHUP, take_reload_signal, self);
    core_loop_signal(self->loop, SIGUSR1, take_reload_signal, self);
    if (getpid() == 1)
        core_loop_signal(self->loop, SIGCHLD, reap_strangers, self);
}

/* ---- life ---------------------------------------------------------------- */

static int
open_control(struct house *self, struct core_fault *fault)
{
    char endpoint[PLAN_ENDPOINT_SIZE];

    plan_endpoint(self->run_directory, OWN_NAME, "control", endpoint);
    self->control = core_control_new(self->context, self->loop, endpoint,
                                     fault);
    if (self->control == NULL)
        return -1;
    core_control_verbs(self->control, order_table, self);
    return 0;
}

static int
open_telemetry(struct house *self, struct core_fault *fault)
{
    char endpoint[PLAN_ENDPOINT_SIZE];

    plan_endpoint(self->run_directory, OWN_NAME, "telemetry", endpoint);
    self->figures = figures_new(self->context, self->loop, endpoint, fault);
    if (self->figures == NULL)
        return -1;
    self->rooms.panics = figures_panics(self->figures);
    return 0;
}

/* In the background lines go to files: the stages' and our own. */
static int
open_log(struct house *self, const struct plan *plan,
         struct core_fault *fault)
{
    struct core_log_options options = {
        .level = self->is_verbose ? CORE_LOG_DEBUG : CORE_LOG_NOTICE,
        .target = CORE_LOG_FILE, .size = LOG_SIZE,
    };
    char *path;

    self->rooms.log_folder = directory_open_log(plan->log_directory, fault);
    if (self->rooms.log_folder == -1)
        return -1;
    core_loop_timer(self->loop, TRIM_MS, TRIM_MS, trim_logs, self);
    if (asprintf(&path, "%s/" OWN_NAME ".log", plan->log_directory) == -1)
        abort();
    options.path = path;

    int rc = core_log_open(OWN_NAME, &options, fault);

    free(path);
    return rc;
}

static int
begin(struct house *self, const struct supervisor_options *options,
      const struct plan *plan, struct core_fault *fault)
{
    self->run_directory = core_copy_text(options->run_directory);
    self->config_path = core_copy_text(options->config_path);
    self->has_own_directory = options->has_own_directory;
    self->is_verbose = options->is_verbose;
    self->is_foreground = options->is_foreground;
    self->loop = core_loop_new();
    self->context = zmq_ctx_new();
    assert(self->context != NULL);
    self->rates = rates_new(self->context, self->loop);
    self->watch = watch_new(self);
    self->mend = mend_new(self);
    self->started_ms = core_loop_now_ms(self->loop);
    self->rooms = (struct process_house) {
        .loop = self->loop, .run_directory = self->run_directory,
        .log_folder = -1, .changed = take_change, .owner = self,
    };
    watch_signals(self);
    if (!self->is_foreground && open_log(self, plan, fault) == -1)
        return -1;
    return open_control(self, fault) == -1
        || open_telemetry(self, fault) == -1
        || remote_open(self, plan, fault) == -1 ? -1 : 0;
}

static void
end(struct house *self)
{
    while (self->count > 0)
        house_remove(self, self->processes[self->count - 1]);
    free(self->processes);
    free(self->complaint);
    free(self->notes);
    core_control_destroy(&self->control);
    remote_close(self);
    rates_destroy(&self->rates);
    watch_destroy(&self->watch);
    mend_destroy(&self->mend);
    patches_free(&self->tried_for);
    figures_destroy(&self->figures);
    plan_destroy(&self->plan);
    plan_destroy(&self->spare_plan);
    core_config_destroy(&self->config);
    core_config_destroy(&self->spare_config);
    /* Not terminated: that waits for the sockets of questions that nobody has
       answered yet, and the process ends here anyway. */
    zmq_ctx_shutdown(self->context);
    core_loop_destroy(&self->loop);
    if (self->rooms.log_folder != -1)
        close(self->rooms.log_folder);
    free(self->run_directory);
    free(self->config_path);
}

int
supervisor_run(const struct supervisor_options *options,
               core_config_t *config, struct plan *plan)
{
    struct house self = { .count = 0 };
    struct core_fault fault;

    self.job = (struct job) { .name = "start" };
    self.report = options->report;
    if (begin(&self, options, plan, &fault) == -1) {
        char line[CORE_FAULT_LINE_SIZE];

        core_fault_format(&fault, line);
        house_job_end(&self, CORE_EXIT_AGAIN, line);
        self.exit_code = CORE_EXIT_AGAIN;
        plan_destroy(&plan);
        core_config_destroy(&config);
    }
    else {
        startup_begin(&self, config, plan);
        core_loop_run(self.loop);
    }
    end(&self);
    house_report_close(&self);
    return self.exit_code;
}
