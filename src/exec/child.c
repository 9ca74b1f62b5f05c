/*
 * child - a running program, with pipes to it
 *
 * The child of a process with ZeroMQ's threads may do little before it
 * executes.  It is reaped only after its group was killed: as long as it is a
 * zombie nobody else can have its number.
 */

#include "exec/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coredns/memory.h"

#define EXIT_NO_PROGRAM 127             /* as shells say it */

/* Reading and writing ends of its three standard descriptors. */
struct pipes {
    int ends[3][2];
};

void
child_close(int *descriptor)
{
    if (*descriptor != -1)
        close(*descriptor);
    *descriptor = -1;
}

static void
close_pipes(struct pipes *pipes)
{
    for (unsigned i = 0; i < 3; i++) {
        child_close(&pipes->ends[i][0]);
        child_close(&pipes->ends[i][1]);
    }
}

/* Ours do not block; the child's do, as programs expect. */
static int
open_pipes(struct pipes *pipes, struct core_fault *fault)
{
    memset(pipes, 0xff, sizeof *pipes);         /* all -1 */
    for (unsigned i = 0; i < 3; i++) {
        int *ends = pipes->ends[i];

        if (pipe2(ends, O_CLOEXEC) == -1
            || fcntl(ends[i == 0], F_SETFL, O_NONBLOCK) == -1) {
            core_fault_set(fault, NULL, 0, "cannot make a pipe: %s",
                           strerror(errno));
            close_pipes(pipes);
            return -1;
        }
    }
    return 0;
}

/* ---- in the child -------------------------------------------------------- */

__attribute__((noreturn))
static void
give_up(const char *what, const char *subject)
{
    char line[CORE_FAULT_LINE_SIZE];
    int size = snprintf(line, sizeof line, "%s %s: %s\n", what, subject,
                        strerror(errno));

    if (size > 0 && write(STDERR_FILENO, line, (size_t) size) == -1)
        _exit(EXIT_NO_PROGRAM + 1);
    _exit(EXIT_NO_PROGRAM);
}

/* In two steps, for ends may lie where others belong. */
static void
place_pipes(const struct pipes *pipes)
{
    int high[3];

    for (int i = 0; i < 3; i++)
        high[i] = fcntl(pipes->ends[i][i != 0], F_DUPFD, 3);
    for (int i = 0; i < 3; i++)
        dup2(high[i], i);
    close_range(3, ~0U, 0);
}

static void
reset_process(pid_t parent)
{
    static const struct sched_param none = { .sched_priority = 0 };
    sigset_t all;

    setsid();

    /* When we are killed, nobody reads any more what it says. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_NO_PROGRAM);
    if (sched_getscheduler(0) == SCHED_BATCH)
        sched_setscheduler(0, SCHED_OTHER, &none);
    for (int number = 1; number < SIGRTMIN; number++)
        signal(number, SIG_DFL);
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

__attribute__((noreturn))
static void
become(char *const *arguments, const char *folder, const struct pipes *pipes,
       pid_t parent)
{
    place_pipes(pipes);
    reset_process(parent);
    if (chdir(folder) == -1)
        give_up("cannot enter", folder);
    execvp(arguments[0], arguments);
    give_up("cannot run", arguments[0]);
}

/* ---- the parent ---------------------------------------------------------- */

int
child_start(struct child *self, char *const *arguments, const char *folder,
            struct core_fault *fault)
{
    struct pipes pipes;
    pid_t parent = getpid();

    if (open_pipes(&pipes, fault) == -1)
        return -1;
    signal(SIGCHLD, SIG_DFL);           /* if ignored, its end would be lost */
    self->pid = fork();
    if (self->pid == 0)
        become(arguments, folder, &pipes, parent);
    if (self->pid == -1) {
        core_fault_set(fault, NULL, 0, "cannot start a process: %s",
                       strerror(errno));
        close_pipes(&pipes);
        return -1;
    }
    self->watch = pidfd_open(self->pid, 0);
    self->input = pipes.ends[0][1];
    self->output = pipes.ends[1][0];
    self->error = pipes.ends[2][0];
    pipes.ends[0][1] = pipes.ends[1][0] = pipes.ends[2][0] = -1;
    close_pipes(&pipes);
    return 0;
}

void
child_signal(const struct child *self, int number)
{
    /* A child that has only just begun leads no group yet. */
    if (kill(-self->pid, number) == -1)
        kill(self->pid, number);
}

bool
child_has_ended(const struct child *self)
{
    siginfo_t found = { .si_pid = 0 };

    if (waitid(P_PID, (id_t) self->pid, &found, WEXITED | WNOHANG | WNOWAIT)
        == -1 || found.si_pid == 0)
        return false;
    kill(-self->pid, SIGKILL);
    return true;
}

int
child_reap(struct child *self)
{
    int status = 0;

    waitpid(self->pid, &status, WNOHANG);
    self->pid = 0;
    child_close(&self->watch);
    child_close(&self->input);
    child_close(&self->output);
    child_close(&self->error);
    return status;
}

/* ---- looking for it ------------------------------------------------------ */

static const char *
program_fault(const char *folder, const char *path)
{
    char *whole = NULL;
    const char *why;

    if (*path == '/')
        whole = core_copy_text(path);
    else if (asprintf(&whole, "%s/%s", folder, path) == -1)
        abort();
    why = euidaccess(whole, X_OK) == 0 ? NULL : strerror(errno);
    free(whole);
    return why;
}

const char *
child_fault(const char *program, const char *folder)
{
    const char *path = getenv("PATH");

    if (strchr(program, '/') != NULL)
        return program_fault(folder, program);
    if (path == NULL)
        path = "/bin:/usr/bin";
    for (;;) {
        size_t size = strcspn(path, ":");
        char *place = NULL;
        const char *why;

        if (asprintf(&place, "%.*s/%s", (int) size, path, program) == -1)
            abort();
        why = program_fault(folder, place);
        free(place);
        if (why == NULL)
            return NULL;
        if (path[size] == '\0')
            return "it is not in PATH";
        path += size + 1;
    }
}
