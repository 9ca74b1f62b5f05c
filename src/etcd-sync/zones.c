/*
 * zones - where in the tree the zones begin
 */

#include "etcd-sync/zones.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define PATH_SIZE 512                   /* of a zone; a name has 255 octets */

struct place {
    struct zone zone;
    struct serial serial;
    char path[PATH_SIZE];
    size_t path_size;
};

struct zones {
    struct place *places;
    size_t count;
};

static const uint8_t arpa[] = { 4, 'a', 'r', 'p', 'a', 0 };

/* The labels from the root on, with slashes between them. */
static size_t
write_path(char path[PATH_SIZE], const uint8_t *name)
{
    size_t size = 0;

    for (unsigned i = core_name_labels(name); i > 0; i--) {
        const uint8_t *label = core_name_skip(name, i - 1);

        if (size > 0)
            path[size++] = '/';
        memcpy(path + size, label + 1, *label);
        size += *label;
    }
    return size;
}

static void
add(zones_t *self, tree_t *tree, const uint8_t *name)
{
    struct place *place = &self->places[self->count];
    struct core_zone_id id = { .layer = 0 };

    memcpy(id.name, name, core_name_size(name));
    if (zones_find(self, &id) != NULL)
        return;
    place->zone.id = id;
    place->path_size = write_path(place->path, name);
    place->zone.is_reverse = core_name_is_below(name, arpa);
    place->zone.apex = place->path_size == 0 ? tree_root(tree)
        : tree_add(tree, place->path, place->path_size);
    assert(place->zone.apex != NULL);
    place->zone.apex->flags |= TREE_ZONE;
    self->count++;
}

zones_t *
zones_new(tree_t *tree, const uint8_t *const *names, size_t count)
{
    zones_t *self = core_allocate(sizeof *self);

    self->places = core_allocate((count + 1) * sizeof *self->places);
    for (size_t i = 0; i < count; i++)
        add(self, tree, names[i]);
    return self;
}

void
zones_destroy(zones_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->places);
    free(*self_p);
    *self_p = NULL;
}

size_t
zones_count(const zones_t *self)
{
    return self->count;
}

const struct zone *
zones_at(const zones_t *self, size_t index)
{
    return &self->places[index].zone;
}

struct serial *
zones_serial(const zones_t *self, const struct zone *zone)
{
    struct place *place = self->places;

    while (&place->zone != zone)
        place++;
    return &place->serial;
}

uint64_t
zones_services(const zones_t *self, size_t index)
{
    const struct tree_node *apex = self->places[index].zone.apex;

    return apex->below + (uint64_t) (apex->service != NULL);
}

const struct zone *
zones_of(const zones_t *self, const struct tree_node *node)
{
    while (node != NULL && (node->flags & TREE_ZONE) == 0)
        node = node->parent;
    for (size_t i = 0; node != NULL && i < self->count; i++)
        if (self->places[i].zone.apex == node)
            return &self->places[i].zone;
    return NULL;
}

bool
zones_have_path(const zones_t *self, const char *path, size_t size)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct place *place = &self->places[i];

        if (place->path_size == 0
            || (size >= place->path_size
                && memcmp(path, place->path, place->path_size) == 0
                && (size == place->path_size
                    || path[place->path_size] == '/')))
            return true;
    }
    return false;
}

bool
zones_have_name(const zones_t *self, const uint8_t *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (core_name_is_below(name, self->places[i].zone.id.name))
            return true;
    return false;
}

const struct zone *
zones_find(const zones_t *self, const struct core_zone_id *id)
{
    for (size_t i = 0; i < self->count; i++)
        if (core_name_equal(self->places[i].zone.id.name, id->name))
            return &self->places[i].zone;
    return NULL;
}
