/*
 * stubs - zones whose servers are listed in etcd
 *
 * There are few of them, and they change rarely: after any change below
 * dns.stub all are made anew, and compared with what they were.
 */

#include "etcd-sync/stubs.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/message.h"

#define ENTRIES 16000                   /* services looked at, at most */
#define SERVER_SIZE 64                  /* "[2001:db8::1]:53" */
#define DNS_PORT 53

/* A server of a zone. */
struct entry {
    uint8_t zone[CORE_NAME_SIZE];
    char server[SERVER_SIZE];
};

struct entries {
    struct entry *items;
    size_t count;
    size_t capacity;
    size_t left_out;
};

struct stubs {
    tree_t *tree;
    const zones_t *zones;
    struct stub *items;                 /* in the order of their names */
    size_t count;
};

stubs_t *
stubs_new(tree_t *tree, const zones_t *zones)
{
    stubs_t *self = core_allocate(sizeof *self);

    self->tree = tree;
    self->zones = zones;
    return self;
}

static void
end_items(struct stub *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(items[i].rdatas);
    free(items);
}

void
stubs_destroy(stubs_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    end_items((*self_p)->items, (*self_p)->count);
    free(*self_p);
    *self_p = NULL;
}

/* ---- where they are ------------------------------------------------------ */

static bool
is_part(const struct tree_node *node, const char *part)
{
    return node->part_size == strlen(part)
        && memcmp(node->part, part, node->part_size) == 0;
}

bool
stubs_are_below(const struct tree_node *node)
{
    return node->parent != NULL && node->parent->parent != NULL
        && (node->parent->parent->flags & TREE_ZONE) != 0
        && is_part(node, "stub") && is_part(node->parent, "dns");
}

/* The zone in 1.example.net.stub.dns.ZONE, which is example.net; false when
   there is none. */
static bool
cut_zone(const uint8_t *target, const uint8_t *ours,
         uint8_t zone[CORE_NAME_SIZE])
{
    unsigned behind = core_name_labels(ours) + 2;
    unsigned labels = core_name_labels(target);
    const uint8_t *from, *end;

    if (labels < behind + 2)
        return false;
    from = core_name_skip(target, 1);
    end = core_name_skip(target, labels - behind);
    memcpy(zone, from, (size_t) (end - from));
    zone[end - from] = 0;
    core_name_lower(zone);
    return true;
}

/* ---- servers ------------------------------------------------------------- */

static bool
write_server(const struct service *service, char server[SERVER_SIZE])
{
    char address[INET6_ADDRSTRLEN];
    bool is_ipv4 = service->host_kind == SERVICE_IPV4;
    int port = service->port == 0 ? DNS_PORT : service->port;

    if ((!is_ipv4 && service->host_kind != SERVICE_IPV6)
        || service->port == SERVICE_NO_PORT)
        return false;
    inet_ntop(is_ipv4 ? AF_INET : AF_INET6, service_host(service), address,
              sizeof address);
    snprintf(server, SERVER_SIZE, is_ipv4 ? "%s:%d" : "[%s]:%d", address,
             port);
    return true;
}

static void
take(const stubs_t *self, const struct tree_node *node, const uint8_t *ours,
     struct entries *entries)
{
    uint8_t target[CORE_NAME_SIZE];
    struct entry entry;

    if (node->service == NULL || node->service->host_kind == SERVICE_NO_HOST)
        return;
    if (entries->count == ENTRIES || !tree_target(node, target)
        || !cut_zone(target, ours, entry.zone)
        || !write_server(node->service, entry.server)) {
        entries->left_out++;
        return;
    }
    for (size_t i = 0; i < zones_count(self->zones); i++)
        if (core_name_equal(zones_at(self->zones, i)->id.name, entry.zone)) {
            entries->left_out++;
            return;
        }
    entries->items = core_grow(entries->items, entries->count,
                               &entries->capacity, sizeof *entries->items);
    entries->items[entries->count++] = entry;
}

/* All that is listed below one of our zones. */
static void
collect(const stubs_t *self, const struct zone *zone, struct entries *entries)
{
    static const uint8_t prefix[] = "\4stub\3dns";
    uint8_t name[CORE_NAME_SIZE];
    const struct tree_node *top, *node;

    if (core_name_join(name, prefix, 2, zone->id.name) == -1)
        return;
    top = node = tree_find_name(self->tree, name);
    while (node != NULL && (node = tree_next(top, node)) != NULL)
        take(self, node, zone->id.name, entries);
}

static int
compare_entries(const void *left, const void *right)
{
    const struct entry *one = left, *other = right;
    int difference = core_name_compare(one->zone, other->zone);

    return difference != 0 ? difference : strcmp(one->server, other->server);
}

static bool
is_same(const struct entry *one, const struct entry *other)
{
    return compare_entries(one, other) == 0;
}

/* ---- the list ------------------------------------------------------------ */

/* A text of one piece. */
static void
add_server(struct stub *stub, const char *server)
{
    size_t size = strlen(server);
    uint8_t *at;

    stub->rdatas = core_reallocate(stub->rdatas, stub->size + size + 3);
    at = stub->rdatas + stub->size;
    core_write16(at, (uint16_t) (size + 1));
    at[2] = (uint8_t) size;
    memcpy(at + 3, server, size);
    stub->size += size + 3;
    stub->count++;
}

/* Makes the list of sorted entries. */
static struct stub *
make_items(struct entries *entries, size_t *count)
{
    struct stub *items = NULL, *last = NULL;
    size_t capacity = 0;

    *count = 0;
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->items[i];

        if (i > 0 && is_same(entry, entry - 1))
            continue;
        if (last == NULL || !core_name_equal(last->zone, entry->zone)) {
            if (*count == STUBS_ZONES) {
                entries->left_out += entries->count - i;
                break;
            }
            items = core_grow(items, *count, &capacity, sizeof *items);
            last = &items[(*count)++];
            *last = (struct stub) { .count = 0 };
            memcpy(last->zone, entry->zone, core_name_size(entry->zone));
        }
        if (last->count < STUBS_SERVERS)
            add_server(last, entry->server);
        else
            entries->left_out++;
    }
    return items;
}

static const struct stub *
find(const struct stub *items, size_t count, const uint8_t *zone)
{
    for (size_t i = 0; i < count; i++)
        if (core_name_equal(items[i].zone, zone))
            return &items[i];
    return NULL;
}

static bool
is_unchanged(const struct stub *before, const struct stub *after)
{
    return before != NULL && before->size == after->size
        && memcmp(before->rdatas, after->rdatas, after->size) == 0;
}

size_t
stubs_refresh(stubs_t *self, const struct stubs_hooks *hooks, void *owner)
{
    struct stub *before = self->items;
    size_t before_count = self->count;
    struct entries entries = { 0 };

    for (size_t i = 0; i < zones_count(self->zones); i++)
        collect(self, zones_at(self->zones, i), &entries);
    if (entries.count > 1)
        qsort(entries.items, entries.count, sizeof *entries.items,
              compare_entries);
    self->items = make_items(&entries, &self->count);
    for (size_t i = 0; i < self->count; i++)
        if (!is_unchanged(find(before, before_count, self->items[i].zone),
                          &self->items[i]))
            hooks->put(owner, &self->items[i]);
    for (size_t i = 0; i < before_count; i++)
        if (stubs_find(self, before[i].zone) == NULL)
            hooks->remove(owner, &before[i]);
    end_items(before, before_count);
    free(entries.items);
    return entries.left_out;
}

size_t
stubs_count(const stubs_t *self)
{
    return self->count;
}

const struct stub *
stubs_at(const stubs_t *self, size_t index)
{
    return &self->items[index];
}

const struct stub *
stubs_find(const stubs_t *self, const uint8_t *zone)
{
    return find(self->items, self->count, zone);
}
