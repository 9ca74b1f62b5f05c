/*
 * etcd - the verb etcd: services put, read and removed by hand or by scripts
 */

#include "ctl/etcd.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/control.h"
#include "coredns/stage.h"

#include "ctl/etcd_value.h"
#include "ctl/message.h"
#include "ctl/toolkit.h"

#define DEFAULT_CONFIG "/etc/coredns/coredns.conf"
#define PROGRAM PROGRAM_PREFIX "etcd-sync"
#define PATIENCE_MS 15000
#define USAGE \
    "usage: corednsctl etcd put [--host host] [--port port] " \
    "[--priority priority]\n" \
    "           [--weight weight] [--text text] [--mail] [--group group]\n" \
    "           [--targetstrip labels] [--ttl seconds] name\n" \
    "       corednsctl etcd get | rm name\n" \
    "       corednsctl etcd import zonefile\n" \
    "           [--stage stage] [-c file] [-r directory]\n"

enum { LONG_MAIL = 256, LONG_TTL, LONG_STAGE, LONG_FIELD };

/* Those from LONG_FIELD on are fields of the value. */
static const struct option long_options[] = {
    { "config", required_argument, NULL, 'c' },
    { "run-directory", required_argument, NULL, 'r' },
    { "help", no_argument, NULL, 'h' },
    { "mail", no_argument, NULL, LONG_MAIL },
    { "ttl", required_argument, NULL, LONG_TTL },
    { "stage", required_argument, NULL, LONG_STAGE },
    { "host", required_argument, NULL, LONG_FIELD },
    { "port", required_argument, NULL, LONG_FIELD },
    { "priority", required_argument, NULL, LONG_FIELD },
    { "weight", required_argument, NULL, LONG_FIELD },
    { "text", required_argument, NULL, LONG_FIELD },
    { "group", required_argument, NULL, LONG_FIELD },
    { "targetstrip", required_argument, NULL, LONG_FIELD },
    { NULL, 0, NULL, 0 },
};

/* What the command line says. */
struct errand {
    const char *config_path;
    const char *run_directory;
    const char *stage;                  /* or NULL: the only one */
    const char *lease;                  /* seconds; or NULL */
    json_t *value;
    const char *word;                   /* "put"... */
    const char *name;                   /* of a service, or a file */
    char endpoint[PLAN_ENDPOINT_SIZE];
};

/* ---- the command line ---------------------------------------------------- */

bool
etcd_is_meant(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-c") == 0 || strcmp(argv[i], "-r") == 0
            || strcmp(argv[i], "--config") == 0
            || strcmp(argv[i], "--run-directory") == 0)
            i++;
        else if (*argv[i] != '-')
            return strcmp(argv[i], "etcd") == 0;
    }
    return false;
}

int
etcd_run(const struct request *request)
{
    (void) request;
    fputs(USAGE, stderr);
    return CORE_EXIT_USAGE;
}

static int
fail_usage(const char *what, const char *word)
{
    fprintf(stderr, "corednsctl: etcd: %s%s\n" USAGE, what, word);
    return CORE_EXIT_USAGE;
}

/* One option; false when its value is none. */
static bool
take_option(struct errand *errand, int option, int index, const char *value)
{
    switch (option) {
    case 'c': errand->config_path = value; return *value != '\0';
    case 'r': errand->run_directory = value; return *value != '\0';
    case LONG_STAGE: errand->stage = value; return *value != '\0';
    case LONG_TTL: errand->lease = value; return *value != '\0';
    case LONG_MAIL:
        return json_object_set_new(errand->value, "mail", json_true()) == 0;
    default:
        return etcd_value_add(errand->value, long_options[index].name, value);
    }
}

/* Returns -1, or the exit code when there is nothing more to do. */
static int
read_line(struct errand *errand, int argc, char **argv)
{
    int option, index = 0;

    optind = 0;                         /* GNU: begin anew */
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:r:h", long_options, &index))
           != -1) {
        if (option == 'h') {
            fputs(USAGE, stdout);
            return CORE_EXIT_DONE;
        }
        if (option == '?')
            return fail_usage("there is no option ", argv[optind - 1]);
        if (option == ':')
            return fail_usage("needs a value: ", argv[optind - 1]);
        if (!take_option(errand, option, index, optarg))
            return fail_usage("not a value of this option: ", optarg);
    }
    if (argc - optind != 3)             /* "etcd" is the first */
        return fail_usage(argc - optind < 3 ? "a word is missing"
                          : "one word too many: ",
                          argc - optind < 3 ? "" : argv[optind + 3]);
    errand->word = argv[optind + 1];
    errand->name = argv[optind + 2];
    return -1;
}

/* ---- the stage ----------------------------------------------------------- */

static bool
is_meant(const struct errand *errand, const struct plan_process *process)
{
    return strcmp(process->stage->program, PROGRAM) == 0
        && (errand->stage == NULL
            || strcmp(process->stage->name, errand->stage) == 0);
}

/* Finds where the stage takes orders; returns -1, or an exit code. */
static int
find_stage(struct errand *errand)
{
    const struct plan_process *found = NULL;
    struct toolkit toolkit;
    size_t count = 0;
    int code = -1;

    toolkit_plan(&toolkit, errand->config_path, errand->run_directory, false);
    if (!toolkit_is_there(&toolkit) || toolkit.plan == NULL) {
        toolkit_end(&toolkit);
        return CORE_EXIT_CONFIG;
    }
    for (size_t i = 0; i < toolkit.plan->process_count; i++)
        if (is_meant(errand, &toolkit.plan->processes[i])) {
            found = &toolkit.plan->processes[i];
            count++;
        }
    if (count == 0)
        code = message_fail(CORE_EXIT_FAILED, "there is no stage of %s%s%s",
                            PROGRAM, errand->stage == NULL ? "" : " called ",
                            errand->stage == NULL ? "" : errand->stage);
    else if (count > 1)
        code = message_fail(CORE_EXIT_USAGE, "there are several stages of %s: "
                            "name one by --stage", PROGRAM);
    else
        plan_endpoint(toolkit.run_directory, found->name, "control",
                      errand->endpoint);
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

/* Carries out what was read; each of them but put has no use for a value. */
static int
carry_out(struct errand *errand)
{
    const char *words[] = { errand->word, errand->name, NULL };
    bool is_put = strcmp(errand->word, "put") == 0;
    bool is_import = strcmp(errand->word, "import") == 0;
    bool has_value = json_object_size(errand->value) > 0;
    char *value;
    int code;

    if (!is_put && !is_import && strcmp(errand->word, "get") != 0
        && strcmp(errand->word, "rm") != 0)
        return fail_usage("neither put nor get, rm or import: ",
                          errand->word);
    if (has_value != is_put)
        return fail_usage(is_put ? "what is to be put? A host or a text, for "
                          "example" : "only put takes fields of a value", "");
    code = find_stage(errand);
    if (code != -1)
        return code;
    if (is_import)
        return import(errand);
    if (!is_put)
        return say(errand, words);
    value = etcd_value_end(&errand->value);
    code = put(errand, errand->name, value);
    free(value);
    return code;
}

int
etcd_main(int argc, char **argv)
{
    const char *path = getenv("COREDNS_CONFIG");
    struct errand errand = {
        .config_path = path != NULL && *path != '\0' ? path : DEFAULT_CONFIG,
        .value = json_object(),
    };
    int code = read_line(&errand, argc, argv);

    if (code == -1)
        code = carry_out(&errand);
    json_decref(errand.value);
    return code;
}
