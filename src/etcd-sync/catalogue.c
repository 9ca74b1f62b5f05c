/*
 * catalogue - all keys of a store, and what is published of them
 */

#include "etcd-sync/catalogue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "etcd-sync/catalogue_parts.h"
#include "etcd-sync/selection.h"

#define WIDE 250                        /* services below a name that costs
                                           much */

/* ---- life ---------------------------------------------------------------- */

/* The path with a slash at both ends. */
static char *
make_prefix(const char *path)
{
    size_t size = strlen(path);
    char *prefix = core_allocate(size + 3);
    char *at = prefix;

    while (size > 0 && path[size - 1] == '/')
        size--;
    while (size > 0 && *path == '/') {
        path++;
        size--;
    }
    *at++ = '/';
    memcpy(at, path, size);
    if (size > 0)
        at[size] = '/';
    return prefix;
}

/* local.dns of each zone is there whatever keys there are. */
static void
add_local(catalogue_t *self)
{
    static const char parts[] = "/dns/local";
    char path[TREE_PATH_SIZE + sizeof parts];

    for (size_t i = 0; i < zones_count(self->zones); i++) {
        const struct zone *zone = zones_at(self->zones, i);
        size_t size = tree_path(tree_root(self->tree), zone->apex, path);
        size_t begin = size == 0 ? 1 : 0;   /* the root's has no slash */
        struct tree_node *node;

        if (zone->is_reverse)
            continue;
        memcpy(path + size, parts + begin, sizeof parts - begin);
        node = tree_add(self->tree, path, size + sizeof parts - 1 - begin);
        if (node != NULL)
            node->flags |= TREE_LOCAL;
    }
}

catalogue_t *
catalogue_new(const struct catalogue_settings *settings)
{
    catalogue_t *self = core_allocate(sizeof *self);

    self->prefix = make_prefix(settings->path);
    self->prefix_size = strlen(self->prefix);
    self->tree = tree_new();
    self->misfits = misfits_new();
    self->zones = zones_new(self->tree, settings->zones,
                            settings->zone_count);
    self->leases = leases_new(&settings->lease_limits);
    self->referrers = referrers_new();
    self->style = settings->style == NULL ? records_usual_style
        : *settings->style;
    self->records = records_new(self->tree, self->zones, &self->style);
    if (self->style.has_local)
        add_local(self);
    self->stubs = stubs_new(self->tree, self->zones);
    return self;
}

void
catalogue_destroy(catalogue_t **self_p)
{
    assert(self_p);

    catalogue_t *self = *self_p;

    if (self == NULL)
        return;
    stubs_destroy(&self->stubs);
    records_destroy(&self->records);
    referrers_destroy(&self->referrers);
    leases_destroy(&self->leases);
    zones_destroy(&self->zones);
    misfits_destroy(&self->misfits);
    tree_destroy(&self->tree);
    free(self->narrow.nodes);
    free(self->wide.nodes);
    free(self->prefix);
    free(self);
    *self_p = NULL;
}

const zones_t *
catalogue_zones(const catalogue_t *self)
{
    return self->zones;
}

const char *
catalogue_prefix(const catalogue_t *self)
{
    return self->prefix;
}

leases_t *
catalogue_leases(catalogue_t *self)
{
    return self->leases;
}

/* ---- what is touched ----------------------------------------------------- */

static void
add_dirty(struct dirty *dirty, struct tree_node *node)
{
    dirty->nodes = core_grow(dirty->nodes, dirty->count, &dirty->capacity,
                             sizeof *dirty->nodes);
    dirty->nodes[dirty->count++] = node;
}

void
catalogue_touch(void *owner, struct tree_node *node)
{
    catalogue_t *self = owner;

    for (; self->is_live && node != NULL; node = node->parent) {
        if ((node->flags & TREE_DIRTY) != 0)
            continue;
        node->flags |= TREE_DIRTY;
        add_dirty(node->below > WIDE ? &self->wide : &self->narrow, node);
    }
}

void
catalogue_touch_referrers(catalogue_t *self, const uint8_t *name)
{
    uint64_t hash = core_name_hash(name);
    const struct referrer *at = NULL;
    struct tree_node *node;

    while ((node = referrers_next(self->referrers, hash, &at)) != NULL)
        catalogue_touch(self, node);
}

/* ---- keys ---------------------------------------------------------------- */

/* Finds the part of a key behind the prefix; false when it has another. */
static bool
strip_prefix(const catalogue_t *self, const char **key, size_t *size)
{
    if (*size < self->prefix_size
        || memcmp(*key, self->prefix, self->prefix_size) != 0)
        return false;
    *key += self->prefix_size;
    *size -= self->prefix_size;
    return zones_have_path(self->zones, *key, *size);
}

static bool
refers(const catalogue_t *self, const struct service *service)
{
    return service != NULL && service->host_kind == SERVICE_NAME
        && zones_have_name(self->zones, service_host(service));
}

/* A service more or less is below all nodes above: some may have too many of
   them from here on, or no more. */
static void
count_wide(catalogue_t *self, const struct tree_node *node, int step)
{
    uint32_t crossed = step > 0 ? SELECTION_LIMIT + 1 : SELECTION_LIMIT;

    for (node = node->parent; node != NULL; node = node->parent)
        if (node->below == crossed && zones_of(self->zones, node) != NULL)
            self->counters.too_wide += (uint64_t) step;
}

/* Gives the node a service, or none. */
static void
set_service(catalogue_t *self, struct tree_node *node,
            struct service **service_p)
{
    int step = (*service_p != NULL) - (node->service != NULL);

    if (refers(self, node->service))
        referrers_remove(self->referrers,
                         core_name_hash(service_host(node->service)), node);
    if (refers(self, *service_p))
        referrers_add(self->referrers,
                      core_name_hash(service_host(*service_p)), node);
    self->counters.keys -= node->service != NULL;
    self->counters.keys += *service_p != NULL;
    tree_set_service(node, service_p);
    if (step != 0)
        count_wide(self, node, step);
}

static void
set_bad(catalogue_t *self, struct tree_node *node, bool is_bad)
{
    self->counters.bad -= (node->flags & TREE_BAD) != 0;
    self->counters.bad += is_bad;
    node->flags = (uint8_t) (is_bad ? node->flags | TREE_BAD
                             : node->flags & ~TREE_BAD);
}

/* The node of a path; NULL and a fault when there can be none. */
static struct tree_node *
add_node(catalogue_t *self, const char *path, size_t size,
         struct core_fault *fault)
{
    bool is_full = tree_count(self->tree) + TREE_DEPTH > CATALOGUE_PARTS;
    struct tree_node *node = is_full ? tree_find(self->tree, path, size)
        : tree_add(self->tree, path, size);

    if (node == NULL && is_full)
        core_fault_set(fault, NULL, 0, "there are more than %d parts of keys",
                       CATALOGUE_PARTS);
    else if (node == NULL)
        core_fault_set(fault, NULL, 0, "the key has more than %d parts, or "
                       "one longer than %d octets", TREE_DEPTH,
                       TREE_PART_SIZE);
    return node;
}

/* A key that is put as it was, which a new load does with most of them. */
static bool
is_known(const struct tree_node *node, const struct service *service,
         struct lease_id lease)
{
    return service != NULL && node->service != NULL
        && service_equal(service, node->service)
        && leases_id(node).value == lease.value;
}

enum catalogue_result
catalogue_put(catalogue_t *self, const struct catalogue_key *key,
              int64_t now_ms, struct core_fault *fault)
{
    const struct lease_id none = { 0 };
    const char *path = key->key;
    size_t size = key->key_size;
    struct service *service;
    struct tree_node *node;
    bool was_bad;

    if (!strip_prefix(self, &path, &size))
        return CATALOGUE_FOREIGN;
    node = add_node(self, path, size, fault);
    if (node == NULL)
        return misfits_add(self->misfits, path, size, self->load)
            ? CATALOGUE_BAD : CATALOGUE_STILL_BAD;
    misfits_remove(self->misfits, path, size);
    was_bad = (node->flags & TREE_BAD) != 0;
    service = service_read(key->value, key->value_size, fault);
    node->load = self->load;
    if (was_bad && service == NULL)
        return CATALOGUE_STILL_BAD;
    if (is_known(node, service, key->lease)) {
        free(service);
        return CATALOGUE_TAKEN;
    }
    set_bad(self, node, service == NULL);
    leases_attach(self->leases, node, service == NULL ? none : key->lease,
                  now_ms);
    set_service(self, node, &service);
    catalogue_touch(self, node);
    return (node->flags & TREE_BAD) == 0 ? CATALOGUE_TAKEN : CATALOGUE_BAD;
}

static void
clear_node(catalogue_t *self, struct tree_node *node)
{
    struct service *none = NULL;

    leases_attach(self->leases, node, (struct lease_id) { 0 }, 0);
    set_bad(self, node, false);
    set_service(self, node, &none);
    catalogue_touch(self, node);
}

void
catalogue_remove(catalogue_t *self, const char *key, size_t key_size)
{
    struct tree_node *node;

    if (!strip_prefix(self, &key, &key_size))
        return;
    misfits_remove(self->misfits, key, key_size);
    node = tree_find(self->tree, key, key_size);
    if (node == NULL)
        return;
    clear_node(self, node);
    tree_prune(self->tree, node);
}

void
catalogue_load_begin(catalogue_t *self)
{
    self->load++;
}

void
catalogue_load_end(catalogue_t *self)
{
    struct tree_node *root = tree_root(self->tree);
    struct tree_node *node = root;

    /* Held until all have been looked at, so that the walk can go on. */
    struct tree_node **gone = NULL;
    size_t count = 0, capacity = 0;

    for (; node != NULL; node = tree_next(root, node))
        if ((node->service != NULL || (node->flags & TREE_BAD) != 0)
            && node->load != self->load) {
            gone = core_grow(gone, count, &capacity, sizeof *gone);
            gone[count++] = node;
            node->flags |= TREE_HELD;
        }
    for (size_t i = 0; i < count; i++) {
        clear_node(self, gone[i]);
        gone[i]->flags &= (uint8_t) ~TREE_HELD;
        tree_prune(self->tree, gone[i]);
    }
    free(gone);
    misfits_sweep(self->misfits, self->load);
}

/* ---- what there is ------------------------------------------------------- */

void
catalogue_count(const catalogue_t *self, struct catalogue_counters *counters)
{
    *counters = self->counters;
    counters->bad += misfits_count(self->misfits);
    counters->leases = leases_count(self->leases);
}
