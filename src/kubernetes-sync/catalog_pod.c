/*
 * catalog_pod - pods of the catalog
 *
 * Several pods may have one address (those of the host's network): its name is
 * there as long as one of them is.
 */

#include <string.h>

#include "kubernetes-sync/catalog_parts.h"

uint64_t
catalog_pod_key(const catalog_t *self, const struct object *object)
{
    uint32_t space = catalog_find_space(self, object->space);
    uint64_t key = catalog_hash(self, OBJECT_POD, space, object->name,
                                strlen(object->name));

    return key == 0 ? 1 : key;
}

static void
remove_at(catalog_t *self, unsigned family, uint32_t place)
{
    pods_t *pods = self->pods[family];
    struct pod pod;

    pods_at(pods, place, &pod);
    pods_remove(pods, place);
    if (pods_with(pods, pod.space, &pod.address) == 0)
        self->hooks.pod(self->owner, pod.space, &pod.address, false);
}

enum catalog_result
catalog_remove_pod(catalog_t *self, const struct object *object)
{
    uint64_t key = catalog_pod_key(self, object);
    enum catalog_result result = CATALOG_SAME;

    for (unsigned i = 0; i < 2; i++) {
        uint32_t place = pods_find(self->pods[i], key);

        if (place == SHELF_NONE)
            continue;
        remove_at(self, i, place);
        result = CATALOG_CHANGED;
    }
    return result;
}

enum catalog_result
catalog_put_pod(catalog_t *self, const struct object *object)
{
    uint32_t space = catalog_take_space(self, object->space);
    unsigned family = object->address.size == 4 ? 0 : 1;
    pods_t *pods = self->pods[family];
    struct pod pod = {
        .space = (uint16_t) space, .address = object->address,
        .generation = self->generations[OBJECT_POD],
    };
    struct pod old;
    uint32_t place;

    if (space == NO_SPACE)
        return CATALOG_SAME;
    pod.key = catalog_pod_key(self, object);
    place = pods_find(pods, pod.key);
    if (pods_at(pods, place, &old)
        && address_equal(&old.address, &pod.address)) {
        pods_stamp(pods, place, pod.generation);
        return CATALOG_SAME;
    }
    catalog_remove_pod(self, object);
    pods_add(pods, &pod);
    if (pods_with(pods, pod.space, &pod.address) == 1)
        self->hooks.pod(self->owner, pod.space, &pod.address, true);
    return CATALOG_CHANGED;
}

size_t
catalog_sweep_pods(catalog_t *self, uint8_t generation)
{
    size_t count = 0;

    for (unsigned i = 0; i < 2; i++)
        for (uint32_t j = 0; j < pods_places(self->pods[i]); j++) {
            struct pod pod;

            if (!pods_at(self->pods[i], j, &pod)
                || pod.generation == generation)
                continue;
            remove_at(self, i, j);
            count++;
        }
    return count;
}
