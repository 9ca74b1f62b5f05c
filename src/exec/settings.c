/*
 * settings - how coredns-exec is told what to do
 */

#include "exec/settings.h"

#define OFFSET(field) offsetof(struct settings, field)

static const char *const balance_choices[] = {
    [TERMS_NAME] = "name", [TERMS_LEAST] = "least", NULL,
};
static const char *const failure_choices[] = {
    [TERMS_PASS] = "pass", [TERMS_SERVFAIL] = "servfail", NULL,
};

const struct core_setting settings_table[] = {
    { .key = "command", .type = CORE_TEXT, .list = true, .required = true,
      .offset = OFFSET(command),
      .says = "the script and its arguments" },
    { .key = "folder", .type = CORE_PATH, .fallback_text = ".",
      .offset = OFFSET(folder),
      .says = "where the script runs, and a relative path to it starts" },
    { .key = "zones", .type = CORE_NAME, .list = true, .fallback_text = ".",
      .offset = OFFSET(zones),
      .says = "the script gets only names in these zones, others pass" },
    { .key = "types", .type = CORE_TEXT, .list = true, .fallback_text = "ANY",
      .offset = OFFSET(types),
      .says = "the script gets only queries of these types, others pass; ANY: "
              "all" },
    { .key = "on_failure", .type = CORE_CHOICE, .choices = failure_choices,
      .offset = OFFSET(on_failure),
      .says = "what becomes of a query that gets no right answer" },
    { .key = "timeout", .type = CORE_DURATION, .fallback = 2000,
      .minimum = 10, .maximum = 60000, .offset = OFFSET(timeout_ms),
      .says = "time after which a query fails" },
    { .key = "stuck", .type = CORE_DURATION, .fallback = 10000,
      .minimum = 100, .maximum = 3600000, .offset = OFFSET(stuck_ms),
      .says = "silence after which a script that was asked is ended" },
    { .key = "workers", .type = CORE_INTEGER, .fallback = 1, .minimum = 1,
      .maximum = 64, .offset = OFFSET(workers),
      .says = "scripts that run at the same time" },
    { .key = "balance", .type = CORE_CHOICE, .choices = balance_choices,
      .offset = OFFSET(balance),
      .says = "which of them gets a query: always the same for a name, or the "
              "one for which the least wait" },
    { .key = "waiting", .type = CORE_INTEGER, .fallback = 1000, .minimum = 1,
      .maximum = 8000, .offset = OFFSET(waiting),
      .says = "queries that wait for scripts, at most" },
    { .key = "in_flight", .type = CORE_INTEGER, .fallback = 256,
      .minimum = 1, .maximum = 1024, .offset = OFFSET(in_flight),
      .says = "of them those that a script has been given, at most" },
    { .key = "ttl", .type = CORE_SECONDS, .maximum = 0x7fffffff,
      .offset = OFFSET(ttl),
      .says = "time to live of records that say none" },
    { .key = "records", .type = CORE_INTEGER, .fallback = 100, .minimum = 1,
      .maximum = 4096, .offset = OFFSET(records),
      .says = "records of an answer, at most" },
    { .key = "answer_size", .type = CORE_SIZE, .fallback = 16 * 1024,
      .minimum = 512, .maximum = CORE_MESSAGE_SIZE,
      .offset = OFFSET(answer_size),
      .says = "octets of the DNS message that an answer makes, at most" },
    { .key = "line_size", .type = CORE_SIZE, .fallback = 64 * 1024,
      .minimum = 512, .maximum = 1024 * 1024, .offset = OFFSET(line_size),
      .says = "octets of a line of the script, at most" },
    { .key = "unasked_size", .type = CORE_SIZE, .fallback = 64 * 1024,
      .maximum = 16 * 1024 * 1024, .offset = OFFSET(unasked_size),
      .says = "octets that answer nothing, in ten seconds, after which a "
              "script is ended" },
    { .key = "restart_delay", .type = CORE_DURATION, .fallback = 100,
      .minimum = 10, .maximum = 3600000, .offset = OFFSET(restart_ms),
      .says = "pause before a script that has ended is started again; doubles "
              "each time" },
    { .key = "restart_limit", .type = CORE_DURATION, .fallback = 30000,
      .minimum = 10, .maximum = 3600000, .offset = OFFSET(restart_most_ms),
      .says = "the longest such pause" },
    { .key = "grace", .type = CORE_DURATION, .fallback = 1000, .minimum = 10,
      .maximum = 60000, .offset = OFFSET(grace_ms),
      .says = "time from the end of its input to SIGTERM, and from there to "
              "SIGKILL" },
    { .key = "error_lines", .type = CORE_INTEGER, .fallback = 20,
      .maximum = 10000, .offset = OFFSET(error_lines),
      .says = "lines of a script's standard error that are logged, in a "
              "second" },
    { .type = CORE_END },
};

struct terms
settings_terms(const struct settings *self)
{
    return (struct terms) {
        .workers = (size_t) self->workers,
        .balance = self->balance,
        .on_failure = self->on_failure,
        .timeout_ms = self->timeout_ms,
        .stuck_ms = self->stuck_ms,
        .waiting = (size_t) self->waiting,
        .in_flight = (size_t) self->in_flight,
        .line_size = (size_t) self->line_size,
        .unasked_size = (size_t) self->unasked_size,
        .answer = {
            .records = (size_t) self->records,
            .size = (size_t) self->answer_size,
            .ttl = (uint32_t) self->ttl,
        },
        .restart_ms = self->restart_ms,
        .restart_most_ms = self->restart_most_ms,
        .grace_ms = self->grace_ms,
        .error_lines = (unsigned) self->error_lines,
    };
}
