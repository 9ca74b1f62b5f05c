/*
 * status_all - the verb status with --all: what runs on every host
 *
 * Each supervisor is asked for what it tells on its own host; one that does not
 * answer is told of as such.
 */

#include "ctl/status_all.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "coredns/control.h"
#include "coredns/stage.h"

#include "ctl/hosts.h"
#include "ctl/message.h"
#include "ctl/status.h"
#include "ctl/toolkit.h"

#define SCHEMA "corednsctl.status-all/1"
#define ANSWER_LIMIT_MS 5000

/* What the supervisor of a host says; JSON's null when it says nothing. */
static json_t *
ask_host(const struct toolkit *toolkit, const struct plan_host *host)
{
    static const char *const words[] = { "status", NULL };
    const struct plan *plan = toolkit->plan;
    char endpoint[PLAN_ENDPOINT_SIZE];
    struct core_fault fault;
    json_t *status = NULL;
    char *text;

    if (host == plan->here)
        plan_endpoint(toolkit->run_directory, "corednsctl", "control",
                      endpoint);
    else
        hosts_control(plan, host, plan->keys, endpoint);
    if (core_control_ask(endpoint, words, ANSWER_LIMIT_MS, &text,
                         &fault) == -1)
        message_fault(0, &fault);
    else
        status = json_loads(text, 0, NULL);
    free(text);
    return status == NULL ? json_null() : status;
}

/* As the worst of them is. */
static const char *
state_of_all(const json_t *hosts)
{
    for (size_t i = 0; i < json_array_size(hosts); i++) {
        const json_t *status = json_object_get(json_array_get(hosts, i),
                                               "status");
        const char *state = json_string_value(json_object_get(status,
                                                              "state"));

        if (state == NULL || strcmp(state, "ready") != 0)
            return "degraded";
    }
    return "ready";
}

static void
print_table(const json_t *hosts)
{
    table_t *table = status_table_new(STATUS_WITH_HOSTS);

    for (size_t i = 0; i < json_array_size(hosts); i++) {
        const json_t *host = json_array_get(hosts, i);

        status_table_add(table, json_string_value(json_object_get(host,
                                                                  "host")),
                         json_object_get(host, "status"));
    }
    table_print(table, stdout);
    table_destroy(&table);
}

static int
tell(const struct request *request, const struct toolkit *toolkit)
{
    const struct plan *plan = toolkit->plan;
    json_t *hosts = json_array();

    for (size_t i = 0; i < plan->host_count; i++)
        if (plan->hosts[i].address != NULL || &plan->hosts[i] == plan->here)
            json_array_append_new(hosts, json_pack(
                "{ss ss? so}", "host", plan->hosts[i].name, "address",
                plan->hosts[i].address, "status",
                ask_host(toolkit, &plan->hosts[i])));

    const char *state = state_of_all(hosts);
    json_t *root = json_pack("{ss ss so}", "schema", SCHEMA, "state", state,
                             "hosts", hosts);

    if ((request->options & OPTION_JSON) != 0) {
        json_dumpf(root, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    else
        print_table(hosts);

    int code = strcmp(state, "ready") == 0 ? CORE_EXIT_DONE
                                           : CORE_EXIT_NOT_WELL;

    json_decref(root);
    return code;
}

int
status_all_run(const struct request *request)
{
    struct toolkit toolkit;
    int code = CORE_EXIT_CONFIG;

    toolkit_plan(&toolkit, request->config_path, request->run_directory,
                 false);
    if (toolkit_is_there(&toolkit) && toolkit.plan != NULL)
        code = toolkit.plan->here == NULL
            ? message_fail(CORE_EXIT_CONFIG, "it is not known which of the "
                           "hosts this is, or there are none")
            : tell(request, &toolkit);
    toolkit_end(&toolkit);
    return code;
}
