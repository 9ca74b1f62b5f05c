/*
 * catalog_service - services and imports of the catalog
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "kubernetes-sync/catalog_parts.h"

struct service *
catalog_service(const catalog_t *self, uint32_t place)
{
    return shelf_at(self->services, place);
}

static uint32_t
hash_service(const catalog_t *self, uint32_t space, const char *name,
             size_t size, bool is_import)
{
    return (uint32_t) catalog_hash(self, is_import ? OBJECT_IMPORT
                                   : OBJECT_SERVICE, space, name, size);
}

uint32_t
catalog_find_service(const catalog_t *self, uint32_t space, const char *name,
                     bool is_import)
{
    size_t size = strlen(name);

    for (uint32_t i = shelf_first(self->services,
                                  hash_service(self, space, name, size,
                                               is_import));
         i != SHELF_NONE; i = shelf_next(self->services, i)) {
        const struct service *service = catalog_service(self, i);

        if (service->space == space && service->is_import == is_import
            && service->name_size == size
            && memcmp(service->bytes, name, size) == 0)
            return i;
    }
    return SHELF_NONE;
}

/* True when the service stands for us: the apex speaks of it. */
static bool
is_own(const catalog_t *self, const struct service *service)
{
    for (uint32_t i = service->slices; i != SHELF_NONE;
         i = catalog_slice(self, i)->next)
        if (catalog_slice(self, i)->is_own)
            return true;
    return false;
}

void
catalog_before_service(catalog_t *self, uint32_t place)
{
    if (self->own_count > 0 && is_own(self, catalog_service(self, place)))
        catalog_hide_own(self);
    catalog_before(self, CATALOG_SERVICE, place);
}

void
catalog_after_service(catalog_t *self, uint32_t place)
{
    catalog_after(self, CATALOG_SERVICE, place);
    catalog_show_own(self);
}

/* A service like another, with another spec. */
static struct service *
make_service(const struct service *like, const char *name, const uint8_t *spec,
             size_t spec_size)
{
    struct service *self = core_reallocate(NULL, sizeof *self
                                           + like->name_size + spec_size);

    *self = *like;
    self->spec_size = (uint16_t) spec_size;
    memcpy(self->bytes, name, like->name_size);
    if (spec_size > 0)
        memcpy(self->bytes + like->name_size, spec, spec_size);
    return self;
}

uint32_t
catalog_take_service(catalog_t *self, uint32_t space, const char *name,
                     bool is_import)
{
    uint32_t place = catalog_find_service(self, space, name, is_import);
    struct service like = {
        .slices = SHELF_NONE, .space = (uint16_t) space,
        .is_import = is_import, .name_size = (uint8_t) strlen(name),
    };

    if (place != SHELF_NONE)
        return place;
    return shelf_put(self->services,
                     hash_service(self, space, name, like.name_size,
                                  is_import),
                     make_service(&like, name, NULL, 0));
}

void
catalog_tidy_service(catalog_t *self, uint32_t place)
{
    struct service *service = catalog_service(self, place);

    if (service->is_there || service->slices != SHELF_NONE)
        return;
    shelf_remove(self->services, place);
    free(service);
}

bool
catalog_keeps(const catalog_t *self, const struct service *service)
{
    if (self->options.no_endpoints)
        return false;
    return self->options.all_endpoints || service->is_import
        || !service->is_there || service_spec(service)[0] == SERVICE_HEADLESS;
}

/* Endpoints that are not to be kept go. */
static void
drop_slices(catalog_t *self, const struct service *service)
{
    for (uint32_t i = service->slices; i != SHELF_NONE;
         i = catalog_slice(self, i)->next)
        if (!catalog_slice(self, i)->is_dropped)
            catalog_drop_slice(self, i);
}

static void
set_spec(catalog_t *self, uint32_t place, const uint8_t *spec, size_t size)
{
    struct service *old = catalog_service(self, place);
    struct service *service;

    catalog_before_service(self, place);
    service = make_service(old, old->bytes, spec, size);
    service->is_there = size > 0;
    shelf_replace(self->services, place, service);
    free(old);
    if (!catalog_keeps(self, service))
        drop_slices(self, service);
    catalog_after_service(self, place);
}

/* Endpoints that are needed, and were not kept, are asked for. */
static void
ask_for_slices(catalog_t *self, const struct service *service)
{
    char name[UINT8_MAX + 1];
    bool lacks = false;

    for (uint32_t i = service->slices; i != SHELF_NONE;
         i = catalog_slice(self, i)->next)
        lacks |= catalog_slice(self, i)->is_dropped;
    if (!lacks || !catalog_keeps(self, service))
        return;
    memcpy(name, service->bytes, service->name_size);
    name[service->name_size] = '\0';
    self->hooks.lacks(self->owner, catalog_space(self, service->space)->name,
                      name);
}

enum catalog_result
catalog_put_service(catalog_t *self, const struct object *object)
{
    uint32_t space = catalog_take_space(self, object->space);
    const struct spec *spec = &object->spec;
    struct service *service;
    uint32_t place;

    if (space == NO_SPACE || spec->size > UINT16_MAX)
        return CATALOG_SAME;
    place = catalog_take_service(self, space, object->name,
                                 object->kind == OBJECT_IMPORT);
    service = catalog_service(self, place);
    service->generation = self->generations[object->kind];
    if (service->spec_size == spec->size
        && memcmp(service_spec(service), spec->bytes, spec->size) == 0)
        return CATALOG_SAME;
    set_spec(self, place, spec->bytes, spec->size);
    ask_for_slices(self, catalog_service(self, place));
    return CATALOG_CHANGED;
}

enum catalog_result
catalog_remove_service(catalog_t *self, uint32_t place)
{
    if (!catalog_service(self, place)->is_there)
        return CATALOG_SAME;
    set_spec(self, place, NULL, 0);
    catalog_tidy_service(self, place);
    return CATALOG_CHANGED;
}
