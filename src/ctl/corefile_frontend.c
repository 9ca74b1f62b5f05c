/*
 * corefile_frontend - the addresses of a Corefile, and which blocks they serve
 *
 * Addresses that serve the same zones of the same blocks are one frontend.
 */

#include "ctl/corefile_frontend.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <czmq.h>

#include "coredns/memory.h"

#define HOST_SIZE 256

/* A zone of a chain at an address. */
struct route {
    struct corefile_chain *chain;
    const char *zone;
};

struct listener {
    char url[HOST_SIZE + 32];
    unsigned port;
    bool is_any;
    struct route *routes;
    size_t count, capacity;
    zhashx_t *zones;                    /* struct corefile_chain, lent */
    struct listener *first;             /* with the same routes */
};

struct corefile_listeners {
    struct listener **items;
    size_t count, capacity;
    zhashx_t *by_url;                   /* struct listener, lent */
};

corefile_listeners_t *
corefile_listeners_new(void)
{
    corefile_listeners_t *self = core_allocate(sizeof *self);

    self->by_url = zhashx_new();
    return self;
}

void
corefile_listeners_destroy(corefile_listeners_t **self_p)
{
    corefile_listeners_t *self = *self_p;

    for (size_t i = 0; i < self->count; i++) {
        zhashx_destroy(&self->items[i]->zones);
        free(self->items[i]->routes);
        free(self->items[i]);
    }
    free(self->items);
    zhashx_destroy(&self->by_url);
    free(self);
    *self_p = NULL;
}

static struct listener *
find_listener(corefile_listeners_t *self, const char *address, unsigned port)
{
    bool is_ipv6 = strchr(address, ':') != NULL;
    char url[HOST_SIZE + 32];

    snprintf(url, sizeof url, "dns://%s%.*s%s:%u", is_ipv6 ? "[" : "",
             HOST_SIZE, address, is_ipv6 ? "]" : "", port);

    struct listener *listener = zhashx_lookup(self->by_url, url);

    if (listener != NULL)
        return listener;
    listener = core_allocate(sizeof *listener);
    strcpy(listener->url, url);
    listener->port = port;
    listener->is_any = *address == '\0';
    listener->zones = zhashx_new();
    self->items = core_grow(self->items, self->count, &self->capacity,
                            sizeof *self->items);
    self->items[self->count++] = listener;
    zhashx_insert(self->by_url, url, listener);
    return listener;
}

void
corefile_listeners_add(corefile_listeners_t *self,
                       struct corefile_chain *chain, const char *address,
                       unsigned port, const char *zone)
{
    struct listener *listener = find_listener(self, address, port);
    const struct corefile_chain *other = zhashx_lookup(listener->zones,
                                                       zone);

    if (other != NULL) {
        core_faults_add(chain->faults, chain->block->path,
                        chain->block->line, "%s: the block in line %d of %s "
                        "serves it at port %u already", zone,
                        other->block->line, other->block->path, port);
        return;
    }
    zhashx_insert(listener->zones, zone, chain);
    listener->routes = core_grow(listener->routes, listener->count,
                                 &listener->capacity,
                                 sizeof *listener->routes);
    listener->routes[listener->count++] = (struct route) { chain, zone };
}

/* ---- frontends ----------------------------------------------------------- */

/* Finds the first listener with the same routes: of those with as many. */
static void
find_first(corefile_listeners_t *self, struct listener *listener,
           zhashx_t *known)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    (void) self;
    for (size_t i = 0; i < listener->count; i++)
        fprintf(file, "%p %s\n", (void *) listener->routes[i].chain,
                listener->routes[i].zone);
    fclose(file);
    listener->first = zhashx_lookup(known, text);
    if (listener->first == NULL) {
        listener->first = listener;
        zhashx_insert(known, text, listener);
    }
    free(text);
}

void
corefile_listeners_check(corefile_listeners_t *self, core_faults_t *faults)
{
    zhashx_t *known = zhashx_new();
    char any[64];

    for (size_t i = 0; i < self->count; i++) {
        struct listener *listener = self->items[i];

        snprintf(any, sizeof any, "dns://:%u", listener->port);
        if (!listener->is_any && zhashx_lookup(self->by_url, any) != NULL) {
            const struct corefile_line *bind =
                listener->routes[0].chain->bind;

            core_faults_add(faults, bind->path, bind->line, "bind: another "
                            "block takes port %u of all addresses",
                            listener->port);
        }
        find_first(self, listener, known);
    }
    zhashx_destroy(&known);
}

/* Tells the chains of a listener which frontend is theirs. */
static void
tell_front(const struct listener *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++) {
        struct corefile_chain *chain = self->routes[i].chain;

        chain->has_neighbours |= chain != self->routes[0].chain
            || chain != self->routes[self->count - 1].chain;
        if (chain->front[0] == '\0')
            snprintf(chain->front, sizeof chain->front, "%s", name);
    }
}

void
corefile_listeners_name(corefile_listeners_t *self)
{
    size_t number = 0;
    char name[32];

    for (size_t i = 0; i < self->count; i++) {
        if (self->items[i]->first != self->items[i])
            continue;
        if (++number == 1)
            strcpy(name, "frontend");
        else
            snprintf(name, sizeof name, "frontend-%zu", number);
        tell_front(self->items[i], name);
    }
}

static void
put_listen(corefile_listeners_t *self, const struct listener *first,
           struct draft *members)
{
    const struct corefile_chain *chain = first->routes[0].chain;
    const char **urls = core_allocate(self->count * sizeof *urls);
    const char *path = chain->bind != NULL ? chain->bind->path
        : chain->block->path;
    size_t count = 0;

    for (size_t i = 0; i < self->count; i++)
        if (self->items[i]->first == first)
            urls[count++] = self->items[i]->url;
    draft_add(members, path, chain->bind != NULL ? chain->bind->line
              : chain->block->line, 0, "listen = %s;",
              draft_list(chain->memory, urls, count));
    free(urls);
}

/* A list of groups, if there are any. */
static void
put_list(struct draft *route, const struct corefile_chain *chain,
         const char *key, const struct draft *groups)
{
    if (groups->count == 0)
        return;
    draft_say(route, chain->block, 0, "%s = (", key);
    draft_copy(route, groups, 1);
    draft_say(route, chain->block, 0, ");");
}

/* A route of the zones to the chain. */
static void
put_route(struct draft *routes, struct corefile_chain *chain,
          const char *zones)
{
    struct draft route = { .items = NULL };

    draft_say(&route, chain->block, 0, "zones = %s;", zones);
    if (chain->head != NULL)
        draft_say(&route, chain->block, 0, "next = \"%s\";", chain->head);
    else if (chain->has_handler)
        draft_say(&route, chain->block, 0, "otherwise = \"servfail\";");
    if (chain->has_other_classes)
        draft_say(&route, chain->block, 0, "all_classes = true;");
    if (!chain->has_metrics && chain->common->lines[PAGE_METRICS] != NULL)
        draft_say(&route, chain->block, 0, "metrics = false;");
    draft_copy(&route, &chain->route, 0);
    put_list(&route, chain, "query_log", &chain->query_log);
    put_list(&route, chain, "failure_groups", &chain->failure_groups);
    draft_separate(routes);
    draft_say(routes, chain->block, 1, "{");
    draft_move(routes, &route, 2);
    draft_say(routes, chain->block, 1, "}");
}

/* One route for each block. */
static void
put_routes(const struct listener *self, struct draft *members)
{
    const char **zones = core_allocate(self->count * sizeof *zones);
    struct draft routes = { .items = NULL };

    for (size_t i = 0, count; i < self->count; i += count) {
        struct corefile_chain *chain = self->routes[i].chain;

        for (count = 0; i + count < self->count
             && self->routes[i + count].chain == chain; count++)
            zones[count] = self->routes[i + count].zone;
        put_route(&routes, chain, draft_list(chain->memory, zones, count));
    }
    draft_say(members, self->routes[0].chain->block, 0, "routes = (");
    draft_move(members, &routes, 0);
    draft_say(members, self->routes[0].chain->block, 0, ");");
    free(zones);
}

/* The line of the last block that says it, or NULL. */
static const struct corefile_line *
find_setting(const struct listener *self, enum corefile_setting setting)
{
    const struct corefile_line *line = NULL;

    for (size_t i = 0; i < self->count; i++)
        if (self->routes[i].chain->settings[setting] != NULL)
            line = self->routes[i].chain->settings[setting];
    return line;
}

static void
put_settings(const struct listener *self, struct draft *members)
{
    const struct corefile_line *sockets = find_setting(self,
                                                       SETTING_MULTISOCKET);
    const struct corefile_line *idle = find_setting(self, SETTING_IDLE);
    const struct corefile_line *queries = find_setting(self,
                                                       SETTING_QUERY_LIMIT);
    struct corefile_chain *chain = self->routes[0].chain;

    draft_say(members, chain->block, 0, "payload = 4096;");
    draft_say(members, chain->block, 0, "version = \"\";");
    draft_say(members, chain->block, 0, "identity = \"\";");
    if (sockets != NULL && sockets->count > 1)
        draft_say(members, sockets, 0, "instances = %s;", sockets->words[1]);
    else if (sockets != NULL)
        draft_say(members, sockets, 0, "instances = %ld;",
                  sysconf(_SC_NPROCESSORS_ONLN));
    if (idle != NULL)
        draft_say(members, idle, 0, "tcp_idle = %s;",
                  corefile_time(chain, idle, 1));
    if (queries != NULL)
        draft_say(members, queries, 0, "tcp_query_limit = %s;",
                  queries->words[1]);
}

void
corefile_listeners_put(corefile_listeners_t *self, corefile_stages_t *fronts)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct listener *listener = self->items[i];
        struct draft members = { .items = NULL };

        if (listener->first != listener)
            continue;
        put_listen(self, listener, &members);
        put_settings(listener, &members);
        put_routes(listener, &members);
        corefile_stages_put(fronts, "frontend", &members,
                            listener->routes[0].chain->block);
    }
}
