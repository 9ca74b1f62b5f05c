/*
 * spawn - starting a program: fork, what must differ in the child, exec
 *
 * The child of a process with ZeroMQ's threads may do little before it
 * executes: everything that can be prepared is prepared before the fork.
 * Descriptors take their places in two steps, first out of the way of all
 * places and then down into them, so that none is overwritten.
 */

#include "ctl/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "coredns/privilege.h"

#define FIRST 3                         /* of LISTEN_FDS, sd_listen_fds(3) */
#define PID_PLACE "LISTEN_PID=0000000000"

extern char **environ;

struct child {
    const struct launch *launch;
    int count;                          /* of descriptors to pass */
    int notice;                         /* writing end of the pipe, or -1 */
    char **arguments;
    char **environment;
    char *pid_text;                     /* digits of LISTEN_PID, or NULL */
};

static bool
is_ours(const char *variable)
{
    return strncmp(variable, "LISTEN_", strlen("LISTEN_")) == 0
        || strncmp(variable, "NOTIFY_SOCKET=", strlen("NOTIFY_SOCKET=")) == 0;
}

static char *
names_of(const struct core_handover *descriptors)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    if (file == NULL)
        abort();
    fputs("LISTEN_FDNAMES=", file);
    for (size_t i = 0; i < descriptors->count; i++)
        fprintf(file, "%s%s", i == 0 ? "" : ":", descriptors->items[i].name);
    fclose(file);
    return text;
}

/* Our environment without what was meant for us, with what is for the child. */
static void
make_environment(struct child *child)
{
    size_t count = 0;

    while (environ[count] != NULL)
        count++;
    child->environment = core_allocate((count + 4)
                                       * sizeof *child->environment);

    char **place = child->environment;

    for (size_t i = 0; i < count; i++)
        if (!is_ours(environ[i]))
            *place++ = core_copy_text(environ[i]);
    if (child->count == 0)
        return;
    *place++ = names_of(child->launch->descriptors);
    if (asprintf(place++, "LISTEN_FDS=%d", child->count) == -1)
        abort();
    child->pid_text = strchr(*place = core_copy_text(PID_PLACE), '=') + 1;
}

/* Adds the option that names the notice pipe; the place behind it. */
static char **
add_ready(char **place, const struct child *child)
{
    *place++ = core_copy_text("--ready");
    if (asprintf(place++, "%d", FIRST + child->count) == -1)
        abort();
    return place;
}

static void
make_arguments(struct child *child)
{
    size_t count = 0;

    while (child->launch->arguments[count] != NULL)
        count++;
    child->arguments = core_allocate((count + 3) * sizeof *child->arguments);

    char **place = child->arguments;
    bool is_told = child->notice == -1;

    /* Behind "--" come words that are not the program's own. */
    for (size_t i = 0; i < count; i++) {
        const char *argument = child->launch->arguments[i];

        if (!is_told && strcmp(argument, "--") == 0) {
            place = add_ready(place, child);
            is_told = true;
        }
        *place++ = core_copy_text(argument);
    }
    if (!is_told)
        add_ready(place, child);
}

static void
free_texts(char **texts)
{
    for (char **text = texts; *text != NULL; text++)
        free(*text);
    free(texts);
}

/* ---- in the child -------------------------------------------------------- */

/* Says why there will be no program, and ends. */
__attribute__((noreturn))
static void
give_up(int notice, const char *what, const char *why)
{
    static const char mark[] = { SPAWN_FAILED, '\0' };
    char line[CORE_FAULT_LINE_SIZE];
    int size = snprintf(line, sizeof line, "%s%s%s%s\n",
                        notice == -1 ? "corednsctl: " : mark, what,
                        *why == '\0' ? "" : ": ", why);

    if (size > 0 && write(notice == -1 ? STDERR_FILENO : notice, line,
                          (size_t) size) == -1)
        _exit(SPAWN_EXIT + 1);
    _exit(SPAWN_EXIT);
}

/* Digits from the left; the text has room for any process id. */
static void
write_pid(char *text)
{
    long pid = (long) getpid();
    size_t digits = 1;

    for (long rest = pid; rest >= 10; rest /= 10)
        digits++;
    text[digits] = '\0';
    for (; digits > 0; digits--, pid /= 10)
        text[digits - 1] = (char)('0' + pid % 10);
}

/* Puts the descriptors to FIRST, FIRST + 1... and the notice pipe behind. */
static void
place_descriptors(struct child *child)
{
    int high[CORE_HANDOVER_DESCRIPTORS + 1];
    int total = child->count + (child->notice != -1);

    for (int i = 0; i < total; i++) {
        int fd = i < child->count
            ? child->launch->descriptors->items[i].descriptor
            : child->notice;

        high[i] = fcntl(fd, F_DUPFD, FIRST + total);
        if (high[i] == -1)
            give_up(child->notice, "cannot pass descriptors",
                    strerror(errno));
    }
    for (int i = 0; i < total; i++)
        dup2(high[i], FIRST + i);
    if (child->notice != -1)
        child->notice = FIRST + child->count;
    close_range((unsigned)(FIRST + total), ~0U, 0);
}

static void
place_output(const struct launch *launch)
{
    int nothing = open("/dev/null", O_RDWR);

    if (nothing != -1)
        dup2(nothing, STDIN_FILENO);
    if (launch->output != -1) {
        dup2(launch->output, STDOUT_FILENO);
        dup2(launch->output, STDERR_FILENO);
    }
}

static void
reset_process(void)
{
    sigset_t none;
    struct rlimit limit;

    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGUSR2, SIG_DFL);
    umask(0077);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

__attribute__((noreturn))
static void
become(struct child *child)
{
    const struct launch *launch = child->launch;
    struct core_fault fault;

    reset_process();
    place_output(launch);
    place_descriptors(child);

    if (launch->folder != NULL && chdir(launch->folder) == -1)
        give_up(child->notice, launch->folder, strerror(errno));

    /* Opened as who we are: the user need not reach its folder. */
    int program = open(launch->path, O_PATH | O_CLOEXEC);

    if (launch->user != NULL
        && core_privilege_drop(launch->user, launch->group_of,
                               launch->reads_any_file, &fault) == -1)
        give_up(child->notice, fault.text, "");
    core_privilege_close();
    if (child->pid_text != NULL)
        write_pid(child->pid_text);
    execve(launch->path, child->arguments, child->environment);
    if (errno == EACCES && program != -1)
        execveat(program, "", child->arguments, child->environment,
                 AT_EMPTY_PATH);

    char what[CORE_FAULT_TEXT_SIZE];

    if (launch->user == NULL)
        snprintf(what, sizeof what, "cannot run %s", launch->path);
    else
        snprintf(what, sizeof what, "user %s cannot run %s", launch->user,
                 launch->path);
    give_up(child->notice, what, strerror(errno));
}

pid_t
spawn(const struct launch *launch, int *notice_p, struct core_fault *fault)
{
    struct child child = { .launch = launch, .notice = -1 };
    int ends[2] = { -1, -1 };

    if (notice_p != NULL && pipe2(ends, O_CLOEXEC) == -1) {
        core_fault_set(fault, NULL, 0, "cannot make a pipe: %s",
                       strerror(errno));
        return -1;
    }
    child.notice = ends[1];
    if (launch->descriptors != NULL)
        child.count = (int) launch->descriptors->count;
    make_arguments(&child);
    make_environment(&child);

    pid_t pid = fork();

    if (pid == 0)
        become(&child);
    if (pid == -1) {
        core_fault_set(fault, NULL, 0, "cannot start a process: %s",
                       strerror(errno));
        if (ends[0] != -1)
            close(ends[0]);
    }
    else if (notice_p != NULL)
        *notice_p = ends[0];
    if (ends[1] != -1)
        close(ends[1]);
    free_texts(child.arguments);
    free_texts(child.environment);
    return pid;
}
