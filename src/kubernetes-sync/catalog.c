/*
 * catalog - the namespaces, services, slices and pods of a cluster
 *
 * This file has the namespaces, and what is the same for all kinds.
 */

#include "kubernetes-sync/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "coredns/memory.h"
#include "kubernetes-sync/catalog_parts.h"

catalog_t *
catalog_new(const struct catalog_options *options,
            const struct catalog_hooks *hooks, void *owner)
{
    catalog_t *self = core_allocate(sizeof *self);

    self->options = *options;
    self->hooks = *hooks;
    self->owner = owner;
    if (getrandom(&self->secret, sizeof self->secret, 0) == -1)
        self->secret = (uint64_t) (uintptr_t) self;
    self->spaces = shelf_new();
    self->services = shelf_new();
    self->slices = shelf_new();
    self->pods[0] = pods_new(4);
    self->pods[1] = pods_new(16);
    return self;
}

static void
free_things(shelf_t **shelf_p)
{
    for (uint32_t i = 0; i < shelf_places(*shelf_p); i++)
        free(shelf_at(*shelf_p, i));
    shelf_destroy(shelf_p);
}

void
catalog_destroy(catalog_t **self_p)
{
    catalog_t *self = *self_p;

    if (self == NULL)
        return;
    free_things(&self->spaces);
    free_things(&self->services);
    free_things(&self->slices);
    pods_destroy(&self->pods[0]);
    pods_destroy(&self->pods[1]);
    free(self);
    *self_p = NULL;
}

uint64_t
catalog_hash(const catalog_t *self, unsigned kind, uint32_t space,
             const char *name, size_t size)
{
    uint64_t hash = self->secret ^ ((uint64_t) kind << 32 | space);

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ (uint8_t) name[i]) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 33;
}

void
catalog_before(const catalog_t *self, enum catalog_thing thing,
               uint32_t number)
{
    self->hooks.before(self->owner, thing, number);
}

void
catalog_after(const catalog_t *self, enum catalog_thing thing,
              uint32_t number)
{
    self->hooks.after(self->owner, thing, number);
}

void
catalog_hide_own(catalog_t *self)
{
    catalog_before(self, CATALOG_APEX, 0);
    self->is_own_hidden = true;
    catalog_after(self, CATALOG_APEX, 0);
}

void
catalog_show_own(catalog_t *self)
{
    if (!self->is_own_hidden)
        return;
    catalog_before(self, CATALOG_APEX, 0);
    self->is_own_hidden = false;
    catalog_after(self, CATALOG_APEX, 0);
}

/* ---- namespaces ---------------------------------------------------------- */

static uint32_t
hash_space(const catalog_t *self, const char *name)
{
    return (uint32_t) catalog_hash(self, OBJECT_NAMESPACE, 0, name,
                                   strlen(name));
}

uint32_t
catalog_find_space(const catalog_t *self, const char *name)
{
    for (uint32_t i = shelf_first(self->spaces, hash_space(self, name));
         i != SHELF_NONE; i = shelf_next(self->spaces, i))
        if (strcmp(catalog_space(self, i)->name, name) == 0)
            return i;
    return NO_SPACE;
}

/* Namespaces are never forgotten: their numbers stand everywhere. */
uint32_t
catalog_take_space(catalog_t *self, const char *name)
{
    uint32_t found = catalog_find_space(self, name);
    struct space *space;

    if (found != NO_SPACE)
        return found;
    if (shelf_count(self->spaces) == CATALOG_SPACES)
        return NO_SPACE;
    space = core_allocate(sizeof *space + strlen(name) + 1);
    strcpy(space->name, name);
    return shelf_put(self->spaces, hash_space(self, name), space);
}

unsigned
catalog_spaces(const catalog_t *self)
{
    return shelf_places(self->spaces);
}

const struct space *
catalog_space(const catalog_t *self, unsigned number)
{
    return shelf_at(self->spaces, number);
}

/* True when objects of the namespace are to be looked at at all. */
static bool
is_wanted(const catalog_t *self, const char *name)
{
    for (size_t i = 0; i < self->options.space_count; i++)
        if (strcmp(self->options.spaces[i], name) == 0)
            return true;
    return self->options.space_count == 0;
}

bool
catalog_is_visible(const catalog_t *self, unsigned number)
{
    return catalog_space(self, number)->is_there;
}

enum catalog_result
catalog_set_space(catalog_t *self, uint32_t number, bool is_there)
{
    struct space *space = shelf_at(self->spaces, number);

    if (space->is_there == is_there)
        return CATALOG_SAME;
    if (self->own_count > 0)
        catalog_hide_own(self);
    catalog_before(self, CATALOG_SPACE, number);
    space->is_there = is_there;
    catalog_after(self, CATALOG_SPACE, number);
    catalog_show_own(self);
    return CATALOG_CHANGED;
}

static enum catalog_result
put_space(catalog_t *self, const char *name)
{
    uint32_t number = catalog_take_space(self, name);
    struct space *space;

    if (number == NO_SPACE)
        return CATALOG_SAME;
    space = shelf_at(self->spaces, number);
    space->generation = self->generations[OBJECT_NAMESPACE];
    return catalog_set_space(self, number, true);
}

/* ---- all kinds ----------------------------------------------------------- */

enum catalog_result
catalog_put(catalog_t *self, const struct object *object)
{
    if (!is_wanted(self, object->kind == OBJECT_NAMESPACE ? object->name
                   : object->space))
        return CATALOG_SAME;
    switch (object->kind) {
    case OBJECT_NAMESPACE:
        return put_space(self, object->name);
    case OBJECT_SERVICE:
    case OBJECT_IMPORT:
        return catalog_put_service(self, object);
    case OBJECT_SLICE:
        return catalog_put_slice(self, object);
    default:
        return object->is_absent ? catalog_remove_pod(self, object)
            : catalog_put_pod(self, object);
    }
}

/* The place of an object on its shelf; SHELF_NONE when it is not there. */
static uint32_t
find(const catalog_t *self, const struct object *object)
{
    bool is_space = object->kind == OBJECT_NAMESPACE;
    uint32_t space = catalog_find_space(self, is_space ? object->name
                                        : object->space);

    if (space == NO_SPACE || is_space)
        return space;
    if (object->kind == OBJECT_SLICE)
        return catalog_find_slice(self, space, object->name);
    return catalog_find_service(self, space, object->name,
                                object->kind == OBJECT_IMPORT);
}

enum catalog_result
catalog_remove(catalog_t *self, const struct object *object)
{
    uint32_t place;

    if (object->kind == OBJECT_POD)
        return catalog_remove_pod(self, object);
    place = find(self, object);
    if (place == SHELF_NONE)
        return CATALOG_SAME;
    if (object->kind == OBJECT_NAMESPACE)
        return catalog_set_space(self, place, false);
    if (object->kind == OBJECT_SLICE)
        return catalog_remove_slice(self, place);
    return catalog_remove_service(self, place);
}

void
catalog_begin(catalog_t *self, enum object_kind kind)
{
    self->generations[kind]++;
}

/* The generation of the object, or -1 when it is not there. */
static int
generation_of(const catalog_t *self, const struct object *object)
{
    uint32_t place;

    if (object->kind == OBJECT_POD) {
        uint64_t key = catalog_pod_key(self, object);
        struct pod pod;

        for (int i = 0; i < 2; i++)
            if (pods_at(self->pods[i], pods_find(self->pods[i], key), &pod))
                return pod.generation;
        return -1;
    }
    place = find(self, object);
    if (place == SHELF_NONE)
        return -1;
    if (object->kind == OBJECT_NAMESPACE) {
        const struct space *space = catalog_space(self, place);

        return space->is_there ? space->generation : -1;
    }
    if (object->kind == OBJECT_SLICE)
        return catalog_slice(self, place)->generation;

    const struct service *service = catalog_service(self, place);

    return service->is_there ? service->generation : -1;
}

bool
catalog_is_marked(const catalog_t *self, const struct object *object)
{
    return generation_of(self, object) == self->generations[object->kind];
}

static void
mark_pod(catalog_t *self, const struct object *object)
{
    uint64_t key = catalog_pod_key(self, object);

    for (int i = 0; i < 2; i++) {
        uint32_t place = pods_find(self->pods[i], key);

        if (place != SHELF_NONE)
            pods_stamp(self->pods[i], place, self->generations[OBJECT_POD]);
    }
}

void
catalog_mark(catalog_t *self, const struct object *object)
{
    uint8_t generation = self->generations[object->kind];
    uint32_t place;

    if (object->kind == OBJECT_POD) {
        mark_pod(self, object);
        return;
    }
    place = find(self, object);
    if (place == SHELF_NONE)
        return;
    if (object->kind == OBJECT_NAMESPACE) {
        struct space *space = shelf_at(self->spaces, place);

        space->generation = generation;
    } else if (object->kind == OBJECT_SLICE) {
        struct slice *slice = shelf_at(self->slices, place);

        slice->generation = generation;
    } else {
        catalog_service(self, place)->generation = generation;
    }
}

bool
catalog_is_dropped(const catalog_t *self, const struct object *object)
{
    uint32_t place = find(self, object);

    return object->kind == OBJECT_SLICE && place != SHELF_NONE
        && catalog_slice(self, place)->is_dropped;
}

bool
catalog_is_selected_headless(const catalog_t *self, const struct object *slice)
{
    uint32_t place = find(self, slice);
    const struct service *service;

    if (place == SHELF_NONE)
        return false;
    service = catalog_service(self, catalog_slice(self, place)->service);
    return service->is_there && service_spec(service)[0] == SERVICE_HEADLESS
        && (service_spec(service)[1] & SERVICE_HAS_SELECTOR) != 0;
}

/* ---- for those who make records ------------------------------------------ */

const shelf_t *
catalog_services(const catalog_t *self)
{
    return self->services;
}

const struct slice *
catalog_slice(const catalog_t *self, uint32_t place)
{
    return shelf_at(self->slices, place);
}

const pods_t *
catalog_pods(const catalog_t *self, unsigned family)
{
    return self->pods[family];
}

size_t
catalog_own(const catalog_t *self, uint32_t *list, size_t limit)
{
    size_t count = 0;

    if (self->is_own_hidden)
        return 0;
    for (size_t i = 0; i < self->own_count && count < limit; i++) {
        uint32_t service = catalog_slice(self, self->own[i])->service;
        bool is_there = false;

        for (size_t j = 0; j < count; j++)
            is_there |= list[j] == service;
        if (!is_there)
            list[count++] = service;
    }
    return count;
}

void
catalog_count(const catalog_t *self, struct catalog_counts *counts)
{
    *counts = (struct catalog_counts) {
        .slices = shelf_count(self->slices),
        .pods = pods_count(self->pods[0]) + pods_count(self->pods[1]),
    };
    for (uint32_t i = 0; i < shelf_places(self->spaces); i++)
        counts->spaces += catalog_space(self, i)->is_there;
    for (uint32_t i = 0; i < shelf_places(self->services); i++) {
        const struct service *service = shelf_at(self->services, i);

        if (service == NULL)
            continue;
        counts->services += service->is_there && !service->is_import;
        counts->imports += service->is_there && service->is_import;
        counts->endpoints += service->ready;
    }
}
