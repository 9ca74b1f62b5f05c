/*
 * settings - what the configuration says of an etcd
 */

#ifndef ETCD_SYNC_SETTINGS_H
#define ETCD_SYNC_SETTINGS_H

#include <stdint.h>

#include "coredns/setting.h"
#include "etcd-sync/http.h"

struct etcd_sync_settings {
    struct core_list zones;             /* const uint8_t * */
    const char *path;
    struct core_list endpoints;         /* const char * */
    const char *user;                   /* or NULL */
    const char *password;
    const char *ca;                     /* files; each may be NULL */
    const char *certificate;
    const char *key;
    struct core_list fallthrough;       /* const uint8_t * */
    int64_t ttl_seconds;
    int64_t negative_seconds;
    int64_t refresh_seconds;
    int64_t retry_seconds;
    int64_t expire_seconds;
    int64_t priority;
    const uint8_t *hostmaster;          /* or NULL */
    const uint8_t *local;               /* or NULL */
    int64_t least_lease_seconds;
    int64_t most_lease_seconds;
};

extern const struct core_setting etcd_sync_setting_table[];

/* The files of certificates and keys; lent. */
struct http_files
    etcd_sync_settings_files(const struct etcd_sync_settings *settings);

/* Adds what the table cannot express. */
void
    etcd_sync_settings_check(const void *settings, core_faults_t *faults);

#endif
