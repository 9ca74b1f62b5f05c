/*
 * roster_settings - which files there are, as the configuration says
 *
 * Layers are given in the order in which the data are to be tried: each group
 * of hosts, then the zone files (the second file of a name one layer behind
 * the first), then each folder of zone files.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "file-sync/roster_parts.h"

#define LOOK_MS 1000                    /* how often ages are compared */
#define LEAST_LOOK_MS 100

/* The layer of a zone file: how many before it have the same name. */
static uint16_t
count_before(const struct zone_settings *zones, size_t index)
{
    uint16_t count = 0;

    for (size_t i = 0; i < index; i++)
        count += core_name_equal(zones[i].origin, zones[index].origin);
    return count;
}

/* Takes the zone files; returns the first layer behind them. */
static uint16_t
set_zones(roster_t *self, const struct core_list *list, uint16_t layer)
{
    const struct zone_settings *zones = list->items;
    zone_table_t *names = zone_table_new();
    uint16_t after = layer;

    for (size_t i = 0; i < list->count; i++) {
        struct zone_entry_settings settings = {
            .path = zones[i].file, .fallthrough = zones[i].fallthrough,
            .reload_ms = zones[i].reload_ms, .group = ROSTER_GROUP_OF_ZONES,
        };

        settings.id.layer = 0;
        memcpy(settings.id.name, zones[i].origin,
               core_name_size(zones[i].origin));

        /* Names that are there twice are rare: only then they are counted. */
        bool again = zone_table_find(names, &settings.id) != NULL;

        if (!again)
            zone_table_add(names, &settings.id, self);
        settings.id.layer = (uint16_t) (layer + (again
                                                 ? count_before(zones, i)
                                                 : 0));
        if (settings.id.layer >= after)
            after = (uint16_t) (settings.id.layer + 1);
        roster_want_zone(self, &settings);
    }
    zone_table_destroy(&names);
    return after;
}

/* Takes the hosts files: those whose settings are the same stay. */
static void
set_hosts(roster_t *self, const struct core_list *list)
{
    const struct hosts_settings *settings = list->items;
    struct hosts_slot *old = self->hosts;
    size_t old_count = self->hosts_count;

    self->hosts = core_allocate((list->count + 1) * sizeof *self->hosts);
    self->hosts_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (i < old_count && hosts_entry_is(old[i].entry, &settings[i])) {
            self->hosts[i] = old[i];
            old[i] = (struct hosts_slot) { .due = false };
        } else {
            if (i < old_count)
                roster_end_hosts(&old[i]);
            self->hosts[i].entry = hosts_entry_new(&settings[i], (uint16_t) i,
                                                   self->publisher);
        }
        if (hosts_entry_is_outdated(self->hosts[i].entry))
            self->hosts[i].due = true;
    }
    for (size_t i = list->count; i < old_count; i++)
        roster_end_hosts(&old[i]);
    free(old);
}

/* Opens all folders of the settings, or none. */
static struct folder_slot *
open_folders(const struct core_list *list, struct core_fault *fault)
{
    const struct directory_settings *settings = list->items;
    struct folder_slot *folders = core_allocate((list->count + 1)
                                                * sizeof *folders);

    for (size_t i = 0; i < list->count; i++) {
        if (folder_slot_start(&folders[i], &settings[i], 0, fault) == 0)
            continue;
        for (size_t j = 0; j <= i; j++)
            folder_slot_end(&folders[j]);
        free(folders);
        return NULL;
    }
    return folders;
}

static void
set_folders(roster_t *self, struct folder_slot *folders, size_t count,
            uint16_t layer)
{
    for (size_t i = 0; i < self->folder_count; i++)
        folder_slot_end(&self->folders[i]);
    free(self->folders);
    self->folders = folders;
    self->folder_count = count;
    for (size_t i = 0; i < count; i++)
        folders[i].layer = (uint16_t) (layer + i);
}

static void
be_as_impatient(int64_t *interval_ms, int64_t reload_ms)
{
    if (reload_ms > 0 && reload_ms < *interval_ms)
        *interval_ms = reload_ms < LEAST_LOOK_MS ? LEAST_LOOK_MS : reload_ms;
}

/* How often to look: as often as the most impatient wants. */
static void
set_timer(roster_t *self, const struct file_sync_settings *settings)
{
    const struct zone_settings *zones = settings->zones.items;
    const struct directory_settings *folders = settings->directories.items;
    const struct hosts_settings *hosts = settings->hosts.items;
    int64_t interval_ms = LOOK_MS;

    for (size_t i = 0; i < settings->zones.count; i++)
        be_as_impatient(&interval_ms, zones[i].reload_ms);
    for (size_t i = 0; i < settings->directories.count; i++)
        be_as_impatient(&interval_ms, folders[i].reload_ms);
    for (size_t i = 0; i < settings->hosts.count; i++)
        be_as_impatient(&interval_ms, hosts[i].reload_ms);
    core_loop_timer_cancel(self->loop, &self->look);
    self->look = core_loop_timer(self->loop, interval_ms, interval_ms,
                                 roster_look, self);
}

int
roster_set(roster_t *self, const struct file_sync_settings *settings,
           struct core_fault *fault)
{
    struct folder_slot *folders = open_folders(&settings->directories, fault);
    uint16_t layer;

    assert(self->publisher != NULL);
    if (folders == NULL)
        return -1;
    set_hosts(self, &settings->hosts);
    roster_unwant_zones(self, ROSTER_GROUP_OF_ZONES, UINT32_MAX);
    layer = set_zones(self, &settings->zones,
                      (uint16_t) settings->hosts.count);
    set_folders(self, folders, settings->directories.count, layer);

    /* Zones of folders are wanted by what is in the folders. */
    for (size_t i = 0; i < self->folder_count; i++)
        roster_scan_folder(self, &self->folders[i]);
    roster_sweep_zones(self, ROSTER_GROUP_OF_ZONES, UINT32_MAX);
    set_timer(self, settings);
    roster_work_soon(self);
    return 0;
}
