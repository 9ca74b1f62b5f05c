/*
 * checker - the whole configuration checked: ours, and each stage's by itself
 *
 * Only a stage's program knows its settings, so each is run with -n (with -nn
 * it reads its data too), as the user it will run as: a file that this user
 * cannot read is found here.  The lines come in the order of the file, whoever
 * is done first.
 */

#include "ctl/checker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coredns/clock.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/directory.h"
#include "ctl/once.h"
#include "ctl/spawn.h"

#define LIMIT_MS 20000
#define READ_SIZE 4096

struct check {
    const struct plan_stage *stage;
    pid_t pid;                          /* 0: it could not be started */
    int output;                         /* reading end; -1: closed */
    char *text;
    size_t text_size;
    FILE *lines;
};

/* ---- the copy ------------------------------------------------------------ */

int
checker_write_copy(const struct toolkit *toolkit, const char *path,
                   FILE *output)
{
    struct directory_owner owner = { .user = toolkit->plan->user };
    int fd = directory_create_file(path, &owner);
    FILE *file = fd == -1 ? NULL : fdopen(fd, "w");
    int rc = file == NULL ? -1 : core_config_write(toolkit->config, file);

    if (file != NULL && fclose(file) != 0)
        rc = -1;
    if (rc == -1)
        fprintf(output, "corednsctl: %s: cannot write: %s\n", path,
                strerror(errno));
    return rc;
}

/* ---- one stage ----------------------------------------------------------- */

static void
begin(struct check *self, enum checker_depth depth, const char *copy_path)
{
    const char *how = depth == CHECKER_DATA ? "-nn" : "-n";
    char *arguments[] = { self->stage->program, core_copy_text(how),
                          core_copy_text("-c"), core_copy_text(copy_path),
                          core_copy_text("--name"), self->stage->name,
                          NULL };
    struct launch launch = {
        .path = self->stage->path, .arguments = arguments,
        .user = self->stage->user, .group_of = self->stage->group_of,
        .reads_any_file = self->stage->reads_any_file,
    };
    struct core_fault fault;
    int ends[2];

    self->lines = open_memstream(&self->text, &self->text_size);
    self->output = -1;
    if (self->lines == NULL)
        abort();
    if (pipe2(ends, O_CLOEXEC) == 0) {
        launch.output = ends[1];
        self->pid = spawn(&launch, NULL, &fault);
        self->output = ends[0];
        close(ends[1]);
    }
    if (self->pid <= 0) {
        self->pid = 0;
        fprintf(self->lines, "corednsctl: %s: cannot check it: %s\n",
                self->stage->name, strerror(errno));
    }
    for (int i = 1; i <= 4; i++)
        free(arguments[i]);
}

/* Reads what there is; false at the end. */
static bool
take_output(struct check *self)
{
    char text[READ_SIZE];
    ssize_t size = read(self->output, text, sizeof text);

    if (size <= 0) {
        close(self->output);
        self->output = -1;
        return false;
    }
    fwrite(text, 1, (size_t) size, self->lines);
    return true;
}

/* Reads what all of them say until the last is silent or time is over. */
static void
take_all(struct check *checks, size_t count)
{
    int64_t end_ms = core_clock_ms() + LIMIT_MS;
    struct pollfd *watches = core_allocate(count * sizeof *watches);
    size_t open = count;

    while (open > 0 && core_clock_ms() < end_ms) {
        for (size_t i = 0; i < count; i++)
            watches[i] = (struct pollfd) { checks[i].output, POLLIN, 0 };
        if (poll(watches, (nfds_t) count,
                 (int)(end_ms - core_clock_ms())) == -1 && errno != EINTR)
            break;
        open = 0;
        for (size_t i = 0; i < count; i++) {
            if (watches[i].revents != 0)
                take_output(&checks[i]);
            open += checks[i].output != -1;
        }
    }
    free(watches);
}

/* The exit code, with a line when it is none that a check has. */
static int
finish(struct check *self)
{
    int status = 0;

    if (self->output != -1) {
        kill(self->pid, SIGKILL);
        fprintf(self->lines, "corednsctl: %s: the check did not end within "
                "%d s\n", self->stage->name, LIMIT_MS / 1000);
        close(self->output);
    }
    if (self->pid == 0 || waitpid(self->pid, &status, 0) == -1)
        return CORE_EXIT_FAILED;
    if (WIFEXITED(status)) {
        int code = WEXITSTATUS(status);

        if (code == CORE_EXIT_DONE || code == CORE_EXIT_CONFIG)
            return code;
        if (code == SPAWN_EXIT)
            return CORE_EXIT_CONFIG;    /* it has said why */
        fprintf(self->lines, "corednsctl: %s: %s -n exited with %d\n",
                self->stage->name, self->stage->program, code);
    }
    else
        fprintf(self->lines, "corednsctl: %s: %s -n was killed by signal "
                "%d\n", self->stage->name, self->stage->program,
                WTERMSIG(status));
    return CORE_EXIT_FAILED;
}

/* ---- all ----------------------------------------------------------------- */

/* Without its user nothing can be run as it: that has been told. */
static bool
has_user(const char *name)
{
    return name == NULL || getpwnam(name) != NULL;
}

static int
check_stages(const struct plan *plan, enum checker_depth depth,
             const char *copy_path, FILE *output)
{
    size_t count = 0;
    struct check *checks = core_allocate((plan->stage_count + 1)
                                         * sizeof *checks);
    int code = CORE_EXIT_DONE;

    for (size_t i = 0; i < plan->stage_count; i++) {
        if (!plan->stages[i].is_here
            || access(plan->stages[i].path, X_OK) == -1
            || !has_user(plan->stages[i].user))
            continue;                   /* that has been told */
        checks[count].stage = &plan->stages[i];
        begin(&checks[count++], depth, copy_path);
    }
    take_all(checks, count);
    for (size_t i = 0; i < count; i++) {
        int own_code = finish(&checks[i]);

        if (code != CORE_EXIT_CONFIG && own_code != CORE_EXIT_DONE)
            code = own_code;
        fclose(checks[i].lines);
        fputs(checks[i].text, output);
        free(checks[i].text);
    }
    free(checks);
    return code;
}

static void
print_own(const core_faults_t *faults, FILE *output)
{
    for (size_t i = 0; i < core_faults_count(faults); i++) {
        char line[CORE_FAULT_LINE_SIZE];

        fprintf(output, "corednsctl: %s\n",
                core_fault_format(core_faults_at(faults, i), line));
    }
}

static int
check(const struct toolkit *toolkit, enum checker_depth depth,
      const char *copy_path, FILE *output)
{
    int code = CORE_EXIT_DONE;

    print_own(toolkit->faults, output);
    if (toolkit->plan != NULL && has_user(toolkit->plan->user)) {
        if (checker_write_copy(toolkit, copy_path, output) == -1)
            return CORE_EXIT_FAILED;
        code = check_stages(toolkit->plan, depth, copy_path, output);
    }
    return core_faults_count(toolkit->faults) > 0 ? CORE_EXIT_CONFIG : code;
}

int
checker_run(const struct toolkit *toolkit, enum checker_depth depth,
            const char *copy_path, FILE *output)
{
    char *text = NULL;
    size_t size = 0;
    FILE *lines = open_memstream(&text, &size);

    if (lines == NULL)
        abort();

    int code = check(toolkit, depth, copy_path, lines);

    fclose(lines);
    once_print(text, output);
    free(text);
    return code;
}
