/*
 * records_hosts - the addresses of a name, and where its aliases lead
 *
 * What is reached by aliases is bounded in depth and in number; a node is
 * never gone through twice on one way.
 */

#include <string.h>

#include "etcd-sync/records_parts.h"

static uint32_t
lesser(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

/* The node whose services are the addresses of this one. */
static const struct tree_node *
address_node(const struct tree_node *node)
{
    static const uint8_t dns[] = "dns", apex[] = "apex";
    const struct tree_node *at;

    if ((node->flags & TREE_ZONE) == 0)
        return node;
    at = tree_child_from(node, dns, sizeof dns - 1);
    if (at == NULL || at->part_size != sizeof dns - 1
        || memcmp(at->part, dns, sizeof dns - 1) != 0)
        return node;
    at = tree_child_from(at, apex, sizeof apex - 1);
    if (at == NULL || at->part_size != sizeof apex - 1
        || memcmp(at->part, apex, sizeof apex - 1) != 0)
        return node;
    return at->below > 0 || at->service != NULL ? at : node;
}

/* A service with a text besides is no alias: its host is for SRV and MX. */
static bool
is_alias(const struct service *service)
{
    return service->host_kind == SERVICE_NAME && service->text_size == 0
        && service->host_size > 1;
}

/* Notes what was reached, used or not: names whose aliases lead here may use
   it. */
static void
note_reached(records_t *self, const struct service *service,
             uint32_t ttl_seconds)
{
    self->reached = records_mix(self->reached, &ttl_seconds,
                                sizeof ttl_seconds);
    self->reached = records_mix(self->reached, service_host(service),
                                service->host_size);
}

static void
add_address(records_t *self, const struct service *service,
            uint32_t ttl_seconds)
{
    note_reached(self, service, ttl_seconds);
    records_add(&self->sets[service->host_kind == SERVICE_IPV4 ? SET_A
                            : SET_AAAA], ttl_seconds, service_host(service),
                service->host_size);
}

static void
    follow(records_t *self, const struct tree_node *node, unsigned depth,
           uint32_t ttl_seconds);

/* Where the host leads: into our zones, or out. */
static void
follow_host(records_t *self, const struct service *service, unsigned depth,
            uint32_t ttl_seconds)
{
    uint8_t name[CORE_NAME_SIZE];
    const struct tree_node *target;

    memcpy(name, service_host(service), service->host_size);
    core_name_lower(name);
    if (!zones_have_name(self->zones, name)) {
        note_reached(self, service, ttl_seconds);
        if (self->outside.ttl_seconds == 0) {
            memcpy(self->outside.name, service_host(service),
                   service->host_size);
            self->outside.ttl_seconds = ttl_seconds;
        } else if (!core_name_equal(self->outside.name,
                                    service_host(service))) {
            self->left_out |= TREE_TOO_MANY_HOSTS;
        }
        return;
    }
    target = tree_find_name(self->tree, name);
    if (target == NULL || depth == RECORDS_CHAIN)
        return;
    for (unsigned i = 0; i <= depth; i++)
        if (self->visited[i] == target)
            return;
    self->visited[depth + 1] = target;
    follow(self, target, depth, ttl_seconds);
}

/* Adds the addresses of a node that an alias has led to. */
static void
follow(records_t *self, const struct tree_node *node, unsigned depth,
       uint32_t ttl_seconds)
{
    struct selection *selection = &self->chain[depth];

    if (self->budget == 0)
        return;
    selection_make(selection, address_node(node), SELECTION_HOSTS);
    self->budget -= lesser((uint32_t) selection->count + 1, self->budget);
    for (size_t i = 0; i < selection->count; i++) {
        const struct service *service = selection->nodes[i]->service;
        uint32_t ttl = lesser(ttl_seconds,
                              records_ttl(self, selection->nodes[i]));

        if (service->host_kind != SERVICE_NAME)
            add_address(self, service, ttl);
        else if (is_alias(service))
            follow_host(self, service, depth + 1, ttl);
    }
}

/* The one host of all that are names, or NULL when there are several, or an
   address. */
static const struct tree_node *
find_only_host(const struct selection *selection)
{
    const struct tree_node *only = NULL;

    for (size_t i = 0; i < selection->count; i++) {
        const struct service *service = selection->nodes[i]->service;

        if (service->host_kind != SERVICE_NAME)
            return NULL;
        if (!is_alias(service))
            continue;
        if (only == NULL)
            only = selection->nodes[i];
        else if (!core_name_equal(service_host(only->service),
                                  service_host(service)))
            return NULL;
    }
    return only;
}

static void
put_alias(records_t *self, const uint8_t *target, uint32_t ttl_seconds)
{
    records_add(&self->sets[SET_CNAME], ttl_seconds, target,
                core_name_size(target));
}

/* Only one host, a name: an alias, if it leads anywhere. */
static void
make_alias(records_t *self, const struct tree_node *only)
{
    follow_host(self, only->service, 0, records_ttl(self, only));
    if (self->sets[SET_A].count > 0 || self->sets[SET_AAAA].count > 0
        || self->outside.ttl_seconds > 0)
        put_alias(self, service_host(only->service), records_ttl(self, only));
    self->sets[SET_A].count = 0;
    self->sets[SET_A].size = 0;
    self->sets[SET_AAAA].count = 0;
    self->sets[SET_AAAA].size = 0;
}

void
records_make_addresses(records_t *self, const struct tree_node *node)
{
    struct selection *hosts = &self->hosts;
    bool is_apex = node == self->zone->apex;
    const struct tree_node *only;

    selection_make(hosts, address_node(node), SELECTION_HOSTS);
    only = is_apex ? NULL : find_only_host(hosts);
    self->visited[0] = node;
    self->budget = SELECTION_LIMIT;
    self->outside.ttl_seconds = 0;
    if (only != NULL && !self->zone->is_reverse) {
        make_alias(self, only);
        return;
    }
    for (size_t i = 0; i < hosts->count; i++) {
        const struct service *service = hosts->nodes[i]->service;

        if (service->host_kind != SERVICE_NAME)
            add_address(self, service, records_ttl(self, hosts->nodes[i]));
        else if (is_alias(service) && !self->zone->is_reverse)
            follow_host(self, service, 0, records_ttl(self, hosts->nodes[i]));
    }
    if (self->outside.ttl_seconds > 0 && !is_apex)
        put_alias(self, self->outside.name, self->outside.ttl_seconds);
}
