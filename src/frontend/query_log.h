/*
 * query_log - a line for each query that somebody wants to know of
 *
 * Rules are looked at in their order; the first whose names hold that of the
 * query decides, by the class of the reply, whether there is a line.
 */

#ifndef FRONTEND_QUERY_LOG_H
#define FRONTEND_QUERY_LOG_H

#include <stdbool.h>

#include "coredns/setting.h"
#include "frontend/exchange.h"

/* Classes of replies, as CoreDNS has them. */
enum query_class {
    QUERY_SUCCESS,                      /* data, or a referral */
    QUERY_DENIAL,                       /* no such name, or no such data */
    QUERY_ERROR,                        /* everything else */
    QUERY_ALL,
};

/* A group of the setting query_log. */
struct query_log_settings {
    struct core_list names;             /* of const uint8_t * */
    struct core_list classes;           /* of int: enum query_class */
    const char *format;                 /* "json": as an object */
};

typedef struct query_log query_log_t;

/* The class of a reply. */
enum query_class
    query_class(const uint8_t *reply, size_t size);

/* rules: of struct query_log_settings; lent as long as the log lives.  NULL
   when there are none. */
query_log_t *
    query_log_new(const struct core_list *rules);
void
    query_log_destroy(query_log_t **self_p);

/* Writes the line, if there is to be one, to the log of traffic. */
void
    query_log_tell(const query_log_t *self, const struct exchange *exchange);

#endif
