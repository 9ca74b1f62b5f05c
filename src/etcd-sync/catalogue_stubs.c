/*
 * catalogue_stubs - zones that come with ours
 */

#include <string.h>

#include "etcd-sync/catalogue_parts.h"

static struct core_zone_id
id_of(const struct stub *stub, uint16_t layer)
{
    struct core_zone_id id = { .layer = layer };

    memcpy(id.name, stub->zone, core_name_size(stub->zone));
    return id;
}

/* Within our zones the names of a stub are not to be answered: they fall
   through to whoever asks its servers. */
static bool
is_inside(const catalogue_t *self, const struct stub *stub)
{
    return zones_have_name(self->zones, stub->zone);
}

static void
put(void *owner, const struct stub *stub)
{
    const struct core_zone_options plain = { .flags = 0 };
    const struct core_zone_options open = {
        .flags = CORE_ZONE_FALLTHROUGH | CORE_ZONE_FALL_UNSUPPORTED,
    };
    catalogue_t *self = owner;
    struct core_zone_id servers = id_of(stub, CORE_FEED_UPSTREAMS);
    struct core_zone_id names = id_of(stub, 0);

    self->sink.zone(self->sink.owner, &servers, &plain);
    if (is_inside(self, stub))
        self->sink.zone(self->sink.owner, &names, &open);
}

static void
take_away(void *owner, const struct stub *stub)
{
    catalogue_t *self = owner;
    struct core_zone_id servers = id_of(stub, CORE_FEED_UPSTREAMS);
    struct core_zone_id names = id_of(stub, 0);

    self->sink.zone(self->sink.owner, &servers, NULL);
    if (is_inside(self, stub))
        self->sink.zone(self->sink.owner, &names, NULL);
}

void
catalogue_refresh_stubs(catalogue_t *self)
{
    static const struct stubs_hooks hooks = {
        .put = put, .remove = take_away,
    };

    self->counters.stubs_left_out = stubs_refresh(self->stubs, &hooks, self);
    self->counters.stubs = stubs_count(self->stubs);
}

void
catalogue_each_zone(const catalogue_t *self,
                    void (*each)(void *owner, const struct core_zone_id *zone),
                    void *owner)
{
    for (size_t i = 0; i < zones_count(self->zones); i++)
        each(owner, &zones_at(self->zones, i)->id);
    for (size_t i = 0; i < stubs_count(self->stubs); i++) {
        const struct stub *stub = stubs_at(self->stubs, i);
        struct core_zone_id servers = id_of(stub, CORE_FEED_UPSTREAMS);
        struct core_zone_id names = id_of(stub, 0);

        each(owner, &servers);
        if (is_inside(self, stub))
            each(owner, &names);
    }
}

bool
catalogue_has_zone(const catalogue_t *self, const struct core_zone_id *zone)
{
    const struct stub *stub = stubs_find(self->stubs, zone->name);

    if (zone->layer == CORE_FEED_UPSTREAMS)
        return stub != NULL;
    return zones_find(self->zones, zone) != NULL
        || (stub != NULL && is_inside(self, stub));
}
