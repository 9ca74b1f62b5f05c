/*
 * process - one supervised process: started, watched, started again
 *
 * Its end is seen through a pidfd, which also works for a process that was
 * started by a supervisor before us; of such a one only the end is known, not
 * the exit code.
 */

#include "ctl/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/directory.h"
#include "ctl/listener.h"
#include "ctl/output.h"
#include "ctl/spawn.h"

#define FIRST_DELAY_MS 10
#define LONGEST_DELAY_MS 30000
#define READY_LINE "ready"
#define CALM_MS 10000                   /* alive so long: delay starts anew */

struct process {
    const struct process_house *house;
    const struct plan_process *spec;
    struct core_handover descriptors;
    enum process_state state;
    bool starts_again;                  /* what follows its end */
    bool is_adopted;
    bool has_heir;                      /* its sockets are another's too */
    pid_t pid;
    int pidfd;                          /* -1: no process */
    int notice;                         /* reading end; -1: none */
    core_timer_t *timer;                /* of the next start */
    int64_t delay_ms;                   /* of the next start but one */
    int64_t started_ms;
    unsigned restarts;
    int exit_code;
    off_t output_begun_at;              /* size of its log when it started */
    char reason[PROCESS_REASON_SIZE];
    char last_end[PROCESS_REASON_SIZE]; /* that nobody asked for */
};

static void take_notice(void *owner, int fd, uint32_t events);
static void take_end(void *owner, int fd, uint32_t events);

process_t *
process_new(const struct process_house *house, const struct plan_process *spec)
{
    process_t *self = core_allocate(sizeof *self);

    self->house = house;
    self->spec = spec;
    self->pidfd = -1;
    self->notice = -1;
    self->exit_code = -1;
    return self;
}

static void
close_notice(process_t *self)
{
    if (self->notice == -1)
        return;
    core_loop_unwatch(self->house->loop, self->notice);
    close(self->notice);
    self->notice = -1;
}

static void
close_pidfd(process_t *self)
{
    if (self->pidfd == -1)
        return;
    core_loop_unwatch(self->house->loop, self->pidfd);
    close(self->pidfd);
    self->pidfd = -1;
}

void
process_destroy(process_t **self_p)
{
    assert(self_p);

    process_t *self = *self_p;

    if (self == NULL)
        return;
    close_notice(self);
    close_pidfd(self);
    core_loop_timer_cancel(self->house->loop, &self->timer);
    listener_close(&self->descriptors);
    free(self);
    *self_p = NULL;
}

void
process_plan(process_t *self, const struct plan_process *spec)
{
    /* How another program ended says nothing of this one. */
    if (strcmp(self->spec->stage->program, spec->stage->program) != 0)
        self->last_end[0] = '\0';
    self->spec = spec;
}

/* ---- what it is ---------------------------------------------------------- */

const struct plan_process *
process_spec(const process_t *self)
{
    return self->spec;
}

const char *
process_name(const process_t *self)
{
    return self->spec->name;
}

struct core_handover *
process_descriptors(process_t *self)
{
    return &self->descriptors;
}

enum process_state
process_state(const process_t *self)
{
    return self->state;
}

const char *
process_state_word(enum process_state state)
{
    static const char *const words[] = {
        [PROCESS_STOPPED] = "stopped", [PROCESS_STARTING] = "starting",
        [PROCESS_READY] = "ready", [PROCESS_DRAINING] = "draining",
        [PROCESS_WAITING] = "waiting", [PROCESS_FAILED] = "failed",
    };

    return words[state];
}

bool
process_is_alive(const process_t *self)
{
    return self->pidfd != -1;
}

pid_t
process_pid(const process_t *self)
{
    return self->pidfd == -1 ? 0 : self->pid;
}

const char *
process_reason(const process_t *self)
{
    return self->reason;
}

const char *
process_last_end(const process_t *self)
{
    return self->last_end;
}

int
process_exit_code(const process_t *self)
{
    return self->exit_code;
}

unsigned
process_restarts(const process_t *self)
{
    return self->restarts;
}

int64_t
process_started_ms(const process_t *self)
{
    return self->started_ms;
}

/* ---- changes of state ---------------------------------------------------- */

static void
enter(process_t *self, enum process_state state)
{
    self->state = state;
    self->house->changed(self->house->owner, self);
}

static void
start_later(void *owner)
{
    process_t *self = owner;

    self->timer = NULL;                 /* it ends by itself */
    self->restarts++;
    process_start(self);
}

/* Waits, each time longer, and then starts it. */
static void
wait_and_start(process_t *self)
{
    int64_t lived_ms = core_loop_now_ms(self->house->loop) - self->started_ms;
    int64_t delay_ms = self->delay_ms;

    if (lived_ms >= CALM_MS)
        delay_ms = 0;
    self->delay_ms = delay_ms == 0 ? FIRST_DELAY_MS
        : delay_ms > LONGEST_DELAY_MS / 2 ? LONGEST_DELAY_MS : 2 * delay_ms;
    self->timer = core_loop_timer(self->house->loop, delay_ms, 0, start_later,
                                  self);
    enter(self, PROCESS_WAITING);
}

static bool
watch(process_t *self, pid_t pid)
{
    self->pidfd = pidfd_open(pid, 0);
    if (self->pidfd == -1)
        return false;
    self->pid = pid;
    core_loop_watch(self->house->loop, self->pidfd, EPOLLIN, take_end, self);
    return true;
}

void
process_start(process_t *self)
{
    const struct plan_stage *stage = self->spec->stage;
    struct core_fault fault;
    struct launch launch = {
        .path = stage->path, .arguments = self->spec->arguments,
        .folder = stage->patch == NULL ? NULL : stage->patch->folder,
        .user = stage->user, .group_of = stage->group_of,
        .reads_any_file = stage->reads_any_file,
        .descriptors = &self->descriptors,
    };

    if (process_is_alive(self))
        return;
    core_loop_timer_cancel(self->house->loop, &self->timer);
    self->started_ms = core_loop_now_ms(self->house->loop);
    self->starts_again = true;
    self->is_adopted = false;
    if (stage->user != NULL)
        directory_clear(self->house->run_directory, self->spec->name,
                        stage->user);
    launch.output = output_open(self->house->log_folder, self->spec->name);
    self->output_begun_at = launch.output == -1 ? 0
        : lseek(launch.output, 0, SEEK_END);

    pid_t pid = spawn(&launch, &self->notice, &fault);

    if (launch.output != -1)
        close(launch.output);
    if (pid == -1 || !watch(self, pid)) {
        snprintf(self->reason, sizeof self->reason, "%s",
                 pid == -1 ? fault.text : strerror(errno));
        wait_and_start(self);
        return;
    }
    fcntl(self->notice, F_SETFL, O_NONBLOCK);
    core_loop_watch(self->house->loop, self->notice, EPOLLIN, take_notice,
                    self);
    enter(self, PROCESS_STARTING);
}

bool
process_adopt(process_t *self, pid_t pid)
{
    if (!watch(self, pid))
        return false;
    self->started_ms = core_loop_now_ms(self->house->loop);
    self->starts_again = true;
    self->is_adopted = true;
    enter(self, PROCESS_STARTING);
    return true;
}

bool
process_is_adopted(const process_t *self)
{
    return self->is_adopted;
}

void
process_note_ready(process_t *self)
{
    if (self->state != PROCESS_STARTING)
        return;
    self->reason[0] = '\0';
    enter(self, PROCESS_READY);
}

static void
tell_to_end(process_t *self)
{
    pidfd_send_signal(self->pidfd, SIGTERM, NULL, 0);
    enter(self, PROCESS_DRAINING);
}

void
process_note_heir(process_t *self)
{
    self->has_heir = true;
}

void
process_stop(process_t *self)
{
    /* Ours would go on taking packets that nobody reads any more. */
    if (self->has_heir)
        listener_close(&self->descriptors);
    else
        listener_retire(&self->descriptors);
    self->has_heir = false;
    self->starts_again = false;
    core_loop_timer_cancel(self->house->loop, &self->timer);
    if (process_is_alive(self))
        tell_to_end(self);
    else
        enter(self, PROCESS_STOPPED);
}

void
process_restart(process_t *self)
{
    self->starts_again = true;
    self->delay_ms = 0;
    if (process_is_alive(self))
        tell_to_end(self);
    else
        process_start(self);
}

void
process_kill(process_t *self)
{
    if (process_is_alive(self))
        pidfd_send_signal(self->pidfd, SIGKILL, NULL, 0);
}

/* ---- what it says and how it ends ---------------------------------------- */

/* A line: it is ready, or, from spawn, why there is no program. */
static void
take_notice(void *owner, int fd, uint32_t events)
{
    process_t *self = owner;
    char text[PROCESS_REASON_SIZE];
    ssize_t size = read(fd, text, sizeof text - 1);

    (void) events;
    if (size == -1 && errno == EAGAIN)
        return;
    close_notice(self);
    if (size <= 0)
        return;                         /* it has ended, or is silent */
    text[size] = '\0';
    text[strcspn(text, "\n")] = '\0';
    if (text[0] == SPAWN_FAILED)
        snprintf(self->reason, sizeof self->reason, "%s", text + 1);
    else if (strcmp(text, READY_LINE) == 0)
        process_note_ready(self);
    else
        core_log(CORE_LOG_WARNING, "%s: does not say \"" READY_LINE "\" by "
                 "--ready, but something else", process_name(self));
}

/* True when it broke, and nobody ended it from outside. */
static bool
is_panic(const siginfo_t *status)
{
    int number = status->si_status;

    return status->si_pid != 0 && status->si_code != CLD_EXITED
        && (number == SIGSEGV || number == SIGABRT || number == SIGBUS
            || number == SIGFPE || number == SIGILL);
}

/* Notes how it ended. */
static void
describe_end(process_t *self, const siginfo_t *status)
{
    bool could_not_run = self->exit_code == SPAWN_EXIT
        && self->reason[0] != '\0';

    if (could_not_run)
        return;
    if (status->si_pid == 0)
        snprintf(self->reason, sizeof self->reason, "ended");
    else if (status->si_code == CLD_EXITED)
        output_describe(self->house->log_folder, self->spec->name,
                        (struct output_end) { status->si_status,
                                              self->output_begun_at },
                        self->reason, sizeof self->reason);
    else
        snprintf(self->reason, sizeof self->reason,
                 "killed by signal %d (%s)", status->si_status,
                 strsignal(status->si_status));
}

/* Fills in how it ended; si_pid is 0 when it was not our child. */
static void
collect(process_t *self, siginfo_t *status)
{
    memset(status, 0, sizeof *status);
    if (waitid(P_PIDFD, (id_t) self->pidfd, status, WEXITED | WNOHANG) == -1)
        status->si_pid = 0;
    self->exit_code = status->si_pid != 0 && status->si_code == CLD_EXITED
        ? status->si_status : -1;
}

/* It was not told to end. */
static void
take_death(process_t *self)
{
    const char *name = self->spec->name;
    bool is_over = self->exit_code == CORE_EXIT_USAGE
        || self->exit_code == CORE_EXIT_CONFIG
        || self->exit_code == SPAWN_EXIT;

    memcpy(self->last_end, self->reason, sizeof self->last_end);
    if (self->exit_code == CORE_EXIT_DONE) {
        core_log(CORE_LOG_WARNING, "%s: ended by itself, is left stopped",
                 name);
        enter(self, PROCESS_STOPPED);
    }
    else if (is_over || !self->spec->stage->restarts) {
        core_log(CORE_LOG_ERROR, "%s: %s; not started again", name,
                 self->reason);
        enter(self, PROCESS_FAILED);
    }
    else {
        core_log(CORE_LOG_WARNING, "%s: %s; started again", name,
                 self->reason);
        wait_and_start(self);
    }
}

static void
take_end(void *owner, int fd, uint32_t events)
{
    process_t *self = owner;
    siginfo_t status;

    (void) fd;
    (void) events;
    if (self->notice != -1)
        take_notice(self, self->notice, EPOLLIN);
    collect(self, &status);
    close_notice(self);
    close_pidfd(self);
    describe_end(self, &status);
    if (is_panic(&status) && self->house->panics != NULL)
        ++*self->house->panics;
    if (self->state != PROCESS_DRAINING)
        take_death(self);
    else if (self->starts_again) {
        self->reason[0] = '\0';
        process_start(self);
    }
    else {
        self->reason[0] = '\0';
        enter(self, PROCESS_STOPPED);
    }
}
