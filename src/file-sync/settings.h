/*
 * settings - what the configuration says of zone files and hosts files
 */

#ifndef FILE_SYNC_SETTINGS_H
#define FILE_SYNC_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/setting.h"

struct zone_settings {                  /* of `zones` */
    const uint8_t *origin;
    const char *file;
    struct core_list fallthrough;       /* const uint8_t * */
    int64_t reload_ms;
};

struct directory_settings {             /* of `directories` */
    const char *path;
    const char *pattern;
    const char *origin;
    struct core_list fallthrough;
    int64_t reload_ms;
};

struct hosts_settings {                 /* of `hosts` */
    const char *file;                   /* NULL: only `lines` */
    struct core_list zones;             /* const uint8_t *; empty: all */
    struct core_list lines;             /* const char * */
    int64_t ttl_seconds;
    bool reverse;
    struct core_list fallthrough;
    bool fallthrough_unsupported;
    int64_t reload_ms;
};

struct file_sync_settings {
    struct core_list zones;
    struct core_list directories;
    struct core_list hosts;
};

extern const struct core_setting file_sync_setting_table[];

#endif
