/*
 * orders - what the supervisor can be asked and told by control
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "coredns/memory.h"
#include "coredns/setting.h"
#include "coredns/stage.h"

#include "ctl/parts.h"

static int
run_status(void *owner, core_call_t *call)
{
    roll_call(owner, call);
    return CORE_CALL_LATER;
}

static int
run_stop(void *owner, core_call_t *call)
{
    supervisor_stop(owner, call);
    return CORE_CALL_LATER;
}

/* The same file, by whatever name; or the same name, with no file there. */
static bool
is_same_file(const char *left, const char *right)
{
    struct stat lefts, rights;

    if (strcmp(left, right) == 0)
        return true;
    return stat(left, &lefts) == 0 && stat(right, &rights) == 0
        && lefts.st_dev == rights.st_dev && lefts.st_ino == rights.st_ino;
}

static int
run_reload(void *owner, core_call_t *call)
{
    const struct house *house = owner;
    const char *path = core_call_argument(call, 0);

    if (path != NULL && !is_same_file(path, house->config_path)) {
        fprintf(core_call_output(call), "this toolkit runs on %s: stop it, and "
                "start it on the other one\n", house->config_path);
        return CORE_EXIT_USAGE;
    }
    reload_begin(owner, call);
    return CORE_CALL_LATER;
}

/* ---- restart ------------------------------------------------------------- */

static void
take_restarted(void *owner, change_t *change, enum change_outcome outcome)
{
    struct house *self = owner;
    char *text = core_copy_text(change_text(change));
    int code = outcome == CHANGE_DONE ? CORE_EXIT_DONE
        : outcome == CHANGE_LATE ? CORE_EXIT_AGAIN
        : change_exit_code(change);

    house_change_over(self);
    house_job_end(self, code, text);
    free(text);
}

/* Adds the processes of that name, of that stage, or all; how many. */
static size_t
add_restarts(struct house *self, change_t *change, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < self->plan->process_count; i++) {
        const struct plan_process *spec = &self->plan->processes[i];

        if (name != NULL && strcmp(name, spec->name) != 0
            && strcmp(name, spec->stage->name) != 0)
            continue;
        change_add(change, STEP_RESTART, house_find(self, spec->name));
        count++;
    }
    return count;
}

void
orders_say_unknown(const struct house *self, core_call_t *call,
                   const char *name)
{
    if (name == NULL) {
        fputs("no stage runs on this host\n", core_call_output(call));
        return;
    }

    const char **names = core_allocate((self->plan->stage_count + 1)
                                       * sizeof *names);

    for (size_t i = 0; i < self->plan->stage_count; i++)
        names[i] = self->plan->stages[i].name;

    const char *near = core_nearest(name, names);

    if (plan_stage(self->plan, name) != NULL) {
        fprintf(core_call_output(call), "%s runs on another host: say it "
                "there\n", name);
        free(names);
        return;
    }
    fprintf(core_call_output(call), "no stage is called %s", name);
    if (near != NULL)
        fprintf(core_call_output(call), "; did you mean %s", near);
    else
        for (size_t i = 0; i < self->plan->stage_count; i++)
            fprintf(core_call_output(call), "%s %s",
                    i == 0 ? "; there are" : ",", names[i]);
    fputc('\n', core_call_output(call));
    free(names);
}

static int
run_restart(void *owner, core_call_t *call)
{
    struct house *self = owner;
    const char *name = core_call_argument(call, 0);

    if (!house_job_begin(self, "restart", call))
        return CORE_CALL_LATER;

    change_t *change = house_change(self, take_restarted);

    if (add_restarts(self, change, name) == 0) {
        orders_say_unknown(self, call, name);
        house_change_over(self);
        house_job_end(self, CORE_EXIT_USAGE, "");
    }
    else
        change_begin(change);
    return CORE_CALL_LATER;
}

static int
run_help(void *owner, core_call_t *call)
{
    (void) owner;
    for (const struct core_verb *verb = order_table; verb->name; verb++)
        fprintf(core_call_output(call), "%-12s %s\n", verb->name, verb->says);
    return CORE_EXIT_DONE;
}

const struct core_verb order_table[] = {
    { "status", run_status, "how all processes are, as JSON" },
    { "restart", run_restart, "[STAGE]: drain and start anew, one by one" },
    { "reload", run_reload, "read the configuration again" },
    { "swap", patch_orders_swap,
      "STAGE FOLDER PROGRAM [WORD...]: put it in the stage's place" },
    { "swap-back", patch_orders_swap_back, "STAGE: its own program again" },
    { "insert", patch_orders_insert,
      "NAME STAGE PID FOLDER PROGRAM [WORD...]: put it in front of the stage" },
    { "remove", patch_orders_remove, "NAME: take it out" },
    { "stop", run_stop, "drain and end all" },
    { "help", run_help, "these verbs" },
    { NULL, NULL, NULL },
};
