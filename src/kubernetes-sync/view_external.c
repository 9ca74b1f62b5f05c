/*
 * view_external - the records of services for the world outside
 *
 * A service is there with the addresses by which it is reached from outside,
 * or under the name that its load balancer has; if it has none of these and is
 * headless, with its endpoints, when that is wanted.
 */

#include "coredns/rrtype.h"
#include "kubernetes-sync/view_parts.h"

static bool
is_by_endpoints(const struct gathering *self, const struct spec_service *spec)
{
    return self->view->is_headless && spec->kind == SERVICE_HEADLESS
        && spec->externals.count == 0 && spec->load_balancer.size == 0;
}

static void
gather_load_balancer(const struct gathering *self,
                     const struct spec_service *spec, const uint8_t *name)
{
    char text[SPEC_TEXT_SIZE + 1];
    uint8_t target[CORE_NAME_SIZE];

    memcpy(text, spec->load_balancer.text, spec->load_balancer.size);
    text[spec->load_balancer.size] = '\0';
    if (core_name_from_text(target, text, NULL) > 1)
        gather_name(self, CORE_CNAME, name, target);
}

void
gather_outside(const struct gathering *self, const struct service *service)
{
    uint8_t name[CORE_NAME_SIZE];
    struct spec_service spec;
    struct address address;

    if (!gather_service_name(self, service, self->view->id.name, name))
        return;
    spec_read_service(&spec, service_spec(service));
    if (is_by_endpoints(self, &spec)) {
        gather_endpoints(self, service, name, ENDPOINTS_AND_SERVICE);
        return;
    }
    /* Beside an alias there is nothing else (RFC 1034 section 3.6.2). */
    if (spec.externals.count == 0 && spec.load_balancer.size > 0) {
        gather_load_balancer(self, &spec, name);
        return;
    }
    gather_ports(self, &spec.ports, &spec.externals, name, name);
    while (spec_next_address(&spec.externals, &address))
        gather_address(self, name, &address);
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
