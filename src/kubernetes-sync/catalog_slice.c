/*
 * catalog_slice - slices of the catalog, and the services they belong to
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "kubernetes-sync/catalog_parts.h"

static uint32_t
hash_slice(const catalog_t *self, uint32_t space, const char *name,
           size_t size)
{
    return (uint32_t) catalog_hash(self, OBJECT_SLICE, space, name, size);
}

uint32_t
catalog_find_slice(const catalog_t *self, uint32_t space, const char *name)
{
    size_t size = strlen(name);

    for (uint32_t i = shelf_first(self->slices,
                                  hash_slice(self, space, name, size));
         i != SHELF_NONE; i = shelf_next(self->slices, i)) {
        const struct slice *slice = catalog_slice(self, i);

        if (slice->space == space && slice->name_size == size
            && memcmp(slice->bytes, name, size) == 0)
            return i;
    }
    return SHELF_NONE;
}

/* ---- addresses of ours --------------------------------------------------- */

static bool
has_own(const catalog_t *self, const struct object *object)
{
    struct spec_slice slice;
    struct spec_endpoint endpoint;

    if (self->options.own_count == 0)
        return false;
    spec_read_slice(&slice, object->spec.bytes);
    while (spec_next_endpoint(&slice.endpoints, &endpoint))
        for (size_t i = 0; i < self->options.own_count; i++)
            if (address_equal(&self->options.own[i], &endpoint.address))
                return true;
    return false;
}

/* Notes, or forgets, that the slice has an address of ours. */
static void
set_own(catalog_t *self, uint32_t place, bool is_own)
{
    struct slice *slice = shelf_at(self->slices, place);
    size_t i = 0;

    if (slice->is_own == is_own
        || (is_own && self->own_count == OWN_SLICES))
        return;
    catalog_before(self, CATALOG_APEX, 0);
    slice->is_own = is_own;
    while (i < self->own_count && self->own[i] != place)
        i++;
    if (is_own)
        self->own[self->own_count++] = place;
    else if (i < self->own_count)
        self->own[i] = self->own[--self->own_count];
    catalog_after(self, CATALOG_APEX, 0);
}

/* ---- the slices of a service --------------------------------------------- */

static void
link_slice(catalog_t *self, uint32_t place)
{
    struct slice *slice = shelf_at(self->slices, place);
    struct service *service = catalog_service(self, slice->service);

    slice->next = service->slices;
    service->slices = place;
    service->ready += slice->ready;
}

static void
unlink_slice(catalog_t *self, uint32_t place)
{
    const struct slice *slice = catalog_slice(self, place);
    struct service *service = catalog_service(self, slice->service);
    uint32_t *at = &service->slices;

    while (*at != place) {
        struct slice *other = shelf_at(self->slices, *at);

        at = &other->next;
    }
    *at = slice->next;
    service->ready -= slice->ready;
}

static struct slice *
make_slice(const struct slice *like, const char *name, const char *cluster,
           const uint8_t *spec, size_t spec_size)
{
    struct slice *self = core_reallocate(NULL, sizeof *self + like->name_size
                                         + like->cluster_size + spec_size);

    *self = *like;
    self->spec_size = (uint32_t) spec_size;
    memcpy(self->bytes, name, like->name_size);
    memcpy(self->bytes + like->name_size, cluster, like->cluster_size);
    if (spec_size > 0)
        memcpy(self->bytes + like->name_size + like->cluster_size, spec,
               spec_size);
    return self;
}

void
catalog_drop_slice(catalog_t *self, uint32_t place)
{
    struct slice *old = shelf_at(self->slices, place);
    struct slice *slice = make_slice(old, old->bytes,
                                     old->bytes + old->name_size, NULL, 0);

    slice->is_dropped = true;
    shelf_replace(self->slices, place, slice);
    free(old);
}

/* ---- what comes ---------------------------------------------------------- */

static bool
is_same(const struct slice *slice, const struct object *object, bool keeps)
{
    size_t size = keeps ? object->spec.size : 0;

    return slice->ready == object->ready && slice->is_dropped != keeps
        && slice->spec_size == size
        && (size == 0
            || memcmp(slice_spec(slice), object->spec.bytes, size) == 0)
        && slice->cluster_size == strlen(object->cluster)
        && memcmp(slice->bytes + slice->name_size, object->cluster,
                  slice->cluster_size) == 0;
}

static struct slice *
slice_of(const catalog_t *self, const struct object *object, uint32_t service)
{
    bool keeps = catalog_keeps(self, catalog_service(self, service));
    struct slice like = {
        .service = service, .space = catalog_service(self, service)->space,
        .ready = (uint16_t) object->ready, .is_dropped = !keeps,
        .generation = self->generations[OBJECT_SLICE],
        .name_size = (uint8_t) strlen(object->name),
        .cluster_size = (uint8_t) strlen(object->cluster),
    };

    return make_slice(&like, object->name, object->cluster,
                      object->spec.bytes, keeps ? object->spec.size : 0);
}

static enum catalog_result
add_slice(catalog_t *self, const struct object *object, uint32_t service)
{
    struct slice *slice = slice_of(self, object, service);
    uint32_t place = shelf_put(self->slices,
                               hash_slice(self, slice->space, slice->bytes,
                                          slice->name_size), slice);

    catalog_before_service(self, service);
    link_slice(self, place);
    catalog_after_service(self, service);
    set_own(self, place, has_own(self, object));
    return CATALOG_CHANGED;
}

static enum catalog_result
change_slice(catalog_t *self, const struct object *object, uint32_t place)
{
    struct slice *old = shelf_at(self->slices, place);
    uint32_t service = old->service;
    struct slice *slice;

    old->generation = self->generations[OBJECT_SLICE];
    if (is_same(old, object,
                catalog_keeps(self, catalog_service(self, service)))) {
        set_own(self, place, has_own(self, object));
        return CATALOG_SAME;
    }
    catalog_before_service(self, service);
    unlink_slice(self, place);
    slice = slice_of(self, object, service);
    slice->is_own = old->is_own;
    shelf_replace(self->slices, place, slice);
    free(old);
    link_slice(self, place);
    catalog_after_service(self, service);
    set_own(self, place, has_own(self, object));
    return CATALOG_CHANGED;
}

enum catalog_result
catalog_put_slice(catalog_t *self, const struct object *object)
{
    uint32_t space = catalog_take_space(self, object->space);
    uint32_t place, service;

    if (space == NO_SPACE || strlen(object->cluster) > UINT8_MAX
        || strlen(object->service) > CORE_LABEL_SIZE)
        return CATALOG_SAME;
    place = catalog_find_slice(self, space, object->name);
    if (*object->service == '\0')
        return place == SHELF_NONE ? CATALOG_SAME
            : catalog_remove_slice(self, place);
    service = catalog_take_service(self, space, object->service,
                                   object->is_import);
    if (place != SHELF_NONE
        && catalog_slice(self, place)->service == service)
        return change_slice(self, object, place);
    if (place != SHELF_NONE)
        catalog_remove_slice(self, place);
    return add_slice(self, object, service);
}

enum catalog_result
catalog_remove_slice(catalog_t *self, uint32_t place)
{
    struct slice *slice;
    uint32_t service;

    set_own(self, place, false);
    slice = shelf_at(self->slices, place);
    service = slice->service;
    catalog_before_service(self, service);
    unlink_slice(self, place);
    shelf_remove(self->slices, place);
    free(slice);
    catalog_after_service(self, service);
    catalog_tidy_service(self, service);
    return CATALOG_CHANGED;
}
