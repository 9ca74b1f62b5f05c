/*
 * view_apex - the top of a zone: its SOA record and its servers
 *
 * Inside, a service that stands for the servers is one, by its name; outside,
 * the server is ns1 below the label of the apex, with the addresses by which
 * such services are reached from there.
 */

#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "kubernetes-sync/view_parts.h"

#define VERSION "1.1.0"                 /* of the DNS specification */
#define VERSION_TTL 28800
#define REFRESH 7200
#define RETRY 1800
#define EXPIRE 86400
#define SOA_TTL 300                     /* at most, inside */
#define OWN_SERVICES 8                  /* that are looked at */

static const char *
server_label(const struct view *view)
{
    return view->apex != NULL ? "ns1" : "ns";
}

/* The name above those of the zone's servers. */
static const char *
server_domain(const struct view *view)
{
    return view->apex != NULL ? view->apex : "dns";
}

/* The services that stand for the servers, as far as names of theirs exist;
   returns how many. */
static size_t
own_services(const struct gathering *self,
             const struct service *list[OWN_SERVICES])
{
    uint32_t places[OWN_SERVICES];
    size_t found = catalog_own(self->catalog, places, OWN_SERVICES);
    size_t count = 0;

    for (size_t i = 0; i < found; i++) {
        const struct service *service =
            shelf_at(catalog_services(self->catalog), places[i]);

        if (service->is_there && !service->is_import
            && catalog_is_visible(self->catalog, service->space))
            list[count++] = service;
    }
    return count;
}

/* The servers have addresses of their own, and the name is theirs. */
static void
gather_own_addresses(const struct gathering *self, const uint8_t *name)
{
    const struct view *view = self->view;

    if (view->own_count == 0)
        gather_existence(self, name);
    for (size_t i = 0; i < view->own_count; i++)
        gather_address(self, name, &view->own[i]);
}

static void
gather_servers_inside(const struct gathering *self)
{
    const struct service *services[OWN_SERVICES];
    const struct view *view = self->view;
    size_t count = own_services(self, services);
    uint8_t name[CORE_NAME_SIZE];
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (!gather_service_name(self, services[i], view->primary, name))
            continue;
        gather_name(self, CORE_NS, view->id.name, name);
        any = true;
    }
    if (any || !making_name(name, server_label(view), server_domain(view),
                            view->id.name))
        return;
    if (view->own_count > 0)
        gather_name(self, CORE_NS, view->id.name, name);
    if (view->own_count > 0 || view->kind == VIEW_CLUSTER)
        gather_own_addresses(self, name);
}

static void
gather_servers_outside(const struct gathering *self)
{
    const struct service *services[OWN_SERVICES];
    const struct view *view = self->view;
    size_t count = own_services(self, services);
    uint8_t name[CORE_NAME_SIZE];
    size_t addresses = 0;

    if (!making_name(name, server_label(view), server_domain(view),
                     view->id.name))
        return;
    gather_name(self, CORE_NS, view->id.name, name);
    for (size_t i = 0; i < count; i++)
        addresses += gather_outside_addresses(self, services[i], name);
    if (addresses == 0)
        gather_own_addresses(self, name);
}

void
gather_apex(const struct gathering *self)
{
    static const uint8_t version[] = "\5" VERSION;
    const struct view *view = self->view;
    uint8_t name[CORE_NAME_SIZE];

    if (view->apex != NULL)
        gather_servers_outside(self);
    else
        gather_servers_inside(self);
    if (view->kind != VIEW_CLUSTER && view->kind != VIEW_IMPORTS)
        return;
    if (making_name(name, "dns-version", NULL, view->id.name))
        record_set_add(self->set, name, CORE_TXT, VERSION_TTL, version,
                       sizeof version - 1);
    if (making_name(name, "svc", NULL, view->id.name))
        gather_existence(self, name);
    if (making_name(name, "pod", NULL, view->id.name))
        gather_existence(self, name);
}

void
view_collect_soa(const struct view *self, uint32_t serial, record_set_t *set)
{
    uint8_t rdata[2 * CORE_NAME_SIZE + 20];
    uint8_t name[CORE_NAME_SIZE];
    size_t size = 0;

    if (!making_name(name, server_label(self), server_domain(self),
                   self->id.name))
        memcpy(name, self->id.name, CORE_NAME_SIZE);
    memcpy(rdata, name, core_name_size(name));
    size += core_name_size(name);
    if (!making_name(name, "hostmaster", self->apex, self->id.name))
        memcpy(name, self->id.name, CORE_NAME_SIZE);
    memcpy(rdata + size, name, core_name_size(name));
    size += core_name_size(name);
    core_write32(rdata + size, serial);
    core_write32(rdata + size + 4, REFRESH);
    core_write32(rdata + size + 8, RETRY);
    core_write32(rdata + size + 12, EXPIRE);
    core_write32(rdata + size + 16, self->ttl);
    record_set_add(set, self->id.name, CORE_SOA,
                   self->ttl < SOA_TTL || self->apex != NULL ? self->ttl
                   : SOA_TTL, rdata, size + 20);
}
