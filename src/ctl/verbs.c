/*
 * verbs - all that corednsctl can be asked to do, as a table
 */

#include "ctl/verbs.h"

#include <stdio.h>

#include <jansson.h>

#include "coredns/log.h"
#include "coredns/stage.h"
#include "coredns/version.h"

#include "ctl/check.h"
#include "ctl/completion.h"
#include "ctl/corefile_import.h"
#include "ctl/etcd.h"
#include "ctl/grammar.h"
#include "ctl/keys.h"
#include "ctl/live.h"
#include "ctl/logs.h"
#include "ctl/message.h"
#include "ctl/start.h"
#include "ctl/status.h"
#include "ctl/order.h"
#include "ctl/skydns.h"
#include "ctl/swap.h"
#include "ctl/tap.h"
#include "ctl/trace.h"
#include "ctl/wires.h"

static int
version_run(const struct request *request)
{
    if ((request->options & OPTION_JSON) != 0) {
        json_t *root = json_pack("{ss ss}", "schema", "corednsctl.version/1",
                                 "version", CORE_VERSION);

        json_dumpf(root, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(root);
    }
    else
        printf("corednsctl %s\n", CORE_VERSION);
    return CORE_EXIT_DONE;
}

/* One of both is to be said: the file, or that it is SkyDNS. */
static int
import_run(const struct request *request)
{
    bool is_skydns = (request->options & OPTION_SKYDNS) != 0;

    if (is_skydns && request->argument == NULL)
        return skydns_run(request);
    if (is_skydns || request->argument == NULL || request->command != NULL)
        return message_fail(CORE_EXIT_USAGE, "import takes a Corefile, or "
                            "--skydns and then its options behind a --");
    return corefile_import_run(request);
}

static int help_run(const struct request *request);
static int completion_run(const struct request *request);

#define PROGRAM_WORDS "program [word ...]"

static const struct verb verb_table[] = {
    { "start", start_run, OPTION_FOREGROUND | OPTION_CHECK, NULL, 0, 0,
      "start all stages, or take over those that live", NULL },
    { "stop", stop_run, 0, NULL, 0, 0,
      "drain and end all stages", NULL },
    { "restart", restart_run, 0, "stage", 0, 1,
      "end a stage and start it anew; all, one by one, without a name", NULL },
    { "reload", reload_run, OPTION_CHECK, NULL, 0, 0,
      "check the configuration and change over to it", NULL },
    { "status", status_run, OPTION_ALL | OPTION_JSON, NULL, 0, 0,
      "what runs and how it is", NULL },
    { "check", check_run, OPTION_JSON | OPTION_OUTPUT, "file", 0, 1,
      "say all that is wrong with the configuration", NULL },
    { "logs", logs_run, OPTION_FOLLOW | OPTION_LINES, "stage", 0, 1,
      "what the stages have written", NULL },
    { "wires", wires_run, OPTION_DOT | OPTION_JSON, NULL, 0, 0,
      "draw which stage is wired to which", NULL },
    { "swap", swap_run, OPTION_BACK, "stage", 1, 1,
      "put a program in the place of a stage's own", PROGRAM_WORDS },
    { "insert", insert_run, OPTION_BEFORE, "name", 1, 1,
      "put a program on the wire in front of a stage", PROGRAM_WORDS },
    { "remove", remove_run, 0, "name", 1, 1,
      "take out what was inserted", NULL },
    { "tap", tap_run,
      OPTION_FORMAT | OPTION_NAME | OPTION_TYPE | OPTION_CLIENT
      | OPTION_RCODE, "stage", 1, 1,
      "show what passes on the way to a stage, until Ctrl-C", NULL },
    { "trace", trace_run,
      OPTION_JSON | OPTION_CLIENT | OPTION_DO | OPTION_FROM, "name [type]", 1,
      2, "ask one question and show every stop on its way", NULL },
    { "next", next_run, 0, "[stage]", 0, 1,
      "where the queries of the stages go", NULL },
    { "flush", flush_run, OPTION_TREE, "name [type]", 0, 2,
      "forget what the caches know, all or of a name", NULL },
    { "cache", cache_run, OPTION_TREE, "dump|stats [name [type]]", 1, 3,
      "what the caches know, and how often it was of use", NULL },
    { "zones", zones_run, 0, "list | show zone", 0, 2,
      "the zones that are served, or the records of one", NULL },
    { "log", log_run, 0, "level [stage]", 1, 2,
      "what is worth a line from here on: error warning notice debug", NULL },
    { "keygen", keygen_run, 0, "[host ...]", 0, PLAN_HOSTS,
      "make the keys by which hosts know each other", NULL },
    { "import", import_run, OPTION_SKYDNS, "corefile", 0, 1,
      "write a Corefile of CoreDNS, or SkyDNS's options, as a configuration",
      "SkyDNS option ..." },
    { "names", names_run, 0, NULL, 0, 0,
      "the names of all stages, a line each", NULL },
    { "completion", completion_run, 0, "bash | zsh", 1, 1,
      "write what a shell needs to complete command lines", NULL },
    { "etcd", etcd_run, OPTION_SERVICE | OPTION_TTL | OPTION_STAGE,
      "put|get|rm|import name", 2, 2,
      "services in etcd: put one, read or remove it, all of a zone file",
      NULL },
    { "version", version_run, OPTION_JSON, NULL, 0, 0,
      "print the version", NULL },
    { "help", help_run, 0, "verb", 0, 1,
      "what there is to ask for", NULL },
    { NULL, NULL, 0, NULL, 0, 0, NULL, NULL },
};

static int
completion_run(const struct request *request)
{
    return completion_write(verb_table, request->argument, stdout)
        ? CORE_EXIT_DONE
        : message_fail(CORE_EXIT_USAGE, "no completion for %s: there are "
                       "bash, zsh", request->argument);
}

static int
help_run(const struct request *request)
{
    const struct verb *verb = request->argument == NULL ? NULL
        : grammar_verb(verb_table, request->argument);

    if (request->argument != NULL && verb == NULL)
        return message_fail(CORE_EXIT_USAGE, "there is no verb %s",
                            request->argument);
    grammar_help(verb_table, verb, stdout);
    return CORE_EXIT_DONE;
}

int
verbs_main(int argc, char **argv)
{
    struct request request;
    struct core_log_options options = { .level = CORE_LOG_NOTICE };
    struct core_fault fault;
    int code;

    code = grammar_read(&request, verb_table, argc, argv);
    if (code != -1)
        return code;
    if (request.verbose > 0)
        options.level = CORE_LOG_DEBUG;
    core_log_open("corednsctl", &options, &fault);
    if ((request.options & OPTION_CHECK) != 0)
        return check_run(&request);
    return request.verb->run(&request);
}
