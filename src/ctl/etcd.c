/*
 * etcd - the verb etcd: services put, read and removed by hand or by scripts
 */

#include "ctl/etcd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/control.h"
#include "coredns/stage.h"

#include "ctl/etcd_value.h"
#include "ctl/hosts.h"
#include "ctl/message.h"
#include "ctl/toolkit.h"

#define PROGRAM PROGRAM_PREFIX "etcd-sync"
#define PATIENCE_MS 15000

/* What is to be done, and where. */
struct errand {
    const struct request *request;
    const char *word;                   /* "put"... */
    const char *name;                   /* of a service, or a file */
    const char *stage;                  /* or NULL: the only one */
    const char *lease;                  /* seconds; or NULL */
    char endpoint[PLAN_ENDPOINT_SIZE];
};

/* ---- the stage ----------------------------------------------------------- */

static bool
is_meant(const struct errand *errand, const struct plan_stage *stage)
{
    const char *base = strrchr(stage->program, '/');

    return strcmp(base == NULL ? stage->program : base + 1, PROGRAM) == 0
        && (errand->stage == NULL || strcmp(stage->name, errand->stage) == 0);
}

/* Nobody is told from another host what changes anything. */
static int
fail_elsewhere(const struct plan *plan, const struct plan_stage *stage)
{
    for (size_t i = 0; i < plan->host_count; i++)
        if (hosts_runs(plan, &plan->hosts[i], stage))
            return message_fail(CORE_EXIT_USAGE, "%s is run by the host %s: "
                                "say it there", stage->name,
                                plan->hosts[i].name);
    return message_fail(CORE_EXIT_USAGE, "%s is run by no host", stage->name);
}

static int
fail_unknown(const struct errand *errand)
{
    return message_fail(CORE_EXIT_FAILED, "there is no stage of %s%s%s",
                        PROGRAM, errand->stage == NULL ? "" : " called ",
                        errand->stage == NULL ? "" : errand->stage);
}

/* Finds the stage among those of this host, or else of others. */
static int
find_in_plan(struct errand *errand, const struct toolkit *toolkit)
{
    const struct plan *plan = toolkit->plan;
    const struct plan_stage *elsewhere = NULL;
    size_t count = 0;

    for (size_t i = 0; i < plan->stage_count; i++)
        if (is_meant(errand, &plan->stages[i]) && !plan->stages[i].is_here)
            elsewhere = &plan->stages[i];
    for (size_t i = 0; i < plan->process_count; i++)
        if (is_meant(errand, plan->processes[i].stage)) {
            plan_endpoint(toolkit->run_directory, plan->processes[i].name,
                          "control", errand->endpoint);
            count++;
        }
    if (count == 1)
        return -1;
    if (count > 1)
        return message_fail(CORE_EXIT_USAGE, "there are several stages of %s: "
                            "name one by --stage", PROGRAM);
    return elsewhere != NULL ? fail_elsewhere(plan, elsewhere)
        : fail_unknown(errand);
}

/* Finds where the stage takes orders; returns -1, or an exit code. */
static int
find_stage(struct errand *errand)
{
    struct toolkit toolkit;
    int code = CORE_EXIT_CONFIG;

    toolkit_plan(&toolkit, errand->request->config_path,
                 errand->request->run_directory, false);
    if (toolkit_is_there(&toolkit) && toolkit.plan != NULL)
        code = find_in_plan(errand, &toolkit);
    toolkit_end(&toolkit);
    return code;
}

/* Says words to the stage, prints what it answers; its exit code. */
static int
say(const struct errand *errand, const char *const *words)
{
    char *text;
    struct core_fault fault;
    int code = core_control_ask(errand->endpoint, words, PATIENCE_MS, &text,
                                &fault);

    if (code == -1) {
        free(text);
        return message_fail(CORE_EXIT_NOT_RUNNING, "%s does not answer",
                            PROGRAM);
    }
    if (code == CORE_EXIT_DONE)
        fputs(text, stdout);
    else
        fprintf(stderr, "corednsctl: etcd: %s", text);
    free(text);
    return code;
}

/* ---- what is to be done -------------------------------------------------- */

static int
put(const struct errand *errand, const char *name, const char *value)
{
    const char *words[] = { "put", name, value, errand->lease, NULL };

    return say(errand, words);
}

struct import {
    const struct errand *errand;
    int code;
};

static bool
put_imported(void *owner, const char *name, const char *value)
{
    struct import *import = owner;

    import->code = put(import->errand, name, value);
    return import->code == CORE_EXIT_DONE;
}

static int
import(const struct errand *errand)
{
    struct import import = { .errand = errand, .code = CORE_EXIT_DONE };
    struct etcd_value_counts counts;
    struct core_fault fault;

    if (etcd_value_import(errand->name, put_imported, &import, &counts, stderr,
                          &fault) == -1)
        return message_fault(CORE_EXIT_FAILED, &fault);
    fprintf(stderr, "%zu services, %zu records left out\n", counts.put,
            counts.left_out);
    return import.code;
}

/* The fields of a value that were given; NULL when one is none, which is said
   then. */
static json_t *
read_value(const struct request *request)
{
    json_t *value = json_object();

    for (const struct option_entry *entry = option_table; entry->option != 0;
         entry++) {
        const char *text = request_value(request, entry->option);

        if ((request->options & OPTION_SERVICE & entry->option) == 0)
            continue;
        if (entry->value == NULL)
            json_object_set_new(value, entry->name, json_true());
        else if (!etcd_value_add(value, entry->name, text)) {
            message_fail(CORE_EXIT_USAGE, "not a value of --%s: %s",
                         entry->name, text);
            json_decref(value);
            return NULL;
        }
    }
    return value;
}

static int
run_put(const struct errand *errand)
{
    json_t *object = read_value(errand->request);
    char *value;
    int code;

    if (object == NULL)
        return CORE_EXIT_USAGE;
    value = etcd_value_end(&object);
    code = put(errand, errand->name, value);
    free(value);
    return code;
}

static int
run_word(const struct errand *errand)
{
    const char *words[] = { errand->word, errand->name, NULL };

    return say(errand, words);
}

static int (*find_run(const char *word))(const struct errand *errand)
{
    static const struct {
        const char *word;
        int (*run)(const struct errand *errand);
    } runs[] = {
        { "put", run_put }, { "get", run_word }, { "rm", run_word },
        { "import", import },
    };

    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (strcmp(runs[i].word, word) == 0)
            return runs[i].run;
    return NULL;
}

int
etcd_run(const struct request *request)
{
    struct errand errand = {
        .request = request, .word = request->words[0],
        .name = request->words[1],
        .stage = request_value(request, OPTION_STAGE),
        .lease = request_value(request, OPTION_TTL),
    };
    int (*run)(const struct errand *errand) = find_run(errand.word);
    bool has_value = (request->options & OPTION_SERVICE) != 0;
    bool is_put = run == run_put;
    int code;

    if (run == NULL)
        return message_fail(CORE_EXIT_USAGE, "etcd: neither put nor get, rm "
                            "or import: %s", errand.word);
    if (has_value != is_put)
        return message_fail(CORE_EXIT_USAGE, is_put ? "etcd: what is to be "
                            "put? A host or a text, for example" : "etcd: "
                            "only put takes fields of a value");
    code = find_stage(&errand);
    return code == -1 ? run(&errand) : code;
}
