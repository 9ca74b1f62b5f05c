/*
 * settings - the group stages.frontend of the configuration
 */

#ifndef FRONTEND_SETTINGS_H
#define FRONTEND_SETTINGS_H

#include "coredns/setting.h"
#include "frontend/dispatch.h"
#include "frontend/tcp.h"

struct route_settings {
    struct core_list zones;             /* of const uint8_t * */
    const char *next;                   /* NULL: nobody is asked */
    int otherwise;
    bool all_classes;
    int local_names;                    /* enum local_names */
    bool minimal_any;
    struct core_list authors;           /* of const char * */
    int order;                          /* enum order_kind */
    struct core_list prefer;            /* of struct core_network */
    const char *weights;                /* path */
    int64_t weights_reload_ms;
    bool metrics;
    struct core_list query_log;         /* of struct query_log_settings */
    bool failure_log;
    struct core_list failure_groups;    /* of struct failure_group_settings */

    /* 0 or NULL: as for all routes. */
    int64_t deadline_ms;
    int64_t payload;
    const char *version;
    const char *identity;
    const char *nsid_text;
    bool nsid;
};

struct settings {
    struct core_list listen;            /* of const char * */
    struct core_list routes;            /* of struct route_settings */
    struct core_list clients;           /* of struct core_network */
    int64_t deadline_ms;
    int64_t retry_ms;
    int64_t payload;
    int64_t in_flight;
    bool recursion_available;
    const char *version;
    const char *identity;               /* NULL: the host's name */
    bool nsid;
    const char *nsid_text;              /* NULL: the identity */
    int64_t tcp_connections;
    int64_t tcp_connections_per_client;
    int64_t tcp_idle_ms;
    int64_t tcp_queries;
    int64_t tcp_query_limit;
    int64_t tcp_buffer;
    int64_t tcp_buffers;
};

extern const struct core_setting settings_table[];

/* Adds the faults that the table cannot express. */
void
    settings_check(const void *settings, core_faults_t *faults);

/* Adds the faults of the files that they name. */
void
    settings_inspect(const void *settings, core_faults_t *faults);

/* What the classes need of them.  host is the host's name, lent as long as
   the plan lives.  route NULL: names without a route.  The route's chain is
   not set. */
void
    settings_route(const struct settings *self,
                   const struct route_settings *route, const char *host,
                   struct dispatch_route *plan);
void
    settings_limits(const struct settings *self, struct tcp_limits *limits);

#endif
