/*
 * failure_log - a line for each query that failed here, and why
 *
 * A query fails when its reply is SERVFAIL with an Extended DNS Error: that
 * says why.  Failures of one kind can be told together: the first of a group
 * whose pattern matches the cause begins a period, at whose end one line says
 * how many there were.
 */

#ifndef FRONTEND_FAILURE_LOG_H
#define FRONTEND_FAILURE_LOG_H

#include "coredns/loop.h"
#include "coredns/setting.h"
#include "frontend/exchange.h"

/* A group of the setting failure_groups. */
struct failure_group_settings {
    const char *pattern;
    int64_t period_ms;
    int level;                          /* enum core_log_level */
    bool show_first;
};

typedef struct failure_log failure_log_t;

/* groups: of struct failure_group_settings, whose patterns are good; lent as
   long as the log lives. */
failure_log_t *
    failure_log_new(core_loop_t *loop, const struct core_list *groups);

/* Tells what it has counted first. */
void
    failure_log_destroy(failure_log_t **self_p);

/* Writes the line, or counts the failure, if it is one. */
void
    failure_log_tell(failure_log_t *self, const struct exchange *exchange);

#endif
