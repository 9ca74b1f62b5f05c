/*
 * reload - the file read again
 *
 * Another corednsctl checks the file and writes the checked copy: so nothing
 * that is in the file can harm the supervisor, and there is one way to check.
 * What it says is what whoever asked is told.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/stage.h"
#include "lib/source_file.h"

#include "ctl/directory.h"
#include "ctl/keys.h"
#include "ctl/parts.h"
#include "ctl/resolve.h"
#include "ctl/spawn.h"
#include "ctl/toolkit.h"
#include "ctl/transition.h"

#define READ_SIZE 4096
#define TEXT_LIMIT (256 * 1024)

struct reload {
    pid_t pid;                          /* of the check */
    bool only_if_changed;               /* from what runs */
    int output;                         /* reading end of what it says */
    char *text;
    size_t text_size;
    FILE *lines;
};

static void
destroy(struct house *self)
{
    struct reload *reload = self->reload;

    if (reload == NULL)
        return;
    self->reload = NULL;
    core_loop_unwatch(self->loop, reload->output);
    close(reload->output);
    fclose(reload->lines);
    free(reload->text);
    free(reload);
}

pid_t
reload_pid(const struct house *self)
{
    return self->reload == NULL ? 0 : self->reload->pid;
}

void
reload_abandon(struct house *self)
{
    if (self->reload == NULL)
        return;
    kill(self->reload->pid, SIGKILL);
    waitpid(self->reload->pid, NULL, 0);
    destroy(self);
}

/* ---- changing over ------------------------------------------------------- */

/* Nobody has asked for it, and it fails as it did the last time. */
static bool
is_known_failure(struct house *self, enum change_outcome outcome,
                 const char *text)
{
    bool is_known = outcome != CHANGE_DONE && self->job.is_unasked
        && self->complaint != NULL && strcmp(self->complaint, text) == 0;

    if (is_known)
        return true;
    free(self->complaint);
    self->complaint = outcome == CHANGE_DONE ? NULL : core_copy_text(text);
    return false;
}

static void
take_changed(struct house *self, enum change_outcome outcome, int exit_code,
             const char *text)
{
    char *answer;

    if (is_known_failure(self, outcome, text)) {
        house_job_end(self, exit_code, "");
        return;
    }
    if (outcome != CHANGE_DONE)
        figures_count_failure(self->figures);
    if (asprintf(&answer, "%s%s%s%s", self->notes == NULL
                 || outcome != CHANGE_DONE ? "" : self->notes, text,
                 *text == '\0' || text[strlen(text) - 1] == '\n' ? "" : "\n",
                 outcome == CHANGE_DONE ? "" : "nothing was changed\n") == -1)
        abort();
    free(self->notes);
    self->notes = NULL;
    house_job_end(self, exit_code, answer);
    free(answer);
}

/* The text of a top-level setting, or "". */
static const char *
top_text(const core_config_t *config, const char *key)
{
    core_place_t *place = core_place_member(core_config_root(config), key);
    const char *text = place == NULL ? NULL : core_place_text(config, place);

    return text == NULL ? "" : text;
}

/* True when other hosts would have to ask us at another place. */
static bool
is_elsewhere(const struct plan *before, const struct plan *after)
{
    const struct plan_host *here = before->here;
    const struct plan_host *there = after->here;

    if (here == NULL || there == NULL)
        return here != there;
    if (here->address == NULL || there->address == NULL)
        return strcmp(here->name, there->name) != 0
            || here->address != there->address;
    return strcmp(here->name, there->name) != 0
        || strcmp(here->address, there->address) != 0
        || here->port != there->port
        || before->is_insecure != after->is_insecure;
}

/* What was checked, read and its folders made; an exit code and a fault when
   that fails. */
static int
prepare(const struct house *self, const char *copy_path,
        core_config_t **config_p, struct plan **plan_p,
        struct core_fault *fault)
{
    core_faults_t *faults = core_faults_new();
    int rc = toolkit_load_copy(copy_path, self->run_directory,
                               self->is_verbose,
                               self->plan == NULL ? NULL
                               : &self->plan->patches, config_p, plan_p,
                               faults);

    /* The check found nothing: somebody has changed the host since. */
    if (rc == -1)
        *fault = *core_faults_at(faults, 0);
    core_faults_destroy(&faults);
    if (rc == -1)
        return CORE_EXIT_CONFIG;
    if (self->has_own_directory
        && strcmp(top_text(*config_p, "run_directory"),
                  top_text(self->config, "run_directory")) != 0) {
        core_fault_set(fault, NULL, 0, "run_directory cannot change while "
                       "the toolkit runs");
        return CORE_EXIT_CONFIG;
    }
    if (self->plan != NULL && is_elsewhere(self->plan, *plan_p)) {
        core_fault_set(fault, NULL, 0, "name, address and port of this host, "
                       "and insecure, cannot change while the toolkit runs");
        return CORE_EXIT_CONFIG;
    }
    return directory_prepare_all(*plan_p, fault) == -1
        || keys_install(*plan_p, fault) == -1 ? CORE_EXIT_FAILED
                                              : CORE_EXIT_DONE;
}

/* What was put in front of a stage goes with it: that is to be said. */
static void
note_lost_patches(struct house *self, const struct plan *plan)
{
    const struct patches *patches = &self->plan->patches;
    size_t size = 0;
    FILE *file;

    free(self->notes);
    file = open_memstream(&self->notes, &size);
    if (file == NULL)
        abort();
    for (size_t i = 0; i < patches->count; i++)
        if (patches_find(&plan->patches, patches->list[i].name) == NULL)
            fprintf(file, "%s: %s goes with its stage\n",
                    patches->list[i].name, patches->list[i].command[0]);
    fclose(file);
}

static void
change_over(struct house *self)
{
    char *copy_path = house_path(self, "coredns.conf.new");
    core_config_t *config = NULL;
    struct plan *plan = NULL;
    struct core_fault fault;
    int code = prepare(self, copy_path, &config, &plan, &fault);

    if (code != CORE_EXIT_DONE) {
        plan_destroy(&plan);
        core_config_destroy(&config);
    }
    else {
        note_lost_patches(self, plan);
        if (transition_begin(self, TRANSITION_RELOAD, config, plan, copy_path,
                             take_changed, &fault) == -1)
            code = CORE_EXIT_FAILED;
    }
    if (code != CORE_EXIT_DONE) {
        char line[CORE_FAULT_LINE_SIZE];

        take_changed(self, CHANGE_FAILED, code,
                     core_fault_format(&fault, line));
    }
    free(copy_path);
}

/* ---- the check ----------------------------------------------------------- */

/* True when the new copy says what runs already. */
static bool
is_what_runs(const struct house *self)
{
    char *new_path = house_path(self, "coredns.conf.new");
    char *path = house_path(self, "coredns.conf");
    struct core_source_file now = { .text = NULL };
    struct core_source_file then = { .text = NULL };
    bool is_same = core_source_file_read(&now, new_path) == NULL
        && core_source_file_read(&then, path) == NULL
        && strcmp(now.text, then.text) == 0;

    if (is_same)
        unlink(new_path);
    free(now.text);
    free(then.text);
    free(new_path);
    free(path);
    return is_same;
}

static void
take_good(struct house *self, bool only_if_changed)
{
    if (only_if_changed && is_what_runs(self)) {
        watch_settle(self->watch);
        house_job_end(self, CORE_EXIT_DONE, "");
    }
    else
        change_over(self);
}

static void
take_verdict(struct house *self)
{
    struct reload *reload = self->reload;
    int status = 0;
    int code = CORE_EXIT_FAILED;

    waitpid(reload->pid, &status, 0);
    if (WIFEXITED(status))
        code = WEXITSTATUS(status);
    fflush(reload->lines);

    char *text = core_copy_text(reload->text);
    bool only_if_changed = reload->only_if_changed;

    destroy(self);
    if (code == CORE_EXIT_DONE)
        take_good(self, only_if_changed);
    else
        take_changed(self, CHANGE_FAILED, code, text);
    free(text);
}

static void
take_output(void *owner, int fd, uint32_t events)
{
    struct house *self = owner;
    struct reload *reload = self->reload;
    char text[READ_SIZE];
    ssize_t size = read(fd, text, sizeof text);

    (void) events;
    if (size <= 0) {
        take_verdict(self);
        return;
    }
    fflush(reload->lines);
    if (reload->text_size < TEXT_LIMIT)
        fwrite(text, 1, (size_t) size, reload->lines);
}

static pid_t
start_check(const struct house *self, int output, struct core_fault *fault)
{
    char *copy_path = house_path(self, "coredns.conf.new");
    char *path;
    char *arguments[] = {
        core_copy_text("corednsctl"), core_copy_text("check"),
        core_copy_text("-c"), core_copy_text(self->config_path),
        core_copy_text("-r"), core_copy_text(self->run_directory),
        core_copy_text("--output"), copy_path, NULL
    };
    struct launch launch = { .arguments = arguments, .output = output };

    if (asprintf(&path, "%s/corednsctl", resolve_program_folder()) == -1)
        abort();
    launch.path = path;

    pid_t pid = spawn(&launch, NULL, fault);

    for (char **argument = arguments; *argument != NULL; argument++)
        free(*argument);
    free(path);
    return pid;
}

/* The job has begun. */
static void
begin(struct house *self, bool only_if_changed)
{
    struct core_fault fault;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) == -1) {
        house_job_end(self, CORE_EXIT_AGAIN, strerror(errno));
        return;
    }

    pid_t pid = start_check(self, ends[1], &fault);

    close(ends[1]);
    if (pid == -1) {
        close(ends[0]);
        house_job_end(self, CORE_EXIT_AGAIN, fault.text);
        return;
    }

    struct reload *reload = core_allocate(sizeof *reload);

    reload->pid = pid;
    reload->only_if_changed = only_if_changed;
    reload->output = ends[0];
    reload->lines = open_memstream(&reload->text, &reload->text_size);
    if (reload->lines == NULL)
        abort();
    self->reload = reload;
    core_loop_watch(self->loop, ends[0], EPOLLIN, take_output, self);
}

void
reload_begin(struct house *self, core_call_t *call)
{
    if (house_job_begin(self, "reload", call))
        begin(self, false);
}

bool
reload_if_changed(struct house *self)
{
    if (self->job.name != NULL)
        return false;
    house_job_begin(self, "reload", NULL);
    self->job.is_unasked = true;
    begin(self, true);
    return true;
}
