/*
 * roster_parts - what the parts of the roster share
 *
 *   roster.c             reading what is due
 *   roster_events.c      finding out what is due
 *   roster_settings.c    what there is at all
 */

#ifndef FILE_SYNC_ROSTER_PARTS_H
#define FILE_SYNC_ROSTER_PARTS_H

#include "file-sync/file_places.h"
#include "file-sync/folder_slot.h"
#include "file-sync/hosts_entry.h"
#include "file-sync/roster.h"
#include "file-sync/watcher.h"
#include "file-sync/zone_table.h"

#define ROSTER_GROUP_OF_ZONES 0         /* those of folders follow */

/* A zone file. */
struct zone_slot {
    zone_entry_t *entry;
    struct file_places places;
    int64_t look_at_ms;                 /* 0: never */
    bool due;
    bool wanted;                        /* by the settings being taken */
};

struct hosts_slot {
    hosts_entry_t *entry;
    struct file_places places;
    int64_t look_at_ms;
    bool due;
};

struct roster {
    core_loop_t *loop;
    core_publisher_t *publisher;        /* NULL: not started */
    watcher_t *watcher;
    core_timer_t *look;
    core_timer_t *work;                 /* or NULL */
    struct zone_counters counters;
    struct zone_entry_home home;
    struct zone_slot **zones;
    size_t zone_count;
    size_t zone_capacity;
    zone_table_t *zones_by_id;
    size_t at;                          /* where work goes on */
    struct hosts_slot *hosts;
    size_t hosts_count;
    struct folder_slot *folders;
    size_t folder_count;
    struct file_folder last_folder;
    void (*loaded)(void *owner);        /* NULL: it was called */
    void *owner;
};

/* When to look for a change next; 0: never. */
int64_t
    roster_next_look(const roster_t *self, int64_t reload_ms);

/* Has what is due read when what is at hand has been done. */
void
    roster_work_soon(roster_t *self);

/* Takes a zone that the settings, or a folder, want. */
void
    roster_want_zone(roster_t *self,
                     const struct zone_entry_settings *settings);

/* Forgets that the zones of these groups are wanted; then, when all that are
   have been named again, removes the others. */
void
    roster_unwant_zones(roster_t *self, unsigned first_group,
                        unsigned last_group);
void
    roster_sweep_zones(roster_t *self, unsigned first_group,
                       unsigned last_group);

/* Looks what is in the folder. */
void
    roster_scan_folder(roster_t *self, struct folder_slot *slot);

void
    roster_end_hosts(struct hosts_slot *slot);

/* Something has changed: marks what it concerns as due.  owner is the roster,
   here and below. */
void
    roster_handle_change(void *owner, const struct watcher_event *event);

/* Some time has passed: marks what has changed and was not told of. */
void
    roster_look(void *owner);

#endif
