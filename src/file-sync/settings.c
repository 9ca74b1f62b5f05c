/*
 * settings - what the configuration says of zone files and hosts files
 */

#include "file-sync/settings.h"

#include <stddef.h>

#define MINUTE 60000
#define DAY (24 * 60 * MINUTE)

#define FALLTHROUGH \
    "names below which unknown ones are left to the next layer or stage"
#define RELOAD \
    "how often to look, besides being told of changes; 0s: never look again"

static const struct core_setting zone_table[] = {
    { .key = "origin", .type = CORE_NAME, .required = true,
      .offset = offsetof(struct zone_settings, origin),
      .says = "name of the zone" },
    { .key = "file", .type = CORE_PATH, .required = true,
      .offset = offsetof(struct zone_settings, file),
      .says = "the zone as text" },
    { .key = "fallthrough", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct zone_settings, fallthrough),
      .says = FALLTHROUGH },
    { .key = "reload", .type = CORE_DURATION, .fallback = MINUTE,
      .maximum = DAY, .offset = offsetof(struct zone_settings, reload_ms),
      .says = RELOAD },
    { .type = CORE_END },
};

static const struct core_setting directory_table[] = {
    { .key = "path", .type = CORE_PATH, .required = true,
      .offset = offsetof(struct directory_settings, path),
      .says = "folder that is searched, with all below it" },
    { .key = "pattern", .type = CORE_TEXT, .fallback_text = "db\\.(.*)",
      .offset = offsetof(struct directory_settings, pattern),
      .says = "regular expression (PCRE2) that file names match" },
    { .key = "origin", .type = CORE_TEXT, .fallback_text = "{1}",
      .offset = offsetof(struct directory_settings, origin),
      .says = "name of the zone, made from the groups of the match" },
    { .key = "fallthrough", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct directory_settings, fallthrough),
      .says = FALLTHROUGH },
    { .key = "reload", .type = CORE_DURATION, .fallback = MINUTE,
      .maximum = DAY,
      .offset = offsetof(struct directory_settings, reload_ms),
      .says = RELOAD },
    { .type = CORE_END },
};

static const struct core_setting hosts_table[] = {
    { .key = "file", .type = CORE_PATH,
      .offset = offsetof(struct hosts_settings, file),
      .says = "addresses and names as in /etc/hosts" },
    { .key = "zones", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct hosts_settings, zones),
      .says = "names outside of these zones are left out; none: all are in" },
    { .key = "inline", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct hosts_settings, lines),
      .says = "lines that follow those of the file" },
    { .key = "ttl", .type = CORE_SECONDS, .fallback = 3600, .minimum = 1,
      .maximum = 65535,
      .offset = offsetof(struct hosts_settings, ttl_seconds),
      .says = "time to live of the records" },
    { .key = "reverse", .type = CORE_BOOLEAN, .fallback = true,
      .offset = offsetof(struct hosts_settings, reverse),
      .says = "whether addresses lead back to their names" },
    { .key = "fallthrough", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct hosts_settings, fallthrough),
      .says = FALLTHROUGH },
    { .key = "fallthrough_unsupported", .type = CORE_BOOLEAN,
      .offset = offsetof(struct hosts_settings, fallthrough_unsupported),
      .says = "with fallthrough: known names are left to others too when "
              "another type than an address is asked for" },
    { .key = "reload", .type = CORE_DURATION, .fallback = 5000,
      .maximum = DAY, .offset = offsetof(struct hosts_settings, reload_ms),
      .says = RELOAD },
    { .type = CORE_END },
};

const struct core_setting file_sync_setting_table[] = {
    { .key = "zones", .type = CORE_GROUPS, .members = zone_table,
      .members_size = sizeof (struct zone_settings),
      .offset = offsetof(struct file_sync_settings, zones),
      .says = "zones and their files" },
    { .key = "directories", .type = CORE_GROUPS, .members = directory_table,
      .members_size = sizeof (struct directory_settings),
      .offset = offsetof(struct file_sync_settings, directories),
      .says = "folders whose files are zones" },
    { .key = "hosts", .type = CORE_GROUPS, .members = hosts_table,
      .members_size = sizeof (struct hosts_settings),
      .offset = offsetof(struct file_sync_settings, hosts),
      .says = "files of addresses and names" },
    { .type = CORE_END },
};
