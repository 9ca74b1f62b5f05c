/*
 * listed - routes to the servers that sources list for zones
 */

#include "forward/listed.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/feed.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/name.h"
#include "coredns/rrtype.h"

#define SERVER_SIZE 256

/* A zone with servers. */
struct stub {
    uint8_t name[CORE_NAME_SIZE];
    const uint8_t *zone;                /* the name, as a list of one */
    char **servers;                     /* as `to` has them */
    size_t count;
};

struct source {
    listed_t *all;
    char *name;
    core_subscriber_t *subscriber;
    bool was_complete;
    struct stub **stubs;
    size_t count;
    size_t capacity;
    struct stub *open;                  /* between begin and commit; or NULL */
};

struct listed {
    struct source **sources;
    size_t count;
    size_t capacity;
    core_loop_t *loop;
    core_timer_t *late;                 /* runs tell_changed(); or NULL */
    void (*changed)(void *owner);
    void *owner;
};

/* ---- stubs --------------------------------------------------------------- */

static void
end_servers(struct stub *stub)
{
    for (size_t i = 0; i < stub->count; i++)
        free(stub->servers[i]);
    free(stub->servers);
    stub->servers = NULL;
    stub->count = 0;
}

static void
end_stub(struct stub **stub_p)
{
    if (*stub_p == NULL)
        return;
    end_servers(*stub_p);
    free(*stub_p);
    *stub_p = NULL;
}

/* One that is no address is left out, with a word: a name would have to be
   resolved first, by whom? */
static void
add_server(struct source *source, struct stub *stub, const char *text)
{
    char zone[CORE_NAME_TEXT_SIZE];
    struct core_fault fault;
    struct target target;

    core_name_to_text(zone, stub->name);
    if (target_from_text(&target, text, &fault) == -1
        || target.kind != TARGET_ADDRESS) {
        core_log(CORE_LOG_WARNING, "%s: a server of %s is no address: %s",
                 source->name, zone, text);
        return;
    }
    if (stub->count == POLICY_UPSTREAMS) {
        core_log(CORE_LOG_WARNING, "%s: %s has more than %d servers",
                 source->name, zone, POLICY_UPSTREAMS);
        return;
    }
    stub->servers = core_reallocate(stub->servers, (stub->count + 1)
                                    * sizeof *stub->servers);
    stub->servers[stub->count++] = core_copy_text(text);
}

static void
remove_server(struct stub *stub, const char *text)
{
    size_t kept = 0;

    for (size_t i = 0; i < stub->count; i++)
        if (strcmp(stub->servers[i], text) == 0)
            free(stub->servers[i]);
        else
            stub->servers[kept++] = stub->servers[i];
    stub->count = kept;
}

/* The place of a zone in the list of a source; count when it is not there. */
static size_t
find(const struct source *source, const uint8_t *name)
{
    size_t i = 0;

    while (i < source->count
           && !core_name_equal(source->stubs[i]->name, name))
        i++;
    return i;
}

static struct stub *
new_stub(const uint8_t *name)
{
    struct stub *stub = core_allocate(sizeof *stub);

    memcpy(stub->name, name, core_name_size(name));
    stub->zone = stub->name;
    return stub;
}

/* ---- what a source says -------------------------------------------------- */

static void
tell_changed(void *owner)
{
    listed_t *self = owner;

    self->late = NULL;                  /* it has ended itself */
    self->changed(self->owner);
}

static void
tell_later(listed_t *self)
{
    if (self->late == NULL && self->loop != NULL)
        self->late = core_loop_timer(self->loop, 0, 0, tell_changed, self);
}

static void
begin(void *owner, const struct core_zone_id *zone,
      const struct core_zone_options *options, bool whole)
{
    struct source *source = owner;
    size_t place = find(source, zone->name);

    (void) options;
    end_stub(&source->open);
    source->open = new_stub(zone->name);
    if (whole || place == source->count)
        return;
    for (size_t i = 0; i < source->stubs[place]->count; i++)
        add_server(source, source->open, source->stubs[place]->servers[i]);
}

/* Only texts of one piece are servers. */
static bool
read_server(const uint8_t *rdata, size_t size, char text[SERVER_SIZE])
{
    if (size < 2 || rdata[0] != size - 1
        || memchr(rdata + 1, '\0', rdata[0]) != NULL)
        return false;
    memcpy(text, rdata + 1, rdata[0]);
    text[rdata[0]] = '\0';
    return true;
}

static void
change(void *owner, const struct core_change *change)
{
    struct source *source = owner;
    const uint8_t *rdata = change->rdatas;
    char text[SERVER_SIZE];

    if (!core_name_equal(change->owner, source->open->name)
        || (change->type != CORE_TXT && change->type != CORE_ANY))
        return;
    if (change->kind == CORE_CHANGE_PUT || change->kind == CORE_CHANGE_DELETE)
        end_servers(source->open);
    for (unsigned i = 0; i < change->count; i++) {
        size_t size = core_read16(rdata);

        if (read_server(rdata + 2, size, text)) {
            remove_server(source->open, text);
            if (change->kind != CORE_CHANGE_REMOVE)
                add_server(source, source->open, text);
        }
        rdata += 2 + size;
    }
}

static void
commit(void *owner, uint64_t version)
{
    struct source *source = owner;
    size_t place = find(source, source->open->name);

    (void) version;
    if (place == source->count) {
        source->stubs = core_grow(source->stubs, source->count,
                                  &source->capacity, sizeof *source->stubs);
        source->stubs[source->count++] = NULL;
    }
    end_stub(&source->stubs[place]);
    source->stubs[place] = source->open;
    source->open = NULL;
    tell_later(source->all);
}

static void
abandon(void *owner)
{
    struct source *source = owner;

    end_stub(&source->open);
}

static void
remove_zone(void *owner, const struct core_zone_id *zone)
{
    struct source *source = owner;
    size_t place = find(source, zone->name);

    if (place == source->count)
        return;
    end_stub(&source->stubs[place]);
    source->stubs[place] = source->stubs[--source->count];
    tell_later(source->all);
}

/* A source that is away leaves what it said. */
static void
synced(void *owner, bool complete, const char *reason)
{
    struct source *source = owner;

    (void) reason;
    source->was_complete = source->was_complete || complete;
    tell_later(source->all);
}

static const struct core_subscriber_hooks hooks = {
    .for_upstreams = true, .begin = begin, .change = change, .commit = commit,
    .abandon = abandon, .remove = remove_zone, .synced = synced,
};

/* ---- life ---------------------------------------------------------------- */

listed_t *
listed_new(void)
{
    return core_allocate(sizeof (listed_t));
}

static void
end_source(struct source *source)
{
    core_subscriber_destroy(&source->subscriber);
    for (size_t i = 0; i < source->count; i++)
        end_stub(&source->stubs[i]);
    end_stub(&source->open);
    free(source->stubs);
    free(source->name);
    free(source);
}

void
listed_destroy(listed_t **self_p)
{
    assert(self_p);

    listed_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++)
        end_source(self->sources[i]);
    if (self->loop != NULL)
        core_loop_timer_cancel(self->loop, &self->late);
    free(self->sources);
    free(self);
    *self_p = NULL;
}

void
listed_add_source(listed_t *self, const char *name)
{
    struct source *source = core_allocate(sizeof *source);

    source->all = self;
    source->name = core_copy_text(name);
    self->sources = core_grow(self->sources, self->count, &self->capacity,
                              sizeof *self->sources);
    self->sources[self->count++] = source;
}

const struct core_subscriber_hooks *
listed_hooks(void)
{
    return &hooks;
}

void *
listed_source(listed_t *self, size_t index)
{
    return self->sources[index];
}

int
listed_follow(listed_t *self, core_life_t *life, const char *name,
              void (*changed)(void *owner), void *owner,
              struct core_fault *fault)
{
    const char *endpoints = core_life_wire(life, "source", name);
    struct source *source;

    if (endpoints == NULL) {
        core_fault_set(fault, NULL, 0, "no wire to the source %s", name);
        return -1;
    }
    self->loop = core_life_loop(life);
    self->changed = changed;
    self->owner = owner;
    listed_add_source(self, name);
    source = self->sources[self->count - 1];
    source->subscriber = core_subscriber_new(
        core_life_context(life), self->loop, endpoints,
        core_life_identity(life), &hooks, source, fault);
    return source->subscriber == NULL ? -1 : 0;
}

bool
listed_is_complete(const listed_t *self, const char **missing)
{
    for (size_t i = 0; i < self->count; i++)
        if (!self->sources[i]->was_complete) {
            *missing = self->sources[i]->name;
            return false;
        }
    return true;
}

/* ---- routes -------------------------------------------------------------- */

/* The configured route with the longest zone above the name; NULL: none. */
static const struct route_settings *
find_route(const struct settings *settings, const uint8_t *name)
{
    const struct route_settings *routes = settings->routes.items;
    const struct route_settings *found = NULL;
    unsigned longest = 0;

    for (size_t i = 0; i < settings->routes.count; i++) {
        const uint8_t *const *zones = routes[i].zone.items;

        for (size_t j = 0; j < routes[i].zone.count; j++)
            if (core_name_is_below(name, zones[j])
                && (found == NULL || core_name_labels(zones[j]) > longest)) {
                found = &routes[i];
                longest = core_name_labels(zones[j]);
            }
    }
    return found;
}

/* There is a route for just that zone. */
static bool
is_routed(const struct settings *settings, const uint8_t *name)
{
    const struct route_settings *routes = settings->routes.items;

    for (size_t i = 0; i < settings->routes.count; i++) {
        const uint8_t *const *zones = routes[i].zone.items;

        for (size_t j = 0; j < routes[i].zone.count; j++)
            if (core_name_equal(zones[j], name))
                return true;
    }
    return false;
}

/* What is said of certificates, exceptions and other stages is about the
   servers that are configured. */
static struct route_settings
make_route(const struct settings *settings, struct stub *stub)
{
    const struct route_settings *like = find_route(settings, stub->name);
    struct route_settings route = like != NULL ? *like
        : settings_default_route();
    const struct core_list none = { .count = 0 };

    route.zone = (struct core_list) { &stub->zone, 1 };
    route.to = (struct core_list) { stub->servers, stub->count };
    route.except = none;
    route.tls = none;
    route.next_on = none;
    route.next_on_nodata = false;
    return route;
}

struct settings *
listed_settings(const listed_t *self, const struct settings *settings)
{
    struct settings *all = core_allocate(sizeof *all);
    struct route_settings *routes;
    size_t limit = settings->routes.count;

    for (size_t i = 0; i < self->count; i++)
        limit += self->sources[i]->count;
    routes = core_allocate((limit + 1) * sizeof *routes);
    *all = *settings;
    all->routes.items = routes;
    if (all->routes.count > 0)
        memcpy(routes, settings->routes.items,
               all->routes.count * sizeof *routes);
    for (size_t i = 0; i < self->count; i++)
        for (size_t j = 0; j < self->sources[i]->count; j++) {
            struct stub *stub = self->sources[i]->stubs[j];

            if (stub->count > 0 && !is_routed(all, stub->name))
                routes[all->routes.count++] = make_route(settings, stub);
        }
    return all;
}

void
listed_end_settings(struct settings **settings_p)
{
    assert(settings_p);
    if (*settings_p == NULL)
        return;
    free((*settings_p)->routes.items);
    free(*settings_p);
    *settings_p = NULL;
}
