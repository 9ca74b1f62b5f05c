/*
 * settings - how coredns-exec is told what to do
 */

#ifndef EXEC_SETTINGS_H
#define EXEC_SETTINGS_H

#include "coredns/setting.h"
#include "exec/terms.h"

struct settings {
    struct core_list command;           /* of texts */
    const char *folder;
    struct core_list zones;             /* of names */
    struct core_list types;             /* of texts */
    int64_t workers;
    int balance;
    int on_failure;
    int64_t timeout_ms;
    int64_t stuck_ms;
    int64_t waiting;
    int64_t in_flight;
    int64_t line_size;
    int64_t unasked_size;
    int64_t records;
    int64_t answer_size;
    int64_t ttl;
    int64_t restart_ms, restart_most_ms;
    int64_t grace_ms;
    int64_t error_lines;
};

extern const struct core_setting settings_table[];

struct terms
    settings_terms(const struct settings *self);

#endif
