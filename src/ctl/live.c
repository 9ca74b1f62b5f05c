/*
 * live - the verbs flush, cache, zones, log and next: words to the stages
 */

#include "ctl/live.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/control.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/arguments.h"
#include "ctl/hosts.h"
#include "ctl/message.h"
#include "ctl/toolkit.h"

#define PATIENCE_MS 10000               /* a dump of a large cache */

/* What is said, and to whom. */
struct live {
    const char *words[GRAMMAR_WORDS + 3];
    size_t count;
    const char *program;                /* of the processes meant; NULL: any */
    const char *stage;                  /* the stage meant; NULL: any */
    bool is_optional;                   /* there need not be one */
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
is_meant(const struct live *self, const struct plan_stage *stage,
         const char *name)
{
    /* Another build of it, put there by hand, has a path. */
    if (self->program != NULL
        && strcmp(basename(stage->program), self->program) != 0)
        return false;
    return self->stage == NULL || strcmp(stage->name, self->stage) == 0
        || strcmp(name, self->stage) == 0;
}

/* ---- who is asked -------------------------------------------------------- */

/* A process of this host, or of another one. */
struct target {
    char *name;
    const struct plan_host *host;       /* NULL: of this one */
};

struct targets {
    struct target *list;
    size_t count, capacity;
};

static void
add_instances(struct targets *targets, const struct live *live,
              const struct plan_stage *stage, const struct plan_host *host)
{
    for (unsigned i = 0; i < stage->instances; i++) {
        char *name = arguments_name(stage, i);

        if (!is_meant(live, stage, name)) {
            free(name);
            continue;
        }
        targets->list = core_grow(targets->list, targets->count,
                                  &targets->capacity, sizeof *targets->list);
        targets->list[targets->count++] = (struct target) { name, host };
    }
}

/* Tail first, as they are started; those of this host before the others. */
static void
find_targets(struct targets *targets, const struct live *live,
             const struct plan *plan)
{
    *targets = (struct targets) { .count = 0 };
    for (size_t i = 0; i < plan->order_count; i++)
        if (plan->order[i]->is_here)
            add_instances(targets, live, plan->order[i], NULL);
    for (size_t h = 0; h < plan->host_count; h++)
        for (size_t i = 0; i < plan->order_count; i++)
            if (&plan->hosts[h] != plan->here && plan->hosts[h].address != NULL
                && hosts_runs(plan, &plan->hosts[h], plan->order[i]))
                add_instances(targets, live, plan->order[i],
                              &plan->hosts[h]);
}

static void
free_targets(struct targets *targets)
{
    for (size_t i = 0; i < targets->count; i++)
        free(targets->list[i].name);
    free(targets->list);
}

/* "cache.1", "b/cache". */
static char *
name_of(const struct target *target)
{
    char *name;

    if (asprintf(&name, "%s%s%s", target->host == NULL ? ""
                 : target->host->name, target->host == NULL ? "" : "/",
                 target->name) == -1)
        abort();
    return name;
}

/* ---- asking -------------------------------------------------------------- */

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

/* Says the words to a process; of another host, through its supervisor. */
static int
say_to(const struct live *self, const struct toolkit *toolkit,
       const struct target *target, char **text_p)
{
    char endpoint[PLAN_ENDPOINT_SIZE];
    const char *words[GRAMMAR_WORDS + 5] = { "ask", target->name };
    struct core_fault fault;
    bool is_here = target->host == NULL;

    memcpy(words + 2, self->words, self->count * sizeof *words);
    if (is_here)
        plan_endpoint(toolkit->run_directory, target->name, "control",
                      endpoint);
    else
        hosts_control(toolkit->plan, target->host, toolkit->plan->keys,
                      endpoint);
    return core_control_ask(endpoint, is_here ? words + 2 : words,
                            PATIENCE_MS, text_p, &fault);
}

/* Asks one process; its exit code. */
static int
ask(const struct live *self, const struct toolkit *toolkit,
    const struct target *target, bool has_several)
{
    char *text;
    char *name = name_of(target);
    int code = say_to(self, toolkit, target, &text);

    if (code == -1)
        code = message_fail(CORE_EXIT_NOT_RUNNING, "%s does not answer",
                            name);
    else if (code == CORE_EXIT_USAGE || code == CORE_EXIT_NOT_RUNNING)
        fprintf(stderr, "corednsctl: %s: %s", name, text);
    else
        print_answer(name, text, has_several);
    free(text);
    free(name);
    return code;
}

static int
ask_all(const struct live *self, const struct toolkit *toolkit)
{
    struct targets targets;
    const struct plan_host *silent = NULL;
    int worst = CORE_EXIT_DONE;

    find_targets(&targets, self, toolkit->plan);
    if (targets.count == 0 && (self->stage != NULL || !self->is_optional))
        worst = self->stage != NULL
            ? message_fail(CORE_EXIT_USAGE, "no stage is called %s",
                           self->stage)
            : message_fail(CORE_EXIT_FAILED, "there is no stage of %s",
                           self->program);
    for (size_t i = 0; i < targets.count; i++) {
        const struct plan_host *host = targets.list[i].host;
        int code;

        if (host != NULL && host == silent)
            continue;                   /* that was said */
        code = ask(self, toolkit, &targets.list[i], targets.count > 1);
        if (code != CORE_EXIT_DONE)
            worst = code;
        if (code == CORE_EXIT_NOT_RUNNING)
            silent = host;
    }
    free_targets(&targets);
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
    struct live bad = {
        .program = PROGRAM_PREFIX "etcd-sync", .is_optional = true,
    };
    bool is_list = request->word_count == 0
        || strcmp(request->words[0], "list") == 0;
    int code;

    say(&live, "zones");
    say_rest(&live, request, is_list && request->word_count > 0 ? 1 : 0);
    code = run(&live, request);
    if (!is_list || request->word_count > 1 || code != CORE_EXIT_DONE)
        return code;
    say(&bad, "bad");                   /* what a source had to leave out */
    return run(&bad, request);
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
