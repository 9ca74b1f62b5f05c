/*
 * view - one zone, as a picture of the cluster
 *
 * This file has names and records as such, and what is not about services.
 */

#include "kubernetes-sync/view.h"

#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "kubernetes-sync/view_parts.h"

/* ---- names --------------------------------------------------------------- */

static uint8_t
small(char letter)
{
    return (uint8_t) (letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
}

void
making_prefixed(struct making *self, char prefix, const char *text,
                size_t size)
{
    size_t extra = prefix != '\0';
    uint8_t *to = self->bytes + self->size;

    if (size == 0 || size + extra > CORE_LABEL_SIZE
        || self->size + 1 + extra + size > CORE_NAME_SIZE - 1) {
        self->is_broken = true;
        return;
    }
    *to++ = (uint8_t) (size + extra);
    if (extra)
        *to++ = (uint8_t) prefix;
    for (size_t i = 0; i < size; i++)
        *to++ = small(text[i]);
    self->size += 1 + extra + size;
}

void
making_label(struct making *self, const char *text, size_t size)
{
    making_prefixed(self, '\0', text, size);
}

bool
making_end(struct making *self, const uint8_t *origin)
{
    size_t size = core_name_size(origin);

    if (self->is_broken || self->size + size > CORE_NAME_SIZE)
        return false;
    memcpy(self->bytes + self->size, origin, size);
    return true;
}

bool
making_name(uint8_t name[CORE_NAME_SIZE], const char *label,
            const char *second, const uint8_t *origin)
{
    struct making making = { .size = 0 };

    making_label(&making, label, strlen(label));
    if (second != NULL)
        making_label(&making, second, strlen(second));
    if (!making_end(&making, origin))
        return false;
    memcpy(name, making.bytes, CORE_NAME_SIZE);
    return true;
}

bool
gather_service_name(const struct gathering *self,
                    const struct service *service, const uint8_t *origin,
                    uint8_t name[CORE_NAME_SIZE])
{
    const char *space = catalog_space(self->catalog, service->space)->name;
    bool is_outside = self->view->kind == VIEW_EXTERNAL
        || self->view->kind == VIEW_EXTERNAL_REVERSE;
    struct making making = { .size = 0 };

    making_label(&making, service->bytes, service->name_size);
    making_label(&making, space, strlen(space));
    if (!is_outside)
        making_label(&making, "svc", 3);
    if (!making_end(&making, origin))
        return false;
    memcpy(name, making.bytes, CORE_NAME_SIZE);
    return true;
}

bool
gather_endpoint_name(const struct spec_endpoint *endpoint,
                     const struct slice *slice, const uint8_t *service,
                     uint8_t name[CORE_NAME_SIZE])
{
    char label[CORE_LABEL_SIZE + 1];
    struct making making = { .size = 0 };

    if (endpoint->host.size > 0) {
        making_label(&making, endpoint->host.text, endpoint->host.size);
    } else {
        address_label(&endpoint->address, label);
        making_label(&making, label, strlen(label));
    }
    if (slice->cluster_size > 0)
        making_label(&making, slice->bytes + slice->name_size,
                     slice->cluster_size);
    if (!making_end(&making, service))
        return false;
    memcpy(name, making.bytes, CORE_NAME_SIZE);
    return true;
}

/* ---- records ------------------------------------------------------------- */

void
gather_address(const struct gathering *self, const uint8_t *owner,
               const struct address *address)
{
    record_set_add(self->set, owner,
                   address->size == 4 ? CORE_A : CORE_AAAA, self->view->ttl,
                   address->bytes, address->size);
}

void
gather_name(const struct gathering *self, uint16_t type, const uint8_t *owner,
            const uint8_t *target)
{
    record_set_add(self->set, owner, type, self->view->ttl, target,
                   core_name_size(target));
}

void
gather_service(const struct gathering *self, const uint8_t *owner,
               unsigned port, const uint8_t *target)
{
    uint8_t rdata[6 + CORE_NAME_SIZE] = { 0 };  /* priority; weight: shared
                                                   out later */
    size_t size = core_name_size(target);

    core_write16(rdata + 4, (uint16_t) port);
    memcpy(rdata + 6, target, size);
    record_set_add(self->set, owner, CORE_SRV, self->view->ttl, rdata,
                   6 + size);
}

void
gather_existence(const struct gathering *self, const uint8_t *owner)
{
    record_set_add(self->set, owner, 0, 0, NULL, 0);
}

/* ---- namespaces and pods ------------------------------------------------- */

static void
gather_insecure(const struct gathering *self, const uint8_t *space)
{
    static const uint8_t mark[4] = { 0 };
    uint8_t name[CORE_NAME_SIZE];

    if (making_name(name, "*", NULL, space))
        record_set_add(self->set, name, CORE_A, self->view->ttl, mark,
                       sizeof mark);
}

static void
gather_space_name(const struct gathering *self, const char *space)
{
    const struct view *view = self->view;
    uint8_t name[CORE_NAME_SIZE];

    if (view->kind == VIEW_EXTERNAL
        && making_name(name, space, NULL, view->id.name))
        gather_existence(self, name);
    if ((view->kind == VIEW_CLUSTER || view->kind == VIEW_IMPORTS)
        && making_name(name, space, "svc", view->id.name))
        gather_existence(self, name);
    if (view->kind != VIEW_CLUSTER || view->pods == VIEW_PODS_NONE
        || !making_name(name, space, "pod", view->id.name))
        return;
    gather_existence(self, name);
    if (view->pods == VIEW_PODS_INSECURE)
        gather_insecure(self, name);
}

static void
gather_pod(const struct gathering *self, const struct pod *pod)
{
    const char *space = catalog_space(self->catalog, pod->space)->name;
    char label[CORE_LABEL_SIZE + 1];
    struct making making = { .size = 0 };

    if (self->view->kind != VIEW_CLUSTER
        || self->view->pods != VIEW_PODS_VERIFIED
        || !catalog_is_visible(self->catalog, pod->space))
        return;
    address_label(&pod->address, label);
    making_label(&making, label, strlen(label));
    making_label(&making, space, strlen(space));
    making_label(&making, "pod", 3);
    if (making_end(&making, self->view->id.name))
        gather_address(self, making.bytes, &pod->address);
}

/* All that is in a namespace. */
static void
gather_space(const struct gathering *self, uint32_t number)
{
    const shelf_t *services = catalog_services(self->catalog);
    struct pod pod;

    if (!catalog_is_visible(self->catalog, number))
        return;
    gather_space_name(self, catalog_space(self->catalog, number)->name);
    for (uint32_t i = 0; i < shelf_places(services); i++) {
        const struct service *service = shelf_at(services, i);

        if (service != NULL && service->space == number)
            gather_all_of_service(self, service);
    }
    for (unsigned family = 0; family < 2; family++) {
        const pods_t *pods = catalog_pods(self->catalog, family);

        for (uint32_t i = 0; i < pods_places(pods); i++)
            if (pods_at(pods, i, &pod) && pod.space == number)
                gather_pod(self, &pod);
    }
}

void
view_collect_space_name(const struct view *self, const catalog_t *catalog,
                        uint32_t number, record_set_t *set)
{
    const struct gathering gathering = {
        .view = self, .catalog = catalog, .set = set,
    };

    if (catalog_is_visible(catalog, number))
        gather_space_name(&gathering, catalog_space(catalog, number)->name);
}

void
view_collect_pod(const struct view *self, const catalog_t *catalog,
                 uint16_t space, const struct address *address,
                 record_set_t *set)
{
    const struct gathering gathering = {
        .view = self, .catalog = catalog, .set = set,
    };
    const struct pod pod = { .space = space, .address = *address };

    gather_pod(&gathering, &pod);
}

void
view_collect(const struct view *self, const catalog_t *catalog,
             enum catalog_thing thing, uint32_t number, record_set_t *set)
{
    const struct gathering gathering = {
        .view = self, .catalog = catalog, .set = set,
    };
    const struct service *service;

    switch (thing) {
    case CATALOG_APEX:
        gather_apex(&gathering);
        break;
    case CATALOG_SPACE:
        gather_space(&gathering, number);
        break;
    default:
        service = shelf_at(catalog_services(catalog), number);
        if (service != NULL)
            gather_all_of_service(&gathering, service);
        break;
    }
}
