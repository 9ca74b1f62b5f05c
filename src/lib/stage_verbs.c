/*
 * stage_verbs - what every stage can be asked and told, and its counters
 */

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "coredns/clock.h"
#include "lib/zap.h"
#include "life.h"

static const char *
state_word(const core_life_t *life)
{
    if (life->is_draining)
        return "draining";
    if (life->is_ready)
        return "ready";
    return life->was_announced ? "not-ready" : "starting";
}

static int
run_status(void *owner, core_call_t *call)
{
    const core_life_t *life = owner;
    FILE *output = core_call_output(call);

    fprintf(output, "name %s\n", life->options.name);
    fprintf(output, "program coredns-%s\n", life->stage->name);
    fprintf(output, "pid %ld\n", (long) getpid());
    fprintf(output, "state %s\n", state_word(life));
    fprintf(output, "reason %s\n", life->reason);
    fprintf(output, "uptime_ms %" PRId64 "\n",
            core_clock_ms() - life->born_ms);
    fprintf(output, "queries %" PRIu64 "\n", life->counters.queries);
    fprintf(output, "held %u\n", life->held_count);
    fprintf(output, "last_error %s\n", core_log_last_error());
    return CORE_EXIT_DONE;
}

static int
run_reload(void *owner, core_call_t *call)
{
    core_life_t *life = owner;
    core_faults_t *faults = core_faults_new();
    int rc = stage_version_reload(life, faults);

    for (size_t i = 0; i < core_faults_count(faults); i++) {
        char line[CORE_FAULT_LINE_SIZE];

        core_fault_format(core_faults_at(faults, i), line);
        fprintf(core_call_output(call), "%s\n", line);
        core_log(CORE_LOG_ERROR, "%s", line);
    }
    core_faults_destroy(&faults);
    return rc == 0 ? CORE_EXIT_DONE : CORE_EXIT_CONFIG;
}

static int
run_log(void *owner, core_call_t *call)
{
    static const char *const levels[] = {
        "error", "warning", "notice", "debug",
    };
    const char *word = core_call_argument(call, 0);

    (void) owner;
    for (int i = 0; word != NULL && i < 4; i++)
        if (strcmp(word, levels[i]) == 0) {
            core_log_level_set((enum core_log_level) i);
            return CORE_EXIT_DONE;
        }
    fprintf(core_call_output(call),
            "log takes one of: error warning notice debug\n");
    return CORE_EXIT_USAGE;
}

static int
run_metrics(void *owner, core_call_t *call)
{
    core_life_t *life = owner;

    core_telemetry_write(life->telemetry, core_call_output(call));
    return CORE_EXIT_DONE;
}

static int
run_help(void *owner, core_call_t *call)
{
    core_life_t *life = owner;
    const struct core_verb *tables[] = { stage_verb_table,
                                         life->stage->verbs };

    for (int i = 0; i < 2; i++)
        for (const struct core_verb *verb = tables[i];
             verb != NULL && verb->name != NULL; verb++)
            fprintf(core_call_output(call), "%-12s %s\n", verb->name,
                    verb->says);
    return CORE_EXIT_DONE;
}

const struct core_verb stage_verb_table[] = {
    { "status", run_status, "what the process says of itself" },
    { "reload", run_reload, "read configuration and data again" },
    { "log", run_log, "LEVEL: what is worth a line from here on" },
    { "next", wires_run_next,
      "[NAME ENDPOINTS]: where queries go; lead them elsewhere" },
    { "metrics", run_metrics, "all counters, in the exposition format" },
    { "help", run_help, "these verbs" },
    { NULL, NULL, NULL },
};

static void
add(core_life_t *life, const char *name, const char *help,
    const uint64_t *value)
{
    core_telemetry_add(life->telemetry, CORE_COUNTER, name, help, value);
}

void
stage_counters_add(core_life_t *life)
{
    static const char verdict_help[] = "Queries by what became of them";
    static const char peer_help[] = "Connections from other hosts, by whether "
        "their key is listed";

    if (life->zap != NULL) {
        const struct zap_counters *peers = zap_counters(life->zap);

        add(life, "coredns_peers_total{result=\"admitted\"}", peer_help,
            &peers->admitted);
        add(life, "coredns_peers_total{result=\"refused\"}", peer_help,
            &peers->refused);
    }

    if (life->inlet == NULL || life->stage->handle_query == NULL)
        return;
    add(life, "coredns_queries_total", "Queries that came in",
        &life->counters.queries);
    add(life, "coredns_verdicts_total{verdict=\"answered\"}", verdict_help,
        &life->counters.answered);
    add(life, "coredns_verdicts_total{verdict=\"passed\"}", verdict_help,
        &life->counters.passed);
    add(life, "coredns_verdicts_total{verdict=\"held\"}", verdict_help,
        &life->counters.held);
    add(life, "coredns_verdicts_total{verdict=\"dropped\"}", verdict_help,
        &life->counters.dropped);
    add(life, "coredns_verdicts_total{verdict=\"returned\"}", verdict_help,
        &life->counters.returned);
    add(life, "coredns_malformed_total", "Records without a DNS message",
        &life->counters.malformed);
    add(life, "coredns_held_overflow_total",
        "Queries that were not kept because too many were",
        &life->counters.overflow);

    struct core_pipe_counters *pipe = core_inlet_counters(life->inlet);

    add(life, "coredns_pipe_batches_total", "Batches of queries received",
        &pipe->batches_in);
    add(life, "coredns_pipe_refused_total",
        "Messages on the pipe that were no batch", &pipe->refused);
    add(life, "coredns_pipe_unroutable_total",
        "Replies whose asker was gone", &pipe->unroutable);
}
