/*
 * roster - all files that the configuration names, and which are due
 *
 * A change marks what it is about as due.  Due files are read in slices of a
 * few milliseconds, so that subscribers are served while a thousand others
 * wait to be read.
 */

#include "file-sync/roster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/clock.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "file-sync/roster_parts.h"

#define SLICE_MS 20

/* ---- snapshots ----------------------------------------------------------- */

/* One of both. */
struct snapshot {
    version_reader_t *zone;
    hostsfile_reader_t *hosts;
};

static void *
open_snapshot(void *owner, const struct core_zone_id *id)
{
    const roster_t *self = owner;
    const struct zone_slot *slot = zone_table_find(self->zones_by_id, id);
    struct snapshot *snapshot = core_allocate(sizeof *snapshot);

    if (slot != NULL && zone_entry_version(slot->entry) != NULL)
        snapshot->zone = version_read(zone_entry_version(slot->entry));
    for (size_t i = 0; slot == NULL && i < self->hosts_count; i++) {
        hosts_entry_t *entry = self->hosts[i].entry;
        int zone = hosts_entry_layer(entry) != id->layer ? -1
            : hosts_entry_find(entry, id->name);

        if (zone != -1)
            snapshot->hosts = hosts_entry_read(entry, (size_t) zone);
    }
    return snapshot;
}

static size_t
next_of_snapshot(void *owner, uint8_t *bytes, size_t limit)
{
    struct snapshot *snapshot = owner;

    if (snapshot->zone != NULL)
        return version_reader_write(snapshot->zone, bytes, limit);
    return snapshot->hosts == NULL ? 0
        : hostsfile_reader_write(snapshot->hosts, bytes, limit);
}

static void
close_snapshot(void *owner)
{
    struct snapshot *snapshot = owner;

    version_reader_destroy(&snapshot->zone);
    hostsfile_reader_destroy(&snapshot->hosts);
    free(snapshot);
}

const struct core_snapshot_hooks roster_snapshot_hooks = {
    open_snapshot, next_of_snapshot, close_snapshot
};

/* ---- zones --------------------------------------------------------------- */

int64_t
roster_next_look(const roster_t *self, int64_t reload_ms)
{
    return reload_ms == 0 ? 0 : core_loop_now_ms(self->loop) + reload_ms;
}

/* Watches where the files of a zone are; a folder that is not there yet is
   found by looking. */
static void
watch_zone(roster_t *self, struct zone_slot *slot)
{
    const char *path;

    file_places_clear(&slot->places);
    slot->look_at_ms = roster_next_look(self,
                                        zone_entry_reload_ms(slot->entry));
    if (slot->look_at_ms == 0)
        return;
    for (size_t i = 0; (path = zone_entry_path(slot->entry, i)) != NULL; i++)
        file_places_add(&slot->places, path, &self->last_folder,
                        self->watcher);
}

void
roster_want_zone(roster_t *self, const struct zone_entry_settings *settings)
{
    struct zone_slot *slot = zone_table_find(self->zones_by_id, &settings->id);

    if (slot != NULL) {
        zone_entry_set(slot->entry, settings);
        watch_zone(self, slot);
    } else {
        slot = core_allocate(sizeof *slot);
        slot->entry = zone_entry_new(settings, &self->home);
        if (self->zone_count == self->zone_capacity)
            self->zones = core_grow(self->zones, self->zone_count,
                                    &self->zone_capacity,
                                    sizeof (struct zone_slot *));
        self->zones[self->zone_count++] = slot;
        zone_table_add(self->zones_by_id, zone_entry_id(slot->entry), slot);
        slot->due = true;
    }
    slot->wanted = true;
    slot->due = slot->due || zone_entry_is_outdated(slot->entry);
}

static void
end_zone(roster_t *self, struct zone_slot *slot)
{
    zone_table_remove(self->zones_by_id, zone_entry_id(slot->entry));
    zone_entry_destroy(&slot->entry);
    file_places_clear(&slot->places);
    free(slot);
}

void
roster_sweep_zones(roster_t *self, unsigned first_group, unsigned last_group)
{
    size_t kept = 0;

    for (size_t i = 0; i < self->zone_count; i++) {
        struct zone_slot *slot = self->zones[i];
        unsigned group = zone_entry_group(slot->entry);

        if (slot->wanted || group < first_group || group > last_group)
            self->zones[kept++] = slot;
        else
            end_zone(self, slot);
    }
    self->zone_count = kept;
    self->at = 0;
}

void
roster_unwant_zones(roster_t *self, unsigned first_group, unsigned last_group)
{
    for (size_t i = 0; i < self->zone_count; i++) {
        unsigned group = zone_entry_group(self->zones[i]->entry);

        if (group >= first_group && group <= last_group)
            self->zones[i]->wanted = false;
    }
}

static void
keep_zones(roster_t *self, unsigned group)
{
    for (size_t i = 0; i < self->zone_count; i++)
        if (zone_entry_group(self->zones[i]->entry) == group)
            self->zones[i]->wanted = true;
}

static void
load_zone(roster_t *self, struct zone_slot *slot)
{
    slot->due = false;

    /* Watched first, so that no change goes by between both; and once more,
       for the version may have other files. */
    watch_zone(self, slot);
    zone_entry_load(slot->entry);
    if (zone_entry_path(slot->entry, 1) != NULL)
        watch_zone(self, slot);
}

/* ---- folders ------------------------------------------------------------- */

static unsigned
group_of_folder(const roster_t *self, const struct folder_slot *slot)
{
    return ROSTER_GROUP_OF_ZONES + 1 + (unsigned) (slot - self->folders);
}

static void
watch_folders(roster_t *self, struct folder_slot *slot,
              const struct directory_listing *listing)
{
    file_places_clear(&slot->places);
    for (size_t i = 0; i < listing->folder_count; i++) {
        char *name = core_allocate(strlen(listing->folders[i]) + 3);

        /* As a file in the folder, so that the folder is watched. */
        strcat(strcpy(name, listing->folders[i]), "/.");
        file_places_add(&slot->places, name, &self->last_folder,
                        self->watcher);
        free(name);
    }
}

static void
take_listing(roster_t *self, struct folder_slot *slot,
             const struct directory_listing *listing)
{
    unsigned group = group_of_folder(self, slot);

    roster_unwant_zones(self, group, group);
    for (size_t i = 0; i < listing->file_count; i++) {
        const struct directory_file *file = &listing->files[i];
        struct zone_entry_settings settings = {
            .id.layer = slot->layer, .path = file->path,
            .fallthrough = { slot->fall, slot->fall_count },
            .reload_ms = slot->reload_ms, .group = group,
        };

        memcpy(settings.id.name, file->origin.bytes, file->origin.size);
        roster_want_zone(self, &settings);
    }
    roster_sweep_zones(self, group, group);
}

/* Looks what is in the folder.  One that cannot be read is tried again; its
   zones stay meanwhile. */
void
roster_scan_folder(roster_t *self, struct folder_slot *slot)
{
    core_faults_t *warnings = core_faults_new();
    struct directory_listing listing;
    struct core_fault fault;

    slot->due = false;
    slot->look_at_ms = roster_next_look(self, slot->reload_ms);
    if (directory_list(slot->directory, &listing, warnings, &fault) == -1) {
        if (!slot->missing)
            core_log_fault(CORE_LOG_WARNING, &fault);
        slot->missing = true;
        keep_zones(self, group_of_folder(self, slot));
    } else {
        slot->missing = false;
        if (slot->reload_ms != 0)
            watch_folders(self, slot, &listing);
        for (size_t i = 0; i < core_faults_count(warnings); i++)
            core_log_fault(CORE_LOG_WARNING, core_faults_at(warnings, i));
        take_listing(self, slot, &listing);
    }
    directory_listing_end(&listing);
    core_faults_destroy(&warnings);
}

/* ---- hosts --------------------------------------------------------------- */

static void
load_hosts(roster_t *self, struct hosts_slot *slot)
{
    const char *path = hosts_entry_path(slot->entry);
    int64_t reload_ms = hosts_entry_reload_ms(slot->entry);

    slot->due = false;
    slot->look_at_ms = path == NULL ? 0 : roster_next_look(self, reload_ms);
    file_places_clear(&slot->places);
    if (slot->look_at_ms != 0)
        file_places_add(&slot->places, path, &self->last_folder,
                        self->watcher);
    hosts_entry_load(slot->entry);
}

void
roster_end_hosts(struct hosts_slot *slot)
{
    hosts_entry_destroy(&slot->entry);
    file_places_clear(&slot->places);
}

/* ---- what is due --------------------------------------------------------- */

/* Folders and hosts files are few: all that are due are read at once. */
static void
work_on_few(roster_t *self)
{
    for (size_t i = 0; i < self->hosts_count; i++)
        if (self->hosts[i].due)
            load_hosts(self, &self->hosts[i]);
    for (size_t i = 0; i < self->folder_count; i++)
        if (self->folders[i].due)
            roster_scan_folder(self, &self->folders[i]);
}

/* Reads files that are due until the slice is over; false when some may be
   left. */
static bool
work_on_zones(roster_t *self)
{
    int64_t end_ms = core_clock_ms() + SLICE_MS;

    for (size_t seen = 0; seen < self->zone_count; seen++) {
        struct zone_slot *slot = self->zones[self->at++ % self->zone_count];

        if (!slot->due)
            continue;
        load_zone(self, slot);
        if (core_clock_ms() >= end_ms)
            return false;
    }
    return true;
}

static void
work(void *owner)
{
    roster_t *self = owner;

    self->work = NULL;                  /* it has ended itself */
    work_on_few(self);
    if (!work_on_zones(self)) {
        roster_work_soon(self);
    } else if (self->loaded != NULL) {
        void (*loaded)(void *owner) = self->loaded;

        self->loaded = NULL;
        loaded(self->owner);
    }
}

void
roster_work_soon(roster_t *self)
{
    if (self->work == NULL && self->publisher != NULL)
        self->work = core_loop_timer(self->loop, 0, 0, work, self);
}

/* ---- life ---------------------------------------------------------------- */

roster_t *
roster_new(core_loop_t *loop, const char *folder)
{
    roster_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->home.folder = folder;
    self->home.counters = &self->counters;
    self->zones_by_id = zone_table_new();
    self->watcher = watcher_new(loop, roster_handle_change, self);
    return self;
}

void
roster_start(roster_t *self, core_publisher_t *publisher,
             void (*loaded)(void *owner), void *owner)
{
    self->publisher = publisher;
    self->home.publisher = publisher;
    self->loaded = loaded;
    self->owner = owner;
}

void
roster_destroy(roster_t **self_p)
{
    assert(self_p);

    roster_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->look);
    core_loop_timer_cancel(self->loop, &self->work);
    watcher_destroy(&self->watcher);
    for (size_t i = 0; i < self->zone_count; i++)
        end_zone(self, self->zones[i]);
    free(self->zones);
    for (size_t i = 0; i < self->hosts_count; i++)
        roster_end_hosts(&self->hosts[i]);
    free(self->hosts);
    for (size_t i = 0; i < self->folder_count; i++)
        folder_slot_end(&self->folders[i]);
    free(self->folders);
    zone_table_destroy(&self->zones_by_id);
    free(self);
    *self_p = NULL;
}

/* ---- what is known ------------------------------------------------------- */

void
roster_count(const roster_t *self, struct roster_counts *counts)
{
    *counts = (struct roster_counts) { .zones = self->zone_count };
    for (size_t i = 0; i < self->zone_count; i++) {
        const zone_entry_t *entry = self->zones[i]->entry;

        counts->wrong += zone_entry_is_wrong(entry);
        if (zone_entry_version(entry) != NULL)
            counts->records += version_records(zone_entry_version(entry));
    }
    for (size_t i = 0; i < self->hosts_count; i++)
        counts->hosts_entries += hosts_entry_entries(self->hosts[i].entry);
}

const struct zone_counters *
roster_counters(const roster_t *self)
{
    return &self->counters;
}

size_t
roster_print(const roster_t *self, const uint8_t *name, FILE *file)
{
    size_t count = 0;

    for (size_t i = 0; i < self->hosts_count; i++) {
        if (name != NULL && hosts_entry_find(self->hosts[i].entry, name) == -1)
            continue;
        hosts_entry_print(self->hosts[i].entry, file);
        count++;
    }
    for (size_t i = 0; i < self->zone_count; i++) {
        const zone_entry_t *entry = self->zones[i]->entry;

        if (name != NULL && !core_name_equal(zone_entry_id(entry)->name, name))
            continue;
        zone_entry_print(entry, file);
        count++;
    }
    return count;
}
