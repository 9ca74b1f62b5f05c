/*
 * zone_entry - a zone file and what is published of it
 *
 * Reads the file, again when it has changed, and tells the publisher no more
 * than what is different.  A file that is wrong changes nothing: the last
 * version that was right stays.  Without any the zone is announced as failed.
 */

#ifndef FILE_SYNC_ZONE_ENTRY_H
#define FILE_SYNC_ZONE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "coredns/feed.h"
#include "coredns/setting.h"
#include "file-sync/version.h"

typedef struct zone_entry zone_entry_t;

/* Counted over all zones; see file_sync.c. */
struct zone_counters {
    uint64_t loads;                     /* files that were read and right */
    uint64_t refused;                   /* files that were not */
    uint64_t changes;                   /* published as such */
    uint64_t renewals;                  /* published as a whole */
};

struct zone_entry_settings {
    struct core_zone_id id;
    const char *path;
    struct core_list fallthrough;       /* const uint8_t *; copied */
    int64_t reload_ms;
    unsigned group;                     /* who wants it, for the caller */
};

struct zone_entry_home {                /* lent as long as entries live */
    core_publisher_t *publisher;
    const char *folder;                 /* see text_file_read() */
    struct zone_counters *counters;
};

zone_entry_t *
    zone_entry_new(const struct zone_entry_settings *settings,
                   const struct zone_entry_home *home);

/* Also removes the zone from the publisher. */
void
    zone_entry_destroy(zone_entry_t **self_p);

const struct core_zone_id *
    zone_entry_id(const zone_entry_t *self);
unsigned
    zone_entry_group(const zone_entry_t *self);
int64_t
    zone_entry_reload_ms(const zone_entry_t *self);

/* Files it was made from, the main one first; NULL behind the last. */
const char *
    zone_entry_path(const zone_entry_t *self, size_t index);

/* New settings for the same zone: says so to subscribers when that matters,
   and looks at the file when it is another one. */
void
    zone_entry_set(zone_entry_t *self,
                   const struct zone_entry_settings *settings);

/* True when the files are not those that were last read, or something was
   wrong with them. */
bool
    zone_entry_is_outdated(const zone_entry_t *self);

/* True when the file was changed a moment ago: whoever writes it may not have
   done so yet.  now_us is that of core_clock_real_us(). */
bool
    zone_entry_is_being_written(const zone_entry_t *self, int64_t now_us);

/* Reads the file and publishes what is different. */
void
    zone_entry_load(zone_entry_t *self);

bool
    zone_entry_is_wrong(const zone_entry_t *self);

/* What is served; NULL when there is nothing. */
version_t *
    zone_entry_version(const zone_entry_t *self);

/* One line: origin, layer, serial, state, records, file. */
void
    zone_entry_print(const zone_entry_t *self, FILE *file);

#endif
