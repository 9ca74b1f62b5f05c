/*
 * settings - what the configuration says of the stage
 */

#ifndef FORWARD_SETTINGS_H
#define FORWARD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/setting.h"
#include "forward/policy.h"
#include "forward/target.h"

/* Integers that were not given. */
#define SETTINGS_UNSET (-1)

/* What becomes of a reply that was cut to fit UDP. */
enum settings_truncated { SETTINGS_RETRY, SETTINGS_PASS };

/* HTTP methods. */
enum settings_method { SETTINGS_POST, SETTINGS_GET };

struct health_settings {
    int64_t interval_ms;
    bool recursion;
    const uint8_t *domain;
};

struct tls_settings {
    const char *ca;
    const char *certificate;
    const char *key;
    const char *servername;
};

struct route_settings {
    struct core_list zone;              /* of const uint8_t * */
    struct core_list to;                /* of const char * */
    struct core_list except;            /* of const uint8_t * */
    int policy;                         /* enum policy_kind */
    bool force_tcp;
    bool prefer_udp;
    int truncated;                      /* enum settings_truncated */
    int doh_method;                     /* enum settings_method */
    int64_t expire_ms;
    int64_t max_age_ms;
    int64_t max_idle_conns;
    int64_t read_timeout_ms;
    int64_t max_fails;
    int64_t max_connect_attempts;
    struct core_list health_check;      /* of struct health_settings */
    int64_t max_concurrent;
    struct core_list next_on;           /* of int: rcodes */
    bool next_on_nodata;
    struct core_list failover;          /* of int: rcodes */
    bool failfast;
    struct core_list source_address;    /* of struct core_network */
    struct core_list tls;               /* of struct tls_settings */
    struct core_list resolver;          /* of const char * */
    int64_t payload;
};

struct settings {
    struct core_list routes;            /* of struct route_settings */
    struct core_list sources;           /* of const char *: stages */
};

extern const struct core_setting settings_table[];

/* Adds what the table cannot express. */
void
    settings_check(const void *settings, core_faults_t *faults);

/* The group of that kind, or one with all defaults. */
struct health_settings
    settings_health(const struct route_settings *route);
struct tls_settings
    settings_tls(const struct route_settings *route);

/* A route with nothing but defaults, and without a zone and upstreams. */
struct route_settings
    settings_default_route(void);

/* Reads an upstream as the setting `to` has it. */
int
    settings_target(struct target *target, const struct route_settings *route,
                    const char *text, struct core_fault *fault);

#endif
