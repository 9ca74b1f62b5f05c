/*
 * live - the verbs flush, cache, zones, log and next: words to the stages
 */

#include "ctl/live.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/control.h"
#include "coredns/stage.h"

#include "ctl/message.h"
#include "ctl/toolkit.h"

#define PATIENCE_MS 10000               /* a dump of a large cache */

/* What is said, and to whom. */
struct live {
    const char *words[GRAMMAR_WORDS + 3];
    size_t count;
    const char *program;                /* of the processes meant; NULL: any */
    const char *stage;                  /* the stage meant; NULL: any */
};

static void
say(struct live *self, const char *word)
{
    self->words[self->count++] = word;
}

/* The words of the command line from that one on. */
static void
say_rest(struct live *self, const struct request *request, size_t first)
{
    if ((request->options & OPTION_TREE) != 0)
        say(self, "--tree");
    for (size_t i = first; i < request->word_count; i++)
        say(self, request->words[i]);
}

static bool
is_meant(const struct live *self, const struct plan_process *process)
{
    const struct plan_stage *stage = process->stage;

    if (self->program != NULL && strcmp(stage->program, self->program) != 0)
        return false;
    return self->stage == NULL || strcmp(stage->name, self->stage) == 0
        || strcmp(process->name, self->stage) == 0;
}

/* Every line behind the name of who says it, when there are several. */
static void
print_answer(const char *name, const char *text, bool has_several)
{
    while (*text != '\0') {
        int size = (int) strcspn(text, "\n");

        printf(has_several ? "%s: %.*s\n" : "%.0s%.*s\n", name, size, text);
        text += size + (text[size] == '\n');
    }
}

/* Asks one process; its exit code. */
static int
ask(const struct live *self, const struct toolkit *toolkit,
    const struct plan_process *process, bool has_several)
{
    char endpoint[PLAN_ENDPOINT_SIZE];
    char *text;
    struct core_fault fault;

    plan_endpoint(toolkit->run_directory, process->name, "control", endpoint);

    int code = core_control_ask(endpoint, self->words, PATIENCE_MS, &text,
                                &fault);

    if (code == -1)
        code = message_fail(CORE_EXIT_NOT_RUNNING, "%s does not answer",
                            process->name);
    else if (code == CORE_EXIT_USAGE)
        fprintf(stderr, "corednsctl: %s: %s", process->name, text);
    else
        print_answer(process->name, text, has_several);
    free(text);
    return code;
}

static int
ask_all(const struct live *self, const struct toolkit *toolkit)
{
    const struct plan *plan = toolkit->plan;
    size_t count = 0;
    int worst = CORE_EXIT_DONE;

    for (size_t i = 0; i < plan->process_count; i++)
        count += is_meant(self, &plan->processes[i]);
    if (count == 0 && self->stage != NULL)
        return message_fail(CORE_EXIT_USAGE, "no stage is called %s",
                            self->stage);
    if (count == 0)
        return message_fail(CORE_EXIT_FAILED, "there is no stage of %s",
                            self->program);
    for (size_t i = 0; i < plan->process_count; i++) {
        if (!is_meant(self, &plan->processes[i]))
            continue;

        int code = ask(self, toolkit, &plan->processes[i], count > 1);

        if (code != CORE_EXIT_DONE)
            worst = code;
    }
    return worst;
}

static int
run(const struct live *self, const struct request *request)
{
    struct toolkit toolkit;
    int code = CORE_EXIT_CONFIG;

    toolkit_plan_patched(&toolkit, request->config_path,
                         request->run_directory);
    if (toolkit_is_there(&toolkit) && toolkit.plan != NULL)
        code = ask_all(self, &toolkit);
    toolkit_end(&toolkit);
    return code;
}

/* ---- the verbs ----------------------------------------------------------- */

int
flush_run(const struct request *request)
{
    struct live live = { .program = PROGRAM_PREFIX "cache" };

    say(&live, "flush");
    say_rest(&live, request, 0);
    return run(&live, request);
}

int
cache_run(const struct request *request)
{
    struct live live = { .program = PROGRAM_PREFIX "cache" };

    say(&live, request->words[0]);
    say_rest(&live, request, 1);
    return run(&live, request);
}

int
zones_run(const struct request *request)
{
    struct live live = { .program = PROGRAM_PREFIX "authority" };
    bool is_list = request->word_count > 0
        && strcmp(request->words[0], "list") == 0;

    say(&live, "zones");
    say_rest(&live, request, is_list ? 1 : 0);
    return run(&live, request);
}

int
log_run(const struct request *request)
{
    struct live live = {
        .stage = request->word_count > 1 ? request->words[1] : NULL,
    };

    say(&live, "log");
    say(&live, request->words[0]);
    return run(&live, request);
}

int
next_run(const struct request *request)
{
    struct live live = { .stage = request->argument };

    say(&live, "next");
    return run(&live, request);
}
