/*
 * settings - what the configuration says of a cluster and its zones
 */

#ifndef KUBERNETES_SYNC_SETTINGS_H
#define KUBERNETES_SYNC_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/setting.h"

enum settings_pods { PODS_DISABLED, PODS_INSECURE, PODS_VERIFIED };
enum settings_endpoints { ENDPOINTS_HEADLESS, ENDPOINTS_ALL, ENDPOINTS_NONE };

struct external_settings {
    struct core_list zones;             /* const uint8_t * */
    const char *apex;
    int64_t ttl_seconds;
    bool headless;
    struct core_list fallthrough;       /* const uint8_t * */
};

struct settings {
    struct core_list zones;             /* const uint8_t * */
    const char *endpoint;
    const char *ca, *certificate, *key, *token;
    const char *kubeconfig, *context;
    const char *service_account;
    struct core_list namespaces;        /* const char * */
    const char *namespace_labels, *labels;
    int pods;                           /* enum settings_pods */
    int endpoints;                      /* enum settings_endpoints */
    bool endpoint_pod_names;
    bool zonal;
    bool ignore_empty_service;
    int64_t ttl_seconds;
    struct core_list fallthrough;       /* const uint8_t * */
    struct core_list multicluster;      /* const uint8_t * */
    struct core_list external;          /* struct external_settings */
    struct core_list addresses;         /* const char * */
    int64_t page;
    int64_t qps, burst, inflight;       /* 0: no limit; of burst: as qps */
    int64_t silence_ms;
    int64_t compare_ms;
};

extern const struct core_setting kubernetes_sync_setting_table[];

/* Adds what is wrong with settings that the table cannot tell. */
void
    settings_check(const struct settings *settings, core_faults_t *faults);

/* True for zones of addresses: below in-addr.arpa or ip6.arpa. */
bool
    settings_is_reverse(const uint8_t *zone);

bool
    settings_has_name(const struct core_list *names, const uint8_t *name);

#endif
