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
#define LEASE_DIGITS 9                  /* of seconds: 31 years */

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

/* Says words to the stage; its exit code.  *text_p is yours: what it answers,
   NULL when it does not, which is told. */
static int
ask(const struct errand *errand, const char *const *words, char **text_p)
{
    struct core_fault fault;
    int code = core_control_ask(errand->endpoint, words, PATIENCE_MS, text_p,
                                &fault);

    return code != -1 ? code : message_fail(CORE_EXIT_NOT_RUNNING,
                                            "%s does not answer", PROGRAM);
}

/* The same, and prints what it answers. */
static int
say(const struct errand *errand, const char *const *words)
{
    char *text;
    int code = ask(errand, words, &text);

    if (text != NULL && code == CORE_EXIT_DONE)
        fputs(text, stdout);
    else if (text != NULL)
        fprintf(stderr, "corednsctl: etcd: %s", text);
    free(text);
    return code;
}

/* ---- what is to be done -------------------------------------------------- */

struct import {
    const struct errand *errand;
    int code;
};

static enum etcd_value_outcome
put_imported(void *owner, const char *name, const char *value, char **why_p)
{
    struct import *import = owner;
    const char *words[] = { "put", name, value, import->errand->lease, NULL };
    char *text;
    int code = ask(import->errand, words, &text);

    if (code == CORE_EXIT_USAGE && text != NULL) {
        text[strcspn(text, "\n")] = '\0';
        *why_p = text;
        return ETCD_VALUE_REFUSED;
    }
    if (code != CORE_EXIT_DONE && text != NULL)
        fprintf(stderr, "corednsctl: etcd: %s", text);
    free(text);
    import->code = code;
    return code == CORE_EXIT_DONE ? ETCD_VALUE_PUT : ETCD_VALUE_ENDS;
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
    const char *words[] = { "put", errand->name, NULL, errand->lease, NULL };
    char *value;
    int code;

    if (object == NULL)
        return CORE_EXIT_USAGE;
    value = etcd_value_end(&object);
    words[2] = value;
    code = say(errand, words);
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

/* Else each record of an import would be refused for it. */
static bool
is_lease(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits <= LEASE_DIGITS && text[digits] == '\0'
        && strspn(text, "0") != digits;
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
    if (errand.lease != NULL && !is_lease(errand.lease))
        return message_fail(CORE_EXIT_USAGE, "etcd: --ttl: not a number of "
                            "seconds of %d digits at most: %s", LEASE_DIGITS,
                            errand.lease);
    code = find_stage(&errand);
    return code == -1 ? run(&errand) : code;
}
