/*
 * roster_events - finding out which files are due
 *
 * An event names a folder and a file, and every file knows the places where it
 * can change; so an event costs a comparison of numbers for each file, which
 * for 12,000 of them is less than reading one.
 */

#include <string.h>

#include "coredns/clock.h"
#include "file-sync/roster_parts.h"

#define GONE_MS 500                     /* before a file counts as gone */

/* ---- changes ------------------------------------------------------------- */

/* A link such as a ConfigMap's "..data" was turned: all files of the folder
   may be others. */
static bool
is_turned_link(const struct watcher_event *event)
{
    return strncmp(event->name, "..", 2) == 0;
}

static bool
concerns_zone(const struct zone_slot *slot, const struct watcher_event *event)
{
    if (file_places_have(&slot->places, event))
        return true;

    /* A zone that is wrong may be waiting for a file that it includes. */
    return (is_turned_link(event) || zone_entry_is_wrong(slot->entry))
        && file_places_are_near(&slot->places, event);
}

static bool
concerns_folder(const struct folder_slot *slot,
                const struct watcher_event *event)
{
    struct core_zone_name origin;

    return file_places_are_near(&slot->places, event)
        && (event->is_folder || is_turned_link(event)
            || directory_origin(slot->directory, event->name, &origin) == 0);
}

/* What has changed is read at once; what is gone, only when it has not come
   back soon: some editors move a file away before they write it anew. */
static void
mark(roster_t *self, const struct watcher_event *event, bool *due,
     int64_t *look_at_ms)
{
    int64_t soon_ms = core_loop_now_ms(self->loop) + GONE_MS;

    if (!event->is_gone)
        *due = true;
    else if (*look_at_ms > soon_ms)
        *look_at_ms = soon_ms;
}

/* The kernel could not tell all: everything that is looked at is due. */
static void
mark_all(roster_t *self)
{
    for (size_t i = 0; i < self->zone_count; i++)
        self->zones[i]->due |= self->zones[i]->look_at_ms != 0;
    for (size_t i = 0; i < self->hosts_count; i++)
        self->hosts[i].due |= self->hosts[i].look_at_ms != 0;
    for (size_t i = 0; i < self->folder_count; i++)
        self->folders[i].due |= self->folders[i].look_at_ms != 0;
}

static bool
mark_zones(roster_t *self, const struct watcher_event *event)
{
    bool known = false;

    for (size_t i = 0; i < self->zone_count; i++) {
        struct zone_slot *slot = self->zones[i];

        if (!concerns_zone(slot, event))
            continue;
        mark(self, event, &slot->due, &slot->look_at_ms);
        known = true;
    }
    return known;
}

void
roster_handle_change(void *owner, const struct watcher_event *event)
{
    roster_t *self = owner;

    if (event->folder == NULL) {
        mark_all(self);
        roster_work_soon(self);
        return;
    }

    bool known = mark_zones(self, event);

    for (size_t i = 0; i < self->hosts_count; i++) {
        struct hosts_slot *slot = &self->hosts[i];

        if (file_places_have(&slot->places, event)
            || (is_turned_link(event)
                && file_places_are_near(&slot->places, event)))
            mark(self, event, &slot->due, &slot->look_at_ms);
    }
    for (size_t i = 0; i < self->folder_count; i++) {
        struct folder_slot *slot = &self->folders[i];

        /* A file that is known already, and still there, is only read. */
        if ((!known || event->is_gone) && concerns_folder(slot, event))
            mark(self, event, &slot->due, &slot->look_at_ms);
    }
    roster_work_soon(self);
}

/* ---- looking ------------------------------------------------------------- */

static bool
is_time(roster_t *self, int64_t *look_at_ms, int64_t reload_ms)
{
    if (*look_at_ms == 0 || core_loop_now_ms(self->loop) < *look_at_ms)
        return false;
    *look_at_ms = roster_next_look(self, reload_ms);
    return true;
}

void
roster_look(void *owner)
{
    roster_t *self = owner;

    for (size_t i = 0; i < self->zone_count; i++) {
        struct zone_slot *slot = self->zones[i];

        if (!is_time(self, &slot->look_at_ms,
                     zone_entry_reload_ms(slot->entry))
            || !zone_entry_is_outdated(slot->entry))
            continue;
        if (zone_entry_is_being_written(slot->entry, core_clock_real_us()))
            slot->look_at_ms = 1;       /* at the next look */
        else
            slot->due = true;
    }
    for (size_t i = 0; i < self->hosts_count; i++) {
        struct hosts_slot *slot = &self->hosts[i];

        if (is_time(self, &slot->look_at_ms,
                    hosts_entry_reload_ms(slot->entry))
            && hosts_entry_is_outdated(slot->entry))
            slot->due = true;
    }
    for (size_t i = 0; i < self->folder_count; i++) {
        struct folder_slot *slot = &self->folders[i];

        if (is_time(self, &slot->look_at_ms, slot->reload_ms))
            slot->due = true;
    }
    roster_work_soon(self);
}
