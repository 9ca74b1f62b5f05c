/*
 * startup - taking over what lives, starting what does not
 *
 * A supervisor that died has left its stages running.  They go on by the copy
 * of the configuration in the run directory, so its plan is where the
 * transition to the new one begins; without survivors it begins at nothing.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/notify.h"
#include "ctl/parts.h"
#include "ctl/survey.h"
#include "ctl/survivor.h"
#include "ctl/toolkit.h"
#include "ctl/transition.h"

#define STRAY_MS 10000
#define ASK_AGAIN_MS 500                /* an adopted one that is not ready */

/* ---- those that live ----------------------------------------------------- */

static void ask_adopted(void *owner);

static void
take_adopted(void *owner, const survey_t *survey)
{
    struct house *self = owner;
    bool has_more = false;

    for (size_t i = 0; i < self->count; i++) {
        const struct survey_answer *answer
            = survey_find(survey, process_name(self->processes[i]));

        if (answer == NULL)
            continue;
        if (answer->has_answered && strcmp(answer->state, "ready") == 0)
            process_note_ready(self->processes[i]);
        else
            has_more = true;
    }
    if (has_more && self->job.name != NULL && !self->is_stopping)
        core_loop_timer(self->loop, ASK_AGAIN_MS, 0, ask_adopted, self);
}

/* One that was adopted has no pipe to say on that it is ready. */
static void
ask_adopted(void *owner)
{
    struct house *self = owner;
    survey_t *survey = survey_new(self->context, self->loop, take_adopted,
                                  self);

    for (size_t i = 0; i < self->count; i++) {
        process_t *process = self->processes[i];

        if (process_is_adopted(process)
            && process_state(process) == PROCESS_STARTING)
            survey_ask(survey, self->run_directory, process_name(process));
    }
    survey_close(survey);
}

static void
adopt(struct house *self, const struct plan_process *spec, pid_t pid)
{
    process_t *process = house_add(self, spec);
    struct core_fault fault;
    char *name;
    char *path;

    if (asprintf(&name, "%s.handover", spec->name) == -1)
        abort();
    path = house_path(self, name);
    if (spec->stage->listen_count > 0
        && core_handover_fetch(process_descriptors(process), path,
                               &fault) == -1)
        core_log_fault(CORE_LOG_WARNING, &fault);
    if (!process_adopt(process, pid))
        house_remove(self, process);
    else
        core_log(CORE_LOG_NOTICE, "%s: taken over, pid %ld", spec->name,
                 (long) pid);
    free(path);
    free(name);
}

/* Adopts all that live and are in the plan they run by; ends the others. */
static void
adopt_all(struct house *self, const struct survivors *survivors)
{
    for (size_t i = 0; i < self->plan->process_count; i++) {
        const struct plan_process *spec = &self->plan->processes[i];
        pid_t pid = survivors_pid(survivors, spec->name);

        if (pid > 0)
            adopt(self, spec, pid);
    }
    for (size_t i = 0; i < survivors->count; i++)
        if (house_find(self, survivors->list[i].name) == NULL)
            kill(survivors->list[i].pid, SIGTERM);
}

/* "cache.0" is an instance of "cache". */
static bool
has_instance(const struct survivors *survivors, const char *stage)
{
    char name[SURVIVOR_NAME_SIZE];

    snprintf(name, sizeof name, "%s.0", stage);
    return survivors_pid(survivors, name) != 0;
}

/* An order that was not carried out to its end is none. */
static void
drop_unborn(struct patches *patches, const struct survivors *survivors)
{
    for (size_t i = 0; i < patches->count;) {
        const char *name = patches->list[i].name;

        if (survivors_pid(survivors, name) == 0
            && !has_instance(survivors, name))
            patches_remove(patches, name);
        else
            i++;
    }
}

/* Loads what the survivors run by, or else takes it to be what is wanted. */
static void
take_over(struct house *self, const struct survivors *survivors,
          const struct patches *patches)
{
    char *path = house_path(self, "coredns.conf");
    char *new_path = house_path(self, "coredns.conf.new");
    core_faults_t *faults = core_faults_new();

    if (toolkit_load_copy(path, self->run_directory, self->is_verbose, patches,
                          &self->config, &self->plan, faults) == 0
        || toolkit_load_copy(new_path, self->run_directory, self->is_verbose,
                             patches, &self->config, &self->plan,
                             faults) == 0)
        adopt_all(self, survivors);
    core_faults_destroy(&faults);
    free(path);
    free(new_path);
}

/* What was put on the wires by hand stays there; the plan is made anew. */
static void
keep_patches(struct house *self, const struct patches *patches,
             core_config_t **config_p, struct plan **plan_p)
{
    char *path = house_path(self, "coredns.conf.new");
    core_faults_t *faults = core_faults_new();
    core_config_t *config;
    struct plan *plan;

    if (patches->count > 0
        && toolkit_load_copy(path, self->run_directory, self->is_verbose,
                             patches, &config, &plan, faults) == 0) {
        plan_destroy(plan_p);
        core_config_destroy(config_p);
        *plan_p = plan;
        *config_p = config;
    }
    core_faults_destroy(&faults);
    free(path);
}

/* ---- the answer to `start` ----------------------------------------------- */

static void
answer(struct house *self, int exit_code, const char *text)
{
    char status[512];

    snprintf(status, sizeof status, "READY=1\nSTATUS=%s",
             *text == '\0' ? "all stages are ready" : text);
    notify_send(status);
    house_job_end(self, exit_code, text);
    house_report_close(self);
}

static void
say_why(FILE *file, const struct house *self, const process_t *process,
        const survey_t *survey)
{
    const char *name = process_name(process);
    const struct survey_answer *asked = survey_find(survey, name);
    const char *reason = process_reason(process);

    (void) self;
    if (process_state(process) == PROCESS_READY)
        return;
    if (asked != NULL && !asked->has_answered)
        reason = "it does not answer";
    else if (asked != NULL && *asked->reason != '\0')
        reason = asked->reason;
    fprintf(file, "%s is not ready: %s\n", name,
            *reason == '\0' ? process_state_word(process_state(process))
            : reason);
}

static void
take_reasons(void *owner, const survey_t *survey)
{
    struct house *self = owner;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    if (file == NULL)
        abort();
    for (size_t i = 0; i < self->count; i++)
        say_why(file, self, self->processes[i], survey);
    fclose(file);
    if (!self->is_stopping)
        answer(self, size == 0 ? CORE_EXIT_DONE : CORE_EXIT_AGAIN, text);
    free(text);
}

static void
ask_for_reasons(struct house *self)
{
    survey_t *survey = survey_new(self->context, self->loop, take_reasons,
                                  self);

    for (size_t i = 0; i < self->count; i++)
        if (process_is_alive(self->processes[i])
            && process_state(self->processes[i]) != PROCESS_READY)
            survey_ask(survey, self->run_directory,
                       process_name(self->processes[i]));
    survey_close(survey);
}

static void
take_started(struct house *self, enum change_outcome outcome, int exit_code,
             const char *text)
{
    if (outcome == CHANGE_LATE)
        ask_for_reasons(self);
    else if (outcome == CHANGE_DONE)
        answer(self, CORE_EXIT_DONE, text);
    else {
        house_job_end(self, exit_code, text);
        supervisor_leave(self, exit_code);
    }
}

/* Ends what a supervisor before us had only just begun to start: it shows
   itself late. */
static void
end_strays(void *owner)
{
    struct house *self = owner;
    struct survivors survivors;

    survivors_find(&survivors, self->run_directory);
    for (size_t i = 0; i < survivors.count; i++)
        if (house_find(self, survivors.list[i].name) == NULL
            && !self->is_stopping)
            kill(survivors.list[i].pid, SIGTERM);
    survivors_free(&survivors);
}

void
startup_begin(struct house *self, core_config_t *config, struct plan *plan)
{
    char *copy_path = house_path(self, "coredns.conf.new");
    struct survivors survivors;
    struct core_fault fault;

    survivors_find(&survivors, self->run_directory);
    if (survivors.count > 0) {
        char *path = house_path(self, TOOLKIT_PATCHES);
        struct patches patches;

        patches_load(&patches, path);
        drop_unborn(&patches, &survivors);
        take_over(self, &survivors, &patches);
        keep_patches(self, &patches, &config, &plan);
        patches_free(&patches);
        free(path);
    }
    survivors_free(&survivors);
    core_loop_timer(self->loop, STRAY_MS, 0, end_strays, self);
    if (transition_begin(self, TRANSITION_START, config, plan, copy_path,
                         take_started, &fault) == -1) {
        char line[CORE_FAULT_LINE_SIZE];

        core_fault_format(&fault, line);
        house_job_end(self, CORE_EXIT_FAILED, line);
        supervisor_leave(self, CORE_EXIT_FAILED);
    }
    else if (self->count > 0)
        ask_adopted(self);
    free(copy_path);
}
