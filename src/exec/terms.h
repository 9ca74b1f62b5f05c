/*
 * terms - what is agreed with a script: its limits, and what is counted
 */

#ifndef EXEC_TERMS_H
#define EXEC_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/telemetry.h"
#include "exec/answer.h"

/* Octets that are written to a script at once, at most. */
#define TERMS_OUT_SIZE (32 * 1024)

/* Octets of a line of its standard error that are written down. */
#define TERMS_ERROR_LINE 500

enum terms_balance { TERMS_NAME, TERMS_LEAST };
enum terms_failure { TERMS_PASS, TERMS_SERVFAIL };

struct terms {
    size_t workers;
    int balance;                        /* enum terms_balance */
    int on_failure;                     /* enum terms_failure */
    int64_t timeout_ms;
    int64_t stuck_ms;                   /* silent for so long: it is killed */
    size_t waiting;                     /* queries, of all workers */
    size_t in_flight;                   /* given at a time, to each */
    size_t line_size;
    size_t unasked_size;                /* octets nobody asked for, in a
                                           span */
    struct answer_limits answer;
    int64_t restart_ms, restart_most_ms;
    int64_t grace_ms;                   /* from SIGTERM to SIGKILL */
    unsigned error_lines;               /* written down, each second */
};

/* Why a query got the failure treatment. */
enum terms_reason {
    REASON_DOWN,                        /* no script was there to take it */
    REASON_FULL,                        /* too many waited */
    REASON_TIMEOUT,                     /* no answer in time */
    REASON_DIED,                        /* the script ended meanwhile */
    REASON_BROKEN,                      /* its answer was broken */
    REASONS
};

/* As the Extended DNS Error says it; the word of the metric. */
const char *
    terms_reason_text(enum terms_reason reason);

/* Octets of output that answer nothing. */
enum terms_noise {
    NOISE_GARBAGE,                      /* not an object with an id */
    NOISE_LONG,                         /* a line that is too long */
    NOISE_UNKNOWN,                      /* an id that was never given */
    NOISE_TWICE,                        /* one that was answered before */
    NOISES
};

struct terms_counters {
    uint64_t handed, answered, passed, late, starts, error_lines, waiting;
    uint64_t running;
    uint64_t failures[REASONS];
    uint64_t noise[NOISES];
    struct core_histogram times;
};

void
    terms_counters_add(core_telemetry_t *telemetry,
                       const struct terms_counters *counters);

#endif
