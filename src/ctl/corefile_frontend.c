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

/* ---- what blocks share --------------------------------------------------- */

static const char *const setting_names[SETTINGS] = {
    [SETTING_BUFSIZE] = "bufsize", [SETTING_NSID] = "nsid",
    [SETTING_CHAOS] = "chaos", [SETTING_MULTISOCKET] = "multisocket",
    [SETTING_IDLE] = "idle",
};

static bool
is_same(const struct corefile_line *left, const struct corefile_line *right)
{
    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (strcmp(left->words[i], right->words[i]) != 0)
            return false;
    return true;
}

/* The line of the first block that says it, or NULL. */
static const struct corefile_line *
find_setting(const struct listener *self, enum corefile_setting setting)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->routes[i].chain->settings[setting] != NULL)
            return self->routes[i].chain->settings[setting];
    return NULL;
}

/* A frontend has one of each; what a block does without must not reach it. */
static void
check_setting(const struct listener *self, enum corefile_setting setting,
              core_faults_t *faults)
{
    const struct corefile_line *first = find_setting(self, setting);
    bool is_for_block = setting == SETTING_BUFSIZE
        || setting == SETTING_NSID;

    for (size_t i = 0; first != NULL && i < self->count; i++) {
        const struct corefile_line *line =
            self->routes[i].chain->settings[setting];

        if (line == NULL ? is_for_block : !is_same(line, first)) {
            core_faults_add(faults, first->path, first->line, "%s: must be "
                            "the same in all blocks at an address, but the "
                            "one in line %d differs", setting_names[setting],
                            self->routes[i].chain->block->line);
            return;
        }
    }
}

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
        for (enum corefile_setting j = 0; j < SETTINGS; j++)
            check_setting(listener, j, faults);
        find_first(self, listener, known);
    }
    zhashx_destroy(&known);
}

/* ---- frontends ----------------------------------------------------------- */

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

/* True when any query at this address has an answer. */
static bool
has_heads(const struct listener *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->routes[i].chain->head != NULL)
            return true;
    return false;
}

/* One route for each block. */
static void
put_routes(const struct listener *self, struct draft *members,
           corefile_stages_t *stages)
{
    const char **zones = core_allocate(self->count * sizeof *zones);
    struct draft routes = { .items = NULL };
    bool is_needed = has_heads(self);

    for (size_t i = 0, count; is_needed && i < self->count; i += count) {
        struct corefile_chain *chain = self->routes[i].chain;
        const char *head = chain->head != NULL ? chain->head
            : corefile_stages_add_refusal(stages, chain->block);

        for (count = 0; i + count < self->count
             && self->routes[i + count].chain == chain; count++)
            zones[count] = self->routes[i + count].zone;
        draft_separate(&routes);
        draft_say(&routes, chain->block, 1, "{ zones = %s; next = \"%s\"; }",
                  draft_list(chain->memory, zones, count), head);
    }
    draft_say(members, self->routes[0].chain->block, 0, "routes = (");
    draft_move(members, &routes, 0);
    draft_say(members, self->routes[0].chain->block, 0, ");");
    free(zones);
}

/* The words behind the first one. */
static const char *
join(struct core_arena *memory, const struct corefile_line *line)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    for (size_t i = 1; i < line->count; i++)
        fprintf(file, "%s%s", i > 1 ? " " : "", line->words[i]);
    fclose(file);

    const char *quoted = draft_quote(memory, text);

    free(text);
    return quoted;
}

static void
put_names(const struct listener *self, struct draft *members)
{
    const struct corefile_line *nsid = find_setting(self, SETTING_NSID);
    const struct corefile_line *chaos = find_setting(self, SETTING_CHAOS);
    struct corefile_chain *chain = self->routes[0].chain;
    char host[HOST_SIZE] = "";

    gethostname(host, sizeof host - 1);
    if (chaos == NULL) {
        draft_say(members, chain->block, 0, "version = \"\";");
        draft_say(members, chain->block, 0, "identity = \"\";");
    }
    else if (chaos->count > 1)
        draft_say(members, chaos, 0, "version = %s;",
                  draft_quote(chain->memory, chaos->words[1]));
    if (nsid == NULL)
        return;
    draft_say(members, nsid, 0, "nsid = true;");
    draft_say(members, nsid, 0, "nsid_text = %s;", nsid->count > 1
              ? join(chain->memory, nsid)
              : draft_quote(chain->memory, host));
}

static void
put_settings(const struct listener *self, struct draft *members)
{
    const struct corefile_line *size = find_setting(self, SETTING_BUFSIZE);
    const struct corefile_line *sockets = find_setting(self,
                                                       SETTING_MULTISOCKET);
    const struct corefile_line *idle = find_setting(self, SETTING_IDLE);
    struct corefile_chain *chain = self->routes[0].chain;

    if (size == NULL)
        draft_say(members, chain->block, 0, "payload = 4096;");
    else
        draft_say(members, size, 0, "payload = %s;",
                  size->count > 1 ? size->words[1] : "1232");
    if (sockets != NULL && sockets->count > 1)
        draft_say(members, sockets, 0, "instances = %s;", sockets->words[1]);
    else if (sockets != NULL)
        draft_say(members, sockets, 0, "instances = %ld;",
                  sysconf(_SC_NPROCESSORS_ONLN));
    if (idle != NULL)
        draft_say(members, idle, 0, "tcp_idle = %s;",
                  corefile_time(chain, idle, 1));
    put_names(self, members);
}

void
corefile_listeners_put(corefile_listeners_t *self, corefile_stages_t *fronts,
                       corefile_stages_t *stages)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct listener *listener = self->items[i];
        struct draft members = { .items = NULL };

        if (listener->first != listener)
            continue;
        put_listen(self, listener, &members);
        put_settings(listener, &members);
        put_routes(listener, &members, stages);
        corefile_stages_put(fronts, "frontend", &members,
                            listener->routes[0].chain->block);
    }
}
