/*
 * house - what the parts of the supervisor share
 */

#include "ctl/house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/output.h"
#include "ctl/report.h"

process_t *
house_find(const struct house *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(process_name(self->processes[i]), name) == 0)
            return self->processes[i];
    return NULL;
}

process_t *
house_add(struct house *self, const struct plan_process *spec)
{
    process_t *process = process_new(&self->rooms, spec);
    char endpoint[PLAN_ENDPOINT_SIZE];

    self->processes = core_grow(self->processes, self->count, &self->capacity,
                                sizeof *self->processes);
    self->processes[self->count++] = process;
    plan_endpoint(self->run_directory, spec->name, "telemetry", endpoint);
    rates_follow(self->rates, endpoint);
    return process;
}

void
house_remove(struct house *self, process_t *process)
{
    char endpoint[PLAN_ENDPOINT_SIZE];
    size_t kept = 0;

    plan_endpoint(self->run_directory, process_name(process), "telemetry",
                  endpoint);
    rates_unfollow(self->rates, endpoint);
    for (size_t i = 0; i < self->count; i++)
        if (self->processes[i] != process)
            self->processes[kept++] = self->processes[i];
    self->count = kept;
    if (process_spec(process)->stage->patch != NULL
        && process_spec(process)->stage->replaced == NULL
        && !self->is_stopping)
        output_remove(self->rooms.log_folder, process_name(process));
    process_destroy(&process);
}

change_t *
house_change(struct house *self, change_done *done)
{
    change_destroy(&self->change);
    self->change = change_new(self->context, self->loop, self->run_directory,
                              done, self);
    return self->change;
}

void
house_change_over(struct house *self)
{
    change_destroy(&self->change);
}

bool
house_job_begin(struct house *self, const char *name, core_call_t *call)
{
    if (self->job.name == NULL) {
        self->job = (struct job) { .name = name, .call = call };
        return true;
    }
    if (call != NULL) {
        fprintf(core_call_output(call), "busy: %s is not over yet\n",
                self->job.name);
        core_call_end(&call, CORE_EXIT_AGAIN);
    }
    else
        core_log(CORE_LOG_WARNING, "%s: busy: %s is not over yet", name,
                 self->job.name);
    return false;
}

/* Lines of a check begin with its program, which the log puts there anyway. */
static const char *
skip_own_name(const char *text)
{
    static const char name[] = "corednsctl: ";

    return strncmp(text, name, strlen(name)) == 0 ? text + strlen(name) : text;
}

static void
log_lines(int exit_code, const char *text)
{
    while (*text != '\0') {
        text = skip_own_name(text);

        int size = (int) strcspn(text, "\n");

        core_log(exit_code == 0 ? CORE_LOG_NOTICE : CORE_LOG_ERROR, "%.*s",
                 size, text);
        text += size + (text[size] == '\n');
    }
}

void
house_job_end(struct house *self, int exit_code, const char *text)
{
    struct job job = self->job;

    self->job = (struct job) { .name = NULL };
    log_lines(exit_code, text);
    if (job.call != NULL) {
        fputs(text, core_call_output(job.call));
        core_call_end(&job.call, exit_code);
    }
    if (self->report != -1)
        report_send(self->report, exit_code, text);
    mend_look(self->mend);
}

void
house_report_close(struct house *self)
{
    if (self->report != -1)
        close(self->report);
    self->report = -1;
}

char *
house_path(const struct house *self, const char *name)
{
    char *path;

    if (asprintf(&path, "%s/%s", self->run_directory, name) == -1)
        abort();
    return path;
}
