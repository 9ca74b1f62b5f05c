/*
 * view_service - the records of services and their endpoints
 *
 * The rules are those of the specification "Kubernetes DNS-Based Service
 * Discovery", and what CoreDNS has beyond it: addresses at the names of ports,
 * SRV records at the names of services and endpoints.
 */

#include "coredns/rrtype.h"
#include "kubernetes-sync/view_parts.h"

/* _PORT._PROTOCOL below the name; false when the port has no name. */
static bool
port_name(const struct spec_port *port, const uint8_t *below,
          uint8_t name[CORE_NAME_SIZE])
{
    struct making making = { .size = 0 };

    making_prefixed(&making, '_', port->name.text, port->name.size);
    making_prefixed(&making, '_', port->protocol, strlen(port->protocol));
    if (!making_end(&making, below))
        return false;
    memcpy(name, making.bytes, CORE_NAME_SIZE);
    return true;
}

void
gather_named_port(const struct gathering *self, const struct spec_port *port,
                  const uint8_t *name, const uint8_t *target,
                  const struct address *address)
{
    uint8_t owner[CORE_NAME_SIZE];

    if (!port_name(port, name, owner))
        return;
    gather_service(self, owner, port->number, target);
    if (address != NULL)
        gather_address(self, owner, address);
}

/* A port: the SRV record counts once for each address. */
static void
gather_port(const struct gathering *self, const struct spec_port *port,
            const uint8_t *name, const uint8_t *target,
            const struct address *address)
{
    gather_service(self, name, port->number, target);
    gather_named_port(self, port, name, target, address);
}

void
gather_ports(const struct gathering *self, const struct spec_list *ports,
             const struct spec_list *addresses, const uint8_t *name,
             const uint8_t *target)
{
    struct spec_list some_ports = *ports;
    struct spec_port port;
    struct address address;

    while (spec_next_port(&some_ports, &port))
        for (struct spec_list rest = *addresses;
             spec_next_address(&rest, &address);)
            gather_port(self, &port, name, target, &address);
}

/* ---- endpoints ----------------------------------------------------------- */

/* Endpoints of one zone, by its name; those of all for whoever prefers one
   that has none. */
static void
gather_zonal(const struct gathering *self, const struct spec_endpoint *endpoint,
             const uint8_t *service)
{
    static const struct {
        const char *label;
        bool is_any;
    } rows[] = { { "pin", false }, { "prefer", false }, { "prefer", true } };

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct making making = { .size = 0 };

        if (rows[i].is_any)
            making_label(&making, "*", 1);
        else
            making_label(&making, endpoint->zone.text, endpoint->zone.size);
        making_label(&making, rows[i].label, strlen(rows[i].label));
        making_label(&making, "_zone", 5);
        if (making_end(&making, service))
            gather_address(self, making.bytes, &endpoint->address);
    }
}

/* What an endpoint adds to its service. */
static void
gather_share(const struct gathering *self, const struct spec_slice *slice,
             const struct spec_endpoint *endpoint, const uint8_t *service,
             const uint8_t *target)
{
    struct spec_list ports = slice->ports;
    struct spec_port port;

    gather_address(self, service, &endpoint->address);
    while (spec_next_port(&ports, &port))
        gather_port(self, &port, service, target, &endpoint->address);
    if (self->view->has_zones)
        gather_zonal(self, endpoint, service);
}

static void
gather_endpoint(const struct gathering *self, const struct spec_slice *slice,
                const struct spec_endpoint *endpoint, const uint8_t *name)
{
    struct spec_list ports = slice->ports;
    struct spec_port port;

    gather_address(self, name, &endpoint->address);
    while (spec_next_port(&ports, &port))
        gather_service(self, name, port.number, name);
}

void
gather_endpoints(const struct gathering *self, const struct service *service,
                 const uint8_t *name, enum endpoint_names names)
{
    uint8_t target[CORE_NAME_SIZE];
    struct spec_slice read;
    struct spec_endpoint endpoint;

    for (uint32_t i = service->slices; i != SHELF_NONE;) {
        const struct slice *slice = catalog_slice(self->catalog, i);

        i = slice->next;
        if (slice->is_dropped)
            continue;
        spec_read_slice(&read, slice_spec(slice));
        for (struct spec_list rest = read.endpoints;
             spec_next_endpoint(&rest, &endpoint);) {
            if (!gather_endpoint_name(&endpoint, slice, name, target))
                continue;
            gather_endpoint(self, &read, &endpoint, target);
            if (names == ENDPOINTS_AND_SERVICE)
                gather_share(self, &read, &endpoint, name, target);
        }
    }
}

/* ---- services ------------------------------------------------------------ */

static void
gather_external_name(const struct gathering *self,
                     const struct spec_service *spec, const uint8_t *name)
{
    char text[SPEC_TEXT_SIZE + 1];
    uint8_t target[CORE_NAME_SIZE];
    struct address address;

    memcpy(text, spec->external_name.text, spec->external_name.size);
    text[spec->external_name.size] = '\0';
    /*
     * An API takes "192.0.2.1" for a name of digits (it is a hostname of RFC
     * 1123), and no alias can lead to an address.  CoreDNS makes no record of
     * it either: it answers NXDOMAIN for every type.
     */
    if (!address_read(&address, text)
        && core_name_from_text(target, text, NULL) > 1)
        gather_name(self, CORE_CNAME, name, target);
}

static void
gather_cluster_ip(const struct gathering *self, const struct service *service,
                  const struct spec_service *spec, const uint8_t *name)
{
    struct spec_list addresses = spec->addresses;
    struct address address;

    if (self->view->ignores_empty && service->ready == 0)
        return;
    while (spec_next_address(&addresses, &address))
        gather_address(self, name, &address);
    gather_ports(self, &spec->ports, &spec->addresses, name, name);
    if (self->view->has_endpoints && !service->is_import)
        gather_endpoints(self, service, name, ENDPOINTS_ALONE);
}

static void
gather_inside(const struct gathering *self, const struct service *service)
{
    uint8_t name[CORE_NAME_SIZE];
    struct spec_service spec;

    if (!gather_service_name(self, service, self->view->id.name, name))
        return;
    spec_read_service(&spec, service_spec(service));
    if (spec.kind == SERVICE_EXTERNAL_NAME)
        gather_external_name(self, &spec, name);
    else if (spec.kind == SERVICE_CLUSTER_IP)
        gather_cluster_ip(self, service, &spec, name);
    else if (self->view->has_endpoints)
        gather_endpoints(self, service, name, ENDPOINTS_AND_SERVICE);
}

/* ---- names of addresses -------------------------------------------------- */

void
gather_reverse(const struct gathering *self, const struct address *address,
               const uint8_t *target)
{
    uint8_t owner[CORE_NAME_SIZE];

    address_reverse(address, owner);
    if (core_name_is_below(owner, self->view->id.name))
        gather_name(self, CORE_PTR, owner, target);
}

static void
gather_endpoints_reverse(const struct gathering *self,
                         const struct service *service, const uint8_t *name)
{
    uint8_t target[CORE_NAME_SIZE];
    struct spec_slice read;
    struct spec_endpoint endpoint;

    for (uint32_t i = service->slices; i != SHELF_NONE;) {
        const struct slice *slice = catalog_slice(self->catalog, i);

        i = slice->next;
        if (slice->is_dropped)
            continue;
        spec_read_slice(&read, slice_spec(slice));
        while (spec_next_endpoint(&read.endpoints, &endpoint))
            if (gather_endpoint_name(&endpoint, slice, name, target))
                gather_reverse(self, &endpoint.address, target);
    }
}

static void
gather_inside_reverse(const struct gathering *self,
                      const struct service *service)
{
    uint8_t name[CORE_NAME_SIZE];
    struct spec_service spec;
    struct address address;

    if (!gather_service_name(self, service, self->view->primary, name))
        return;
    spec_read_service(&spec, service_spec(service));
    if (spec.kind == SERVICE_EXTERNAL_NAME)
        return;
    while (spec_next_address(&spec.addresses, &address))
        gather_reverse(self, &address, name);
    if (self->view->has_endpoints)
        gather_endpoints_reverse(self, service, name);
}

void
gather_all_of_service(const struct gathering *self,
                      const struct service *service)
{
    bool is_imports = self->view->kind == VIEW_IMPORTS;

    if (!service->is_there || service->is_import != is_imports
        || !catalog_is_visible(self->catalog, service->space))
        return;
    switch (self->view->kind) {
    case VIEW_CLUSTER:
    case VIEW_IMPORTS:
        gather_inside(self, service);
        break;
    case VIEW_REVERSE:
        gather_inside_reverse(self, service);
        break;
    case VIEW_EXTERNAL:
        gather_outside(self, service);
        break;
    default:
        gather_outside_reverse(self, service);
        break;
    }
}
