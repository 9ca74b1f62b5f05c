/*
 * view_external - the records of services for the world outside
 *
 * A service is there with the addresses by which it is reached from outside,
 * or under the name that its load balancer has; if it has none of these and is
 * headless, with its endpoints, when that is wanted.
 *
 * Any label below a service has what it has, as with CoreDNS, which looks at
 * that label only where there are endpoints: in such a zone a wildcard stands
 * for one label (CORE_ZONE_SINGLE).
 *
 * A load balancer's name is an alias, and an alias has no other data (RFC 1034
 * section 3.6.2): what SRV records a cache in between would get depended on
 * what it was asked before.  So the ports are below, at _PORT._PROTOCOL.
 */

#include "coredns/rrtype.h"
#include "kubernetes-sync/view_parts.h"

static bool
is_by_endpoints(const struct gathering *self, const struct spec_service *spec)
{
    return self->view->is_headless && spec->kind == SERVICE_HEADLESS
        && spec->externals.count == 0 && spec->load_balancer.size == 0;
}

/* The name of the load balancer; false when it has none. */
static bool
read_load_balancer(const struct spec_service *spec,
                   uint8_t target[CORE_NAME_SIZE])
{
    char text[SPEC_TEXT_SIZE + 1];

    memcpy(text, spec->load_balancer.text, spec->load_balancer.size);
    text[spec->load_balancer.size] = '\0';
    return core_name_from_text(target, text, NULL) > 1;
}

/* ---- addresses ----------------------------------------------------------- */

/* Those of all endpoints; returns how many. */
static size_t
gather_endpoint_addresses(const struct gathering *self,
                          const struct service *service, const uint8_t *owner)
{
    struct spec_slice read;
    struct spec_endpoint endpoint;
    size_t count = 0;

    for (uint32_t i = service->slices; i != SHELF_NONE;) {
        const struct slice *slice = catalog_slice(self->catalog, i);

        i = slice->next;
        if (slice->is_dropped)
            continue;
        spec_read_slice(&read, slice_spec(slice));
        for (; spec_next_endpoint(&read.endpoints, &endpoint); count++)
            gather_address(self, owner, &endpoint.address);
    }
    return count;
}

size_t
gather_outside_addresses(const struct gathering *self,
                         const struct service *service, const uint8_t *owner)
{
    struct spec_service spec;
    struct address address;
    unsigned count;

    spec_read_service(&spec, service_spec(service));
    if (is_by_endpoints(self, &spec))
        return gather_endpoint_addresses(self, service, owner);
    count = spec.externals.count;
    while (spec_next_address(&spec.externals, &address))
        gather_address(self, owner, &address);
    return count;
}

/* ---- services ------------------------------------------------------------ */

/* Any one label below the service. */
static void
gather_below(const struct gathering *self, const struct service *service,
             const struct spec_service *spec, const uint8_t *name)
{
    struct spec_list ports = spec->ports;
    uint8_t wildcard[CORE_NAME_SIZE];
    struct spec_port port;

    if (!making_name(wildcard, "*", NULL, name))
        return;
    gather_outside_addresses(self, service, wildcard);
    while (spec_next_port(&ports, &port))
        for (unsigned i = 0; i < spec->externals.count; i++)
            gather_service(self, wildcard, port.number, name);
}

/* A load balancer that has a name. */
static void
gather_balancer(const struct gathering *self, const struct spec_service *spec,
                const uint8_t *name, const uint8_t *target)
{
    struct spec_list ports = spec->ports;
    uint8_t wildcard[CORE_NAME_SIZE];
    struct spec_port port;

    if (spec->externals.count == 0) {
        gather_name(self, CORE_CNAME, name, target);
        if (making_name(wildcard, "*", NULL, name))
            gather_name(self, CORE_CNAME, wildcard, target);
    }
    while (spec_next_port(&ports, &port)) {
        if (spec->externals.count > 0)
            gather_service(self, name, port.number, target);
        gather_named_port(self, &port, name, target, NULL);
    }
}

void
gather_outside(const struct gathering *self, const struct service *service)
{
    uint8_t name[CORE_NAME_SIZE];
    uint8_t target[CORE_NAME_SIZE];
    struct spec_service spec;

    if (!gather_service_name(self, service, self->view->id.name, name))
        return;
    spec_read_service(&spec, service_spec(service));
    if (is_by_endpoints(self, &spec)) {
        gather_endpoints(self, service, name, ENDPOINTS_AND_SERVICE);
        return;
    }
    if (read_load_balancer(&spec, target))
        gather_balancer(self, &spec, name, target);
    if (spec.externals.count == 0)
        return;
    gather_outside_addresses(self, service, name);
    gather_ports(self, &spec.ports, &spec.externals, name, name);
    gather_below(self, service, &spec, name);
}

void
gather_outside_reverse(const struct gathering *self,
                       const struct service *service)
{
    uint8_t name[CORE_NAME_SIZE];
    struct spec_service spec;
    struct address address;

    if (!gather_service_name(self, service, self->view->primary, name))
        return;
    spec_read_service(&spec, service_spec(service));
    while (spec_next_address(&spec.externals, &address))
        gather_reverse(self, &address, name);
}
