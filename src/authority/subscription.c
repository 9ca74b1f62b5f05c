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

#include "coredns/memory.h"

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
    void *owner;

    bool is_complete;
    bool was_complete;
    char reason[128];

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
    zone_destroy(&self->building);
    free(self->changes);
    free(self->name);
    free(self);
    *self_p = NULL;
}

static void
begin(void *owner, const struct core_zone_id *zone,
      const struct core_zone_options *options, bool whole)
{
    subscription_t *self = owner;

    zone_destroy(&self->building);
    self->id = *zone;
    self->size = 0;
    self->change_count = 0;
    if (!whole)
        return;
    self->building = zone_new(self->source, zone);
    if (options != NULL)
        zone_set_options(self->building, options);
}

static void
change(void *owner, const struct core_change *change)
{
    subscription_t *self = owner;
    size_t limit = CHANGE_FIXED + CORE_NAME_SIZE + change->rdatas_size;

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
    }
}

static void
commit(void *owner, uint64_t version)
{
    subscription_t *self = owner;

    self->counters->transactions++;
    self->counters->changes += self->change_count;
    if (self->building == NULL) {
        struct zone *zone = zones_find(self->zones, self->source, &self->id);

        if (zone != NULL) {
            apply(self, zone);
            zone_settle(zone, version);
        }
        return;
    }

    bool is_large = zone_names(self->building) >= MANY_NAMES;

    zone_settle(self->building, version);
    zones_put(self->zones, &self->building);
    if (is_large)
        malloc_trim(0);
}

static void
abandon(void *owner)
{
    subscription_t *self = owner;

    self->counters->abandoned++;
    zone_destroy(&self->building);
    self->size = 0;
}

static void
remove_zone(void *owner, const struct core_zone_id *zone)
{
    subscription_t *self = owner;

    zones_remove(self->zones, self->source, zone);
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

const char *
subscription_name(const subscription_t *self)
{
    return self->name;
}

bool
subscription_was_complete(const subscription_t *self)
{
    return self->was_complete;
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
