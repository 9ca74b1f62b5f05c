/*
 * roll - all processes and how they are, as JSON
 *
 * Two know: the supervisor, whether there is a process and how often it died;
 * and the process itself, whether it is ready and what its last error was.
 * The schema is in corednsctl(8).
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/parts.h"
#include "ctl/status.h"
#include "ctl/survey.h"

struct roll {
    struct house *house;
    core_call_t *call;
};

static const char *
state_of(const process_t *process, const struct survey_answer *answer,
         const char **reason)
{
    enum process_state state = process_state(process);

    *reason = process_reason(process);
    if (answer == NULL || state == PROCESS_DRAINING)
        return process_state_word(state);
    if (!answer->has_answered) {
        *reason = "it does not answer";
        return state == PROCESS_STARTING ? "starting" : "not-ready";
    }
    *reason = answer->reason;
    return answer->state;
}

static json_t *
describe(const struct house *house, const process_t *process,
         const survey_t *survey)
{
    const struct plan_process *spec = process_spec(process);
    const struct survey_answer *answer = survey_find(survey, spec->name);
    bool has_answer = answer != NULL && answer->has_answered;
    double rate = rates_of(house->rates, spec->name);
    const char *reason;
    const char *state = state_of(process, answer, &reason);
    int64_t uptime_ms = has_answer ? answer->uptime_ms
        : !process_is_alive(process) ? 0
        : core_loop_now_ms(house->loop) - process_started_ms(process);
    const char *last_error = has_answer && *answer->last_error != '\0'
        ? answer->last_error : process_last_end(process);

    return json_pack("{ss ss ss ss? ss? sI ss ss sI si sI so ss}",
                     "name", spec->name, "stage", spec->stage->name,
                     "program", spec->stage->program,
                     "replaces", spec->stage->replaced,
                     "before", spec->stage->before,
                     "pid", (json_int_t) process_pid(process),
                     "state", state, "reason", reason,
                     "uptime_ms", (json_int_t) uptime_ms,
                     "restarts", (int) process_restarts(process),
                     "queries", (json_int_t)(has_answer ? answer->queries : 0),
                     "queries_per_second",
                     rate < 0 ? json_null() : json_real(rate),
                     "last_error", last_error);
}

/* The instances of a stage, in their order. */
static void
describe_stage(const struct house *house, const struct plan_stage *stage,
               const survey_t *survey, json_t *stages)
{
    const struct plan *plan = house->plan;

    for (size_t i = 0; i < plan->process_count; i++) {
        const struct plan_process *spec = &plan->processes[i];
        const process_t *process = spec->stage == stage
            ? house_find(house, spec->name) : NULL;

        if (process != NULL)
            json_array_append_new(stages, describe(house, process, survey));
    }
}

/* All processes, heads first, as queries go; those of no plan at the end. */
static json_t *
describe_all(const struct house *house, const survey_t *survey)
{
    json_t *stages = json_array();
    const struct plan *plan = house->plan;

    for (size_t i = plan == NULL ? 0 : plan->order_count; i > 0; i--)
        describe_stage(house, plan->order[i - 1], survey, stages);
    for (size_t i = house->count; i > 0; i--) {
        const process_t *process = house->processes[i - 1];

        if (plan == NULL || plan_process(plan, process_name(process)) == NULL)
            json_array_append_new(stages, describe(house, process, survey));
    }
    return stages;
}

static const char *
state_of_all(const struct house *house, json_t *stages)
{
    size_t i;
    json_t *stage;

    if (house->is_stopping)
        return "stopping";
    json_array_foreach (stages, i, stage) {
        const char *state = json_string_value(json_object_get(stage,
                                                              "state"));

        if (strcmp(state, "ready") != 0)
            return house->job.name != NULL ? "changing" : "degraded";
    }
    return "ready";
}

static void
take_answers(void *owner, const survey_t *survey)
{
    struct roll *self = owner;
    struct house *house = self->house;
    json_t *stages = describe_all(house, survey);
    const char *state = state_of_all(house, stages);
    bool is_well = strcmp(state, "ready") == 0;
    int64_t uptime_ms = core_loop_now_ms(house->loop) - house->started_ms;
    json_t *root = json_pack("{ss ss ss ss s{sI sI} so}",
                             "schema", STATUS_SCHEMA, "state", state,
                             "configuration", house->config_path,
                             "run_directory", house->run_directory,
                             "supervisor",
                             "pid", (json_int_t) getpid(),
                             "uptime_ms", (json_int_t) uptime_ms,
                             "stages", stages);

    json_dumpf(root, core_call_output(self->call), JSON_INDENT(2));
    fputc('\n', core_call_output(self->call));
    json_decref(root);
    core_call_end(&self->call, is_well ? CORE_EXIT_DONE : CORE_EXIT_NOT_WELL);
    free(self);
}

void
roll_call(struct house *house, core_call_t *call)
{
    struct roll *self = core_allocate(sizeof *self);

    self->house = house;
    self->call = call;

    survey_t *survey = survey_new(house->context, house->loop, take_answers,
                                  self);

    for (size_t i = 0; i < house->count; i++)
        if (process_is_alive(house->processes[i]))
            survey_ask(survey, house->run_directory,
                       process_name(house->processes[i]));
    survey_close(survey);
}
