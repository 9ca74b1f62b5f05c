/*
 * subscription - the zones of one source, kept as the source has them
 *
 * The changes of a transaction are kept in the form in which a feed sends
 * them: one piece of memory, used again for the next.
 */

#include "authority/subscription.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/archive.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define CHANGE_FIXED 64                 /* octets of a change besides its owner
                                           and rdata, at most */
#define MANY_NAMES 10000                /* a zone so large that the memory used
                                           to load it is worth giving back */

struct subscription {
    zones_t *zones;
    unsigned source;
    char *name;
    struct subscription_counters *counters;
    core_subscriber_t *subscriber;
    void (*changed)(void *owner);
    subscription_told *told;            /* NULL: nobody wants to know */
    subscription_settled *settled;      /* the same */
    void *owner;

    bool is_complete;
    bool was_complete;
    char reason[128];

    archive_t *archive;                 /* NULL: none is kept */
    char *archive_path;
    bool is_reading;                    /* from the archive */
    bool is_copying;                    /* what is read is kept, as if heard */
    bool is_pending;                    /* building says: no data yet */
    bool is_restored;                   /* some zones are from it */
    bool is_heard;                      /* the source itself is */

    struct zone *building;              /* NULL: changes are written down */
    struct core_zone_id id;
    uint8_t *changes;
    size_t size;
    size_t capacity;
    uint64_t change_count;
};

subscription_t *
subscription_new(zones_t *zones, unsigned source, const char *name,
                 struct subscription_counters *counters)
{
    subscription_t *self = core_allocate(sizeof *self);

    self->zones = zones;
    self->source = source;
    self->name = core_copy_text(name);
    self->counters = counters;
    return self;
}

void
subscription_destroy(subscription_t **self_p)
{
    subscription_t *self = *self_p;

    if (self == NULL)
        return;
    core_subscriber_destroy(&self->subscriber);
    archive_destroy(&self->archive);
    free(self->archive_path);
    zone_destroy(&self->building);
    free(self->changes);
    free(self->name);
    free(self);
    *self_p = NULL;
}

/* The archive to write to, or NULL. */
static archive_t *
writing(const subscription_t *self)
{
    return (self->is_reading && !self->is_copying) || self->is_pending
        ? NULL : self->archive;
}

/* A zone from the archive says so; one that had no data says that. */
static void
mark_stale(const subscription_t *self, struct core_zone_options *options,
           char reason[128])
{
    if ((options->flags & CORE_ZONE_FAILED) != 0)
        return;
    snprintf(reason, 128, "%s has not been heard since the start",
             self->name);
    options->flags |= CORE_ZONE_STALE;
    options->reason = reason;
}

static bool
has_data(const struct zone *zone)
{
    return zone != NULL && (zone->flags & CORE_ZONE_FAILED) == 0;
}

/* A source whose first word is that it has no data yet cannot name all of its
   zones: those of the archive are there again. */
static void
note_first_word(subscription_t *self, bool is_pending)
{
    struct core_fault fault;

    if (self->is_reading)
        return;
    if (is_pending && !self->is_heard && !self->is_restored)
        subscription_restore(self, &fault);
    self->is_heard = true;
}

/*
 * A zone of the old archive that is as good as heard goes into the new one,
 * before more is said of it.  That is rare: nearly always the source comes back
 * with the whole.  One that stays pending keeps the source from being known,
 * and so the old archive in its place.
 */
static void
write_kept(subscription_t *self, struct zone *zone)
{
    if (!zone->is_kept)
        return;
    zone->is_kept = false;
    if (self->archive != NULL)
        archive_zone(self->archive, zone);
}

/* Other options for a zone that is there: its records stay, and so it cannot
   be without data again. */
static void
change_options(struct zone *zone, const struct core_zone_options *options)
{
    if ((options->flags & CORE_ZONE_PENDING) != 0 && has_data(zone))
        zone_set_stale(zone, options->reason);
    else
        zone_set_options(zone, options);
}

static bool
has_flag(const struct core_zone_options *options, enum core_zone_flag flag)
{
    return options != NULL && (options->flags & flag) != 0;
}

static void
begin(void *owner, const struct core_zone_id *zone,
      const struct core_zone_options *options, bool whole)
{
    subscription_t *self = owner;
    struct core_zone_options taken = { .flags = 0 };
    bool is_pending = has_flag(options, CORE_ZONE_PENDING);
    bool brings_data = whole && !has_flag(options, CORE_ZONE_FAILED);
    struct zone *known;
    char reason[128];

    note_first_word(self, is_pending);
    self->is_pending = is_pending && whole;
    known = zones_find(self->zones, self->source, zone);
    if (known != NULL && !is_pending && !brings_data)
        write_kept(self, known);
    if (writing(self) != NULL)
        archive_begin(self->archive, zone, options, whole);
    zone_destroy(&self->building);
    self->id = *zone;
    self->size = 0;
    self->change_count = 0;
    if (options != NULL)
        taken = *options;
    if (self->is_reading)
        mark_stale(self, &taken, reason);
    if (whole) {
        self->building = zone_new(self->source, zone);
        self->building->is_archived = self->is_reading && !self->is_copying;
        zone_set_options(self->building, &taken);
    } else if (options != NULL && known != NULL) {
        change_options(known, &taken);
    }
}

static void
change(void *owner, const struct core_change *change)
{
    subscription_t *self = owner;
    size_t limit = CHANGE_FIXED + CORE_NAME_SIZE + change->rdatas_size;

    if (writing(self) != NULL)
        archive_change(self->archive, change);
    self->change_count++;
    if (self->building != NULL) {
        zone_change(self->building, change);
        return;
    }
    if (self->capacity - self->size < limit) {
        self->capacity = 2 * self->capacity + limit;
        self->changes = core_reallocate(self->changes, self->capacity);
    }
    self->size += core_change_write(self->changes + self->size,
                                    self->capacity - self->size, change);
}

static void
tell(const subscription_t *self, const uint8_t *name, uint16_t type)
{
    if (self->told != NULL)
        self->told(self->owner, name, type);
}

/* What changes there changes what other names are, too. */
static bool
is_structural(const struct core_change *change)
{
    return change->type == CORE_NS || change->type == CORE_DNAME
        || (change->owner[0] == 1 && change->owner[1] == '*');
}

/* Applies what was written down. */
static void
apply(subscription_t *self, struct zone *zone)
{
    struct core_change change;
    size_t used;

    for (size_t offset = 0; offset < self->size; offset += used) {
        used = core_change_read(self->changes + offset, self->size - offset,
                                &change);
        if (used == 0)
            break;
        zone_change(zone, &change);
        tell(self, is_structural(&change) ? NULL : change.owner, change.type);
    }
}

static void
tell_settled(const subscription_t *self, const struct zone *zone)
{
    if (self->settled != NULL && !self->is_reading && zone->has_soa)
        self->settled(self->owner, zone);
}

static void
commit_part(subscription_t *self, uint64_t version)
{
    struct zone *zone = zones_find(self->zones, self->source, &self->id);

    if (zone == NULL)
        return;
    apply(self, zone);
    zone_settle(zone, version);
    tell_settled(self, zone);
}

/* Brings back one zone from the archive, and writes it to the new one. */
static void
restore_zone(subscription_t *self, const struct core_zone_id *id)
{
    struct core_fault fault;

    if (self->archive_path == NULL || self->is_reading)
        return;
    if (self->archive != NULL)
        archive_flush(self->archive);
    self->is_reading = true;
    self->is_copying = true;
    archive_read(self->archive_path, id, &subscription_hooks, self, &fault);
    self->is_reading = false;
    self->is_copying = false;
}

/* Data of the zone that were heard, or else those of the archive. */
static struct zone *
find_older(subscription_t *self, const struct core_zone_id *id)
{
    struct zone *zone = zones_find(self->zones, self->source, id);

    if (has_data(zone)) {
        zone->is_kept = zone->is_kept || zone->is_archived;
        zone->is_archived = false;
        return zone;
    }
    restore_zone(self, id);
    zone = zones_find(self->zones, self->source, id);
    return has_data(zone) ? zone : NULL;
}

/* The source has no data yet: older ones stay, if there are any. */
static void
commit_pending(subscription_t *self, uint64_t version)
{
    struct zone *pending = self->building;
    struct zone *older;

    self->building = NULL;
    self->is_pending = false;
    older = find_older(self, &pending->id);
    if (older != NULL) {
        zone_set_stale(older, pending->reason);
        zone_destroy(&pending);
        return;
    }
    zone_settle(pending, version);
    zones_put(self->zones, &pending);
    tell(self, NULL, CORE_ANY);
}

static void
commit_whole(subscription_t *self, uint64_t version)
{
    struct zone *zone = self->building;
    bool is_large = zone_names(zone) >= MANY_NAMES;

    zone_settle(zone, version);
    zones_put(self->zones, &self->building);
    tell(self, NULL, CORE_ANY);
    tell_settled(self, zone);
    if (is_large)
        malloc_trim(0);
}

static void
commit(void *owner, uint64_t version)
{
    subscription_t *self = owner;

    archive_t *archive = writing(self);

    self->counters->transactions++;
    self->counters->changes += self->change_count;
    if (self->is_pending)
        commit_pending(self, version);
    else if (self->building != NULL)
        commit_whole(self, version);
    else
        commit_part(self, version);
    if (archive != NULL) {
        archive_commit(archive, version);
        if (!self->is_copying)
            archive_tidy(archive, self->zones, self->source);
    }
}

static void
abandon(void *owner)
{
    subscription_t *self = owner;

    if (writing(self) != NULL)
        archive_abandon(self->archive);
    self->counters->abandoned++;
    self->is_pending = false;
    zone_destroy(&self->building);
    self->size = 0;
}

static void
remove_zone(void *owner, const struct core_zone_id *zone)
{
    subscription_t *self = owner;

    if (writing(self) != NULL)
        archive_remove(self->archive, zone);
    zones_remove(self->zones, self->source, zone);
    tell(self, NULL, CORE_ANY);
}

/* ---- the archive --------------------------------------------------------- */

int
subscription_keep(subscription_t *self, const char *path,
                  struct core_fault *fault)
{
    self->archive_path = core_copy_text(path);
    self->archive = archive_new(path, fault);
    return self->archive == NULL ? -1 : 0;
}

void
subscription_flush(subscription_t *self)
{
    if (self->archive != NULL)
        archive_flush(self->archive);
}

unsigned
subscription_restore(subscription_t *self, struct core_fault *fault)
{
    unsigned count;

    if (self->was_complete || self->archive_path == NULL) {
        core_fault_set(fault, NULL, 0, "there is no archive");
        return 0;
    }
    self->is_reading = true;
    count = archive_read(self->archive_path, NULL, &subscription_hooks, self,
                         fault);
    self->is_reading = false;
    self->is_restored = count > 0;
    return count;
}

/* Zones of the archive that the source no longer has. */
struct leftovers {
    unsigned source;
    size_t count;
    size_t capacity;
    struct core_zone_id *ids;
};

static void
note_leftover(void *owner, const struct zone *zone)
{
    struct leftovers *left = owner;

    if (zone->source != left->source || !zone->is_archived)
        return;
    left->ids = core_grow(left->ids, left->count, &left->capacity,
                          sizeof *left->ids);
    left->ids[left->count++] = zone->id;
}

static void
remove_leftovers(subscription_t *self)
{
    struct leftovers left = { .source = self->source };

    zones_walk(self->zones, note_leftover, &left);
    for (size_t i = 0; i < left.count; i++)
        zones_remove(self->zones, self->source, &left.ids[i]);
    if (left.count > 0)
        tell(self, NULL, CORE_ANY);
    free(left.ids);
    self->is_restored = false;
}

/* What was heard is all there is: the archive is no more than that. */
static void
known(void *owner)
{
    subscription_t *self = owner;

    if (self->is_restored)
        remove_leftovers(self);
    if (self->archive != NULL)
        archive_complete(self->archive, self->zones, self->source);
}

static void
synced(void *owner, bool complete, const char *reason)
{
    subscription_t *self = owner;

    self->is_complete = complete;
    self->was_complete = self->was_complete || complete;
    snprintf(self->reason, sizeof self->reason, "%s",
             complete || reason == NULL ? "" : reason);
    if (self->changed != NULL)
        self->changed(self->owner);
}

const struct core_subscriber_hooks subscription_hooks = {
    .begin = begin,
    .change = change,
    .commit = commit,
    .abandon = abandon,
    .remove = remove_zone,
    .synced = synced,
    .known = known,
};

int
subscription_follow(subscription_t *self, void *context, core_loop_t *loop,
                    const char *endpoints, const char *identity,
                    void (*changed)(void *owner), void *owner,
                    struct core_fault *fault)
{
    self->changed = changed;
    self->owner = owner;
    self->subscriber = core_subscriber_new(context, loop, endpoints, identity,
                                           &subscription_hooks, self, fault);
    return self->subscriber == NULL ? -1 : 0;
}

void
subscription_tell(subscription_t *self, subscription_told *told)
{
    self->told = told;
}

void
subscription_settle(subscription_t *self, subscription_settled *settled)
{
    self->settled = settled;
}

const char *
subscription_name(const subscription_t *self)
{
    return self->name;
}

bool
subscription_has_zones(const subscription_t *self)
{
    return self->was_complete || self->is_restored;
}

bool
subscription_is_complete(const subscription_t *self)
{
    return self->is_complete;
}

const char *
subscription_reason(const subscription_t *self)
{
    return self->reason;
}
