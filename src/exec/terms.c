/*
 * terms - what is agreed with a script: its limits, and what is counted
 */

#include "exec/terms.h"

static const struct {
    const char *text, *metric;
} reasons[] = {
    [REASON_DOWN] = { "the script does not run",
        "coredns_exec_failures_total{reason=\"down\"}" },
    [REASON_FULL] = { "too many queries wait for the script",
        "coredns_exec_failures_total{reason=\"full\"}" },
    [REASON_TIMEOUT] = { "the script has not answered in time",
        "coredns_exec_failures_total{reason=\"timeout\"}" },
    [REASON_DIED] = { "the script has ended",
        "coredns_exec_failures_total{reason=\"died\"}" },
    [REASON_BROKEN] = { "the script's answer is broken",
        "coredns_exec_failures_total{reason=\"broken\"}" },
};

static const char *const noises[] = {
    [NOISE_GARBAGE] = "coredns_exec_unasked_lines_total{kind=\"garbage\"}",
    [NOISE_LONG] = "coredns_exec_unasked_lines_total{kind=\"long\"}",
    [NOISE_UNKNOWN] = "coredns_exec_unasked_lines_total{kind=\"unknown\"}",
    [NOISE_TWICE] = "coredns_exec_unasked_lines_total{kind=\"twice\"}",
};

const char *
terms_reason_text(enum terms_reason reason)
{
    return reasons[reason].text;
}

void
terms_counters_add(core_telemetry_t *telemetry,
                   const struct terms_counters *counters)
{
    core_telemetry_add(telemetry, CORE_COUNTER, "coredns_exec_handed_total",
                       "Queries handed to a script", &counters->handed);
    core_telemetry_add(telemetry, CORE_COUNTER, "coredns_exec_answered_total",
                       "Queries that a script answered",
                       &counters->answered);
    core_telemetry_add(telemetry, CORE_COUNTER, "coredns_exec_passed_total",
                       "Queries that a script told to pass",
                       &counters->passed);
    core_telemetry_add(telemetry, CORE_COUNTER, "coredns_exec_late_total",
                       "Answers that came after their query's time",
                       &counters->late);
    core_telemetry_add(telemetry, CORE_COUNTER, "coredns_exec_starts_total",
                       "Scripts started", &counters->starts);
    core_telemetry_add(telemetry, CORE_COUNTER,
                       "coredns_exec_error_lines_total",
                       "Lines of the scripts' standard error",
                       &counters->error_lines);
    for (unsigned i = 0; i < REASONS; i++)
        core_telemetry_add(telemetry, CORE_COUNTER, reasons[i].metric,
                           "Queries that got no answer of a script",
                           &counters->failures[i]);
    for (unsigned i = 0; i < NOISES; i++)
        core_telemetry_add(telemetry, CORE_COUNTER, noises[i],
                           "Lines of scripts that answer nothing",
                           &counters->noise[i]);
    core_telemetry_add(telemetry, CORE_GAUGE, "coredns_exec_waiting",
                       "Queries that wait for a script", &counters->waiting);
    core_telemetry_add(telemetry, CORE_GAUGE, "coredns_exec_running",
                       "Scripts that run", &counters->running);
    core_telemetry_add_histogram(telemetry, "coredns_exec_script_seconds",
                                 "From a query's coming to its answer",
                                 &counters->times);
}
