/*
 * patch_orders - orders that put programs on the wires by hand
 *
 * Each makes the plan anew, with one patch more or less, from the configuration
 * that runs; the change to it, and the way back when that fails, is the one of
 * a reload.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/parts.h"
#include "ctl/toolkit.h"

#define NAME_LIMIT 32                   /* octets of an inserted stage's */

int
patch_orders_begin(struct house *self, const struct patches *patches,
                   transition_done *done, struct core_fault *fault)
{
    char *path = house_path(self, "coredns.conf");
    core_faults_t *faults = core_faults_new();
    core_config_t *config;
    struct plan *plan;
    int rc = toolkit_load_copy(path, self->run_directory, self->is_verbose,
                               patches, &config, &plan, faults);

    if (rc == -1)
        *fault = *core_faults_at(faults, 0);
    else
        rc = transition_begin(self, TRANSITION_PATCH, config, plan, NULL, done,
                              fault);
    core_faults_destroy(&faults);
    free(path);
    return rc;
}

static void
take_patched(struct house *house, enum change_outcome outcome, int exit_code,
             const char *text)
{
    char *answer;

    if (asprintf(&answer, "%s%s", text, outcome == CHANGE_DONE ? ""
                 : strcmp(house->job.name, "swap") == 0
                 ? "all is as it was, the stage started anew\n"
                 : "nothing was changed\n") == -1)
        abort();
    house_job_end(house, exit_code, answer);
    free(answer);
}

static void
fail_job(struct house *self, const struct core_fault *fault)
{
    char line[CORE_FAULT_LINE_SIZE + 1];

    core_fault_format(fault, line);
    house_job_end(self, CORE_EXIT_FAILED, strcat(line, "\n"));
}

/* Changes over for whoever asked. */
static int
carry_out(struct house *self, core_call_t *call, const char *job,
          const struct patches *patches)
{
    struct core_fault fault;

    if (!house_job_begin(self, job, call))
        return CORE_CALL_LATER;
    if (patch_orders_begin(self, patches, take_patched, &fault) == -1)
        fail_job(self, &fault);
    return CORE_CALL_LATER;
}

__attribute__((format(printf, 2, 3)))
static int
refuse(core_call_t *call, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(core_call_output(call), format, arguments);
    va_end(arguments);
    fputc('\n', core_call_output(call));
    return CORE_EXIT_USAGE;
}

/* ---- trying -------------------------------------------------------------- */

static void
take_tried(struct house *house, enum change_outcome outcome, int exit_code,
           const char *text)
{
    struct core_fault fault;
    char *answer;

    if (outcome == CHANGE_DONE) {
        if (patch_orders_begin(house, &house->tried_for, take_patched,
                               &fault) == -1)
            fail_job(house, &fault);
        patches_free(&house->tried_for);
        return;
    }
    if (asprintf(&answer, "%snothing was changed\n", text) == -1)
        abort();
    house_job_end(house, exit_code, answer);
    free(answer);
}

static const char *
name_of(const char *program)
{
    const char *slash = strrchr(program, '/');

    return slash == NULL ? program : slash + 1;
}

/*
 * True when a program can be tried beside the stage: one that takes neither
 * clients' sockets nor a feed's, and is not the stage's own, which would have
 * its files too.
 */
static bool
can_be_tried(const struct house *self, const struct plan_stage *stage,
             const struct patch *patch)
{
    const char *own = stage->replaced == NULL ? stage->program
        : stage->replaced;

    return stage->has_pipe && !stage->has_feed && stage->listen_count == 0
        && strcmp(name_of(own), name_of(patch->command[0])) != 0
        && plan_stage(self->plan, PATCH_TRIAL_NAME) == NULL;
}

/* Starts the program beside the stage first; when it is ready, it goes into its
   place. */
static int
try_first(struct house *self, core_call_t *call, const struct patch *patch,
          const struct patches *patches)
{
    struct patches trials;
    struct patch trial = *patch;
    struct core_fault fault;

    if (!house_job_begin(self, "swap", call))
        return CORE_CALL_LATER;
    patches_free(&self->tried_for);
    patches_copy(&self->tried_for, patches);
    trial.kind = PATCH_TRIAL;
    trial.before = patch->name;
    trial.name = core_copy_text(PATCH_TRIAL_NAME);
    patches_copy(&trials, &self->plan->patches);
    patches_put(&trials, &trial);
    free(trial.name);
    if (patch_orders_begin(self, &trials, take_tried, &fault) == -1)
        fail_job(self, &fault);
    patches_free(&trials);
    return CORE_CALL_LATER;
}

/* ---- putting ------------------------------------------------------------- */

/* JSON, which they are kept as, is UTF-8. */
static bool
is_text(const char *word)
{
    json_t *text = json_string(word);

    json_decref(text);
    return text != NULL;
}

/* The words of the call from that one on, ended by NULL; NULL when one of them
   is no text. */
static char **
words_from(const core_call_t *call, int first)
{
    int count = core_call_count(call) - first;
    char **words = core_allocate(((size_t) count + 1) * sizeof *words);

    for (int i = 0; i < count; i++)
        words[i] = core_copy_text(core_call_argument(call, first + i));
    for (int i = 0; i < count; i++)
        if (!is_text(words[i])) {
            for (int j = 0; j < count; j++)
                free(words[j]);
            free(words);
            return NULL;
        }
    return words;
}

/*
 * Changes over to a plan with a patch more, or in the place of the one of its
 * name.  The folder and the command of the patch are words of the call.
 */
static int
put(struct house *self, core_call_t *call, const char *job,
    struct patch *patch, int first)
{
    struct patches patches;
    int code;

    patch->folder = core_copy_text(core_call_argument(call, first));
    patch->command = words_from(call, first + 1);
    if (patch->command == NULL)
        code = refuse(call, "a word is not in UTF-8");
    else {
        patches_copy(&patches, &self->plan->patches);
        patches_put(&patches, patch);
        code = patch->kind == PATCH_SWAP
            && can_be_tried(self, plan_stage(self->plan, patch->name), patch)
            ? try_first(self, call, patch, &patches)
            : carry_out(self, call, job, &patches);
        patches_free(&patches);
    }
    patch_free(patch);
    return code;
}

/* The stage of that name, or NULL when that was said. */
static const struct plan_stage *
find_stage(const struct house *self, core_call_t *call, const char *name)
{
    const struct plan_stage *stage = self->plan == NULL ? NULL
        : plan_stage(self->plan, name);

    if (stage == NULL && self->plan != NULL)
        orders_say_unknown(self, call, name);
    return stage;
}

int
patch_orders_swap(void *owner, core_call_t *call)
{
    struct house *self = owner;
    const char *name = core_call_argument(call, 0);

    if (core_call_count(call) < 3)
        return refuse(call, "swap takes a stage, a folder and a program");

    const struct plan_stage *stage = find_stage(self, call, name);

    if (stage == NULL)
        return CORE_EXIT_USAGE;
    if (!stage->is_here)
        return refuse(call, "%s runs on another host: say it there", name);
    if (stage->before != NULL)
        return refuse(call, "%s was inserted by hand: remove it and insert "
                      "another", name);

    struct patch patch = { .kind = PATCH_SWAP,
                           .name = core_copy_text(name) };

    return put(self, call, "swap", &patch, 1);
}

static bool
is_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return name[size] == '\0' && size > 0 && size <= NAME_LIMIT
        && *name != '-' && strcmp(name, "corednsctl") != 0;
}

/* Says why nothing can be inserted in front of the stage. */
static int
refuse_head(core_call_t *call, const struct plan_stage *stage)
{
    FILE *output = core_call_output(call);
    const char *comma = "; insert in front of";

    fprintf(output, "no stage sends queries to %s", stage->name);
    for (size_t i = 0; i < stage->wire_count; i++)
        if (stage->wires[i].kind == WIRE_NEXT) {
            fprintf(output, "%s %s", comma, stage->wires[i].to->name);
            comma = " or";
        }
    fputc('\n', output);
    return CORE_EXIT_USAGE;
}

int
patch_orders_insert(void *owner, core_call_t *call)
{
    struct house *self = owner;
    const char *name = core_call_argument(call, 0);

    if (core_call_count(call) < 5)
        return refuse(call, "insert takes a name, a stage, a process id, a "
                      "folder and a program");

    const struct plan_stage *stage
        = find_stage(self, call, core_call_argument(call, 1));

    if (stage == NULL)
        return CORE_EXIT_USAGE;
    if (!is_name(name))
        return refuse(call, "not a name: %s (small letters, digits, hyphens; "
                      "at most %d)", name, NAME_LIMIT);
    if (plan_stage(self->plan, name) != NULL)
        return refuse(call, "there is a stage called %s already", name);
    if (!stage->has_pipe)
        return refuse_head(call, stage);

    struct patch patch = {
        .kind = PATCH_INSERT, .name = core_copy_text(name),
        .before = core_copy_text(stage->name),
        .lease = (pid_t) atol(core_call_argument(call, 2)),
    };

    return put(self, call, "insert", &patch, 3);
}

/* ---- taking out ---------------------------------------------------------- */

static int
take_out(struct house *self, core_call_t *call, enum patch_kind kind)
{
    const char *name = core_call_argument(call, 0);
    const struct patch *patch = self->plan == NULL || name == NULL ? NULL
        : patches_find(&self->plan->patches, name);
    struct patches patches;

    if (patch == NULL || patch->kind != kind)
        return refuse(call, kind == PATCH_SWAP
                      ? "%s runs its own program"
                      : "nothing called %s was inserted",
                      name == NULL ? "" : name);
    patches_copy(&patches, &self->plan->patches);
    patches_remove(&patches, name);

    int code = carry_out(self, call, kind == PATCH_SWAP ? "swap" : "remove",
                         &patches);

    patches_free(&patches);
    return code;
}

int
patch_orders_swap_back(void *owner, core_call_t *call)
{
    struct house *self = owner;
    const char *name = core_call_argument(call, 0);

    if (name != NULL && find_stage(self, call, name) == NULL)
        return CORE_EXIT_USAGE;
    return take_out(self, call, PATCH_SWAP);
}

int
patch_orders_remove(void *owner, core_call_t *call)
{
    return take_out(owner, call, PATCH_INSERT);
}
