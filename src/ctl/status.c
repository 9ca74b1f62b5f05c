/*
 * status - the verb status: what runs and how it is
 *
 * The supervisor answers with JSON, which is also what --json prints; the
 * table is made from it here.
 */

#include "ctl/status.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "coredns/control.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/directory.h"
#include "ctl/message.h"
#include "ctl/status_all.h"
#include "ctl/survivor.h"
#include "ctl/table.h"
#include "ctl/toolkit.h"

#define ANSWER_LIMIT_MS 5000
#define STAGE_LIMIT_MS 1000             /* of one stage, asked by us */

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static int64_t
number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* ---- the table ----------------------------------------------------------- */

/* "3d4h", "5h12m", "7m3s", "42s", "350ms". */
static void
write_age(char *text, size_t size, int64_t ms)
{
    int64_t seconds = ms / 1000;

    if (ms < 1000)
        snprintf(text, size, "%" PRId64 "ms", ms);
    else if (seconds < 60)
        snprintf(text, size, "%" PRId64 "s", seconds);
    else if (seconds < 3600)
        snprintf(text, size, "%" PRId64 "m%" PRId64 "s", seconds / 60,
                 seconds % 60);
    else if (seconds < 86400)
        snprintf(text, size, "%" PRId64 "h%" PRId64 "m", seconds / 3600,
                 seconds / 60 % 60);
    else
        snprintf(text, size, "%" PRId64 "d%" PRId64 "h", seconds / 86400,
                 seconds / 3600 % 24);
}

static void
add_row(table_t *table, const char *host, const json_t *stage)
{
    const json_t *rate = json_object_get(stage, "queries_per_second");
    const char *error = text_of(stage, "last_error");
    const char *reason = text_of(stage, "reason");
    char pid[24] = "-";
    char uptime[24] = "-";
    char restarts[24];
    char queries[32] = "-";
    char state[256];

    if (number_of(stage, "pid") > 0) {
        snprintf(pid, sizeof pid, "%" PRId64, number_of(stage, "pid"));
        write_age(uptime, sizeof uptime, number_of(stage, "uptime_ms"));
    }
    snprintf(restarts, sizeof restarts, "%" PRId64,
             number_of(stage, "restarts"));
    if (json_is_number(rate))
        snprintf(queries, sizeof queries, "%.0f", json_number_value(rate));

    /* What is told in the last column need not be told twice. */
    if (*reason == '\0' || strcmp(reason, error) == 0)
        snprintf(state, sizeof state, "%s", text_of(stage, "state"));
    else
        snprintf(state, sizeof state, "%s: %s", text_of(stage, "state"),
                 reason);

    char program[512];

    if (*text_of(stage, "replaces") != '\0')
        snprintf(program, sizeof program, "%s (for %s)",
                 text_of(stage, "program"), text_of(stage, "replaces"));
    else if (*text_of(stage, "before") != '\0')
        snprintf(program, sizeof program, "%s (before %s)",
                 text_of(stage, "program"), text_of(stage, "before"));
    else
        snprintf(program, sizeof program, "%s", text_of(stage, "program"));

    const char *const cells[] = {
        host == NULL ? "" : host, text_of(stage, "name"), program, pid, state,
        uptime, restarts, queries, error, NULL
    };

    table_add(table, cells + (host == NULL));
}

table_t *
status_table_new(enum status_columns columns)
{
    static const char *const heads[] = {
        "HOST", "NAME", "PROGRAM", "PID", "STATE", "UPTIME", "RESTARTS",
        "QUERIES/S", "LAST ERROR", NULL
    };

    return table_new(heads + (columns == STATUS_OF_HOST));
}

void
status_table_add(table_t *table, const char *host, const json_t *status)
{
    const json_t *stages = json_object_get(status, "stages");

    if (!json_is_object(status) && host != NULL) {
        const char *const cells[] = {
            host, "-", "-", "-", "does not answer", "-", "-", "-", "", NULL
        };

        table_add(table, cells);
    }
    for (size_t i = 0; i < json_array_size(stages); i++)
        add_row(table, host, json_array_get(stages, i));
}

static void
print_table(const json_t *root)
{
    table_t *table = status_table_new(STATUS_OF_HOST);

    status_table_add(table, NULL, root);
    table_print(table, stdout);
    table_destroy(&table);
}

static int
print(const struct request *request, const json_t *root)
{
    if ((request->options & OPTION_JSON) != 0) {
        json_dumpf(root, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    else
        print_table(root);
    return strcmp(text_of(root, "state"), "ready") == 0 ? CORE_EXIT_DONE
                                                         : CORE_EXIT_NOT_WELL;
}

/* ---- without a supervisor ------------------------------------------------ */

static json_t *
describe(const struct toolkit *toolkit, const char *state, json_t *stages)
{
    return json_pack("{ss ss ss ss so so}", "schema", STATUS_SCHEMA, "state",
                     state, "configuration", toolkit->config_path,
                     "run_directory", toolkit->run_directory, "supervisor",
                     json_null(), "stages", stages);
}

/* Puts the lines "key value" of an answer into what is known already. */
static void
take_answer(json_t *stage, char *text)
{
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *value = line + strcspn(line, " ");

        if (*value != '\0')
            *value++ = '\0';

        json_t *known = json_object_get(stage, line);

        if (json_is_integer(known))
            json_integer_set(known, atoll(value));
        else if (json_is_string(known))
            json_string_set(known, value);
    }
}

/* What a stage says of itself, as the supervisor would tell it. */
static json_t *
ask_survivor(const struct toolkit *toolkit, const struct survivor *survivor)
{
    static const char *const words[] = { "status", NULL };
    char endpoint[PLAN_ENDPOINT_SIZE];
    struct core_fault fault;
    char *text;
    json_t *stage = json_pack("{ss ss ss sn sn si ss ss sI si sI so ss}",
                              "name", survivor->name, "stage", "",
                              "program", "", "replaces", "before",
                              "pid", (int) survivor->pid,
                              "state", "not-ready", "reason",
                              "it does not answer",
                              "uptime_ms", (json_int_t) 0, "restarts", 0,
                              "queries", (json_int_t) 0,
                              "queries_per_second", json_null(),
                              "last_error", "");
    size_t stage_size = strcspn(survivor->name, ".");

    plan_endpoint(toolkit->run_directory, survivor->name, "control",
                  endpoint);
    json_object_set_new(stage, "stage",
                        json_stringn(survivor->name, stage_size));
    core_control_ask(endpoint, words, STAGE_LIMIT_MS, &text, &fault);
    if (text != NULL)
        take_answer(stage, text);
    free(text);
    return stage;
}

static int
tell_survivors(const struct request *request, const struct toolkit *toolkit)
{
    struct survivors survivors;
    json_t *stages = json_array();

    survivors_find(&survivors, toolkit->run_directory);
    for (size_t i = 0; i < survivors.count; i++)
        json_array_append_new(stages, ask_survivor(toolkit,
                                                   &survivors.list[i]));

    bool is_running = survivors.count > 0;
    json_t *root = describe(toolkit, is_running ? "no-supervisor"
                            : "not-running", stages);

    survivors_free(&survivors);
    if (is_running || (request->options & OPTION_JSON) != 0)
        print(request, root);
    json_decref(root);
    if (!is_running)
        return message_fail(CORE_EXIT_NOT_RUNNING, "not running");
    return message_fail(CORE_EXIT_NOT_WELL,
                        "no supervisor; start takes over");
}

/* ---- with one ------------------------------------------------------------ */

static int
tell_supervised(const struct request *request, const struct toolkit *toolkit)
{
    static const char *const words[] = { "status", NULL };
    char endpoint[PLAN_ENDPOINT_SIZE];
    struct core_fault fault;
    char *text;

    plan_endpoint(toolkit->run_directory, "corednsctl", "control", endpoint);
    if (core_control_ask(endpoint, words, ANSWER_LIMIT_MS, &text,
                         &fault) == -1)
        return message_fault(CORE_EXIT_NOT_WELL, &fault);

    json_t *root = json_loads(text, 0, NULL);
    int code = CORE_EXIT_NOT_WELL;

    if (root != NULL)
        code = print(request, root);
    else
        message_fail(code, "the supervisor answers with no JSON");
    json_decref(root);
    free(text);
    return code;
}

int
status_run(const struct request *request)
{
    struct toolkit toolkit;
    int code;

    if ((request->options & OPTION_ALL) != 0)
        return status_all_run(request);
    toolkit_find(&toolkit, request->config_path, request->run_directory);
    if (!toolkit_is_there(&toolkit))
        code = CORE_EXIT_CONFIG;
    else if (directory_holder(toolkit.run_directory) != 0)
        code = tell_supervised(request, &toolkit);
    else
        code = tell_survivors(request, &toolkit);
    toolkit_end(&toolkit);
    return code;
}
