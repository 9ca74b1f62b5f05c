/*
 * catalog_sweep - what a list has not named
 */

#include <string.h>

#include "kubernetes-sync/catalog_parts.h"

/* Who hears of what is swept. */
struct sweeping {
    enum object_kind kind;
    catalog_swept *swept;               /* or NULL */
    void *owner;
};

static void
tell(const struct sweeping *self, const char *space, const char *name,
     size_t size)
{
    char text[UINT8_MAX + 1];

    if (self->swept == NULL)
        return;
    memcpy(text, name, size);
    text[size] = '\0';
    self->swept(self->owner, self->kind, space, text);
}

static void
sweep_spaces(catalog_t *self, const struct sweeping *sweeping)
{
    for (uint32_t i = 0; i < shelf_places(self->spaces); i++) {
        const struct space *space = catalog_space(self, i);

        if (!space->is_there
            || space->generation == self->generations[OBJECT_NAMESPACE])
            continue;
        tell(sweeping, "", space->name, strlen(space->name));
        catalog_set_space(self, i, false);
    }
}

static void
sweep_services(catalog_t *self, const struct sweeping *sweeping)
{
    for (uint32_t i = 0; i < shelf_places(self->services); i++) {
        const struct service *service = shelf_at(self->services, i);

        if (service == NULL || !service->is_there
            || service->is_import != (sweeping->kind == OBJECT_IMPORT)
            || service->generation == self->generations[sweeping->kind])
            continue;
        tell(sweeping, catalog_space(self, service->space)->name,
             service->bytes, service->name_size);
        catalog_remove_service(self, i);
    }
}

static void
sweep_slices(catalog_t *self, const struct sweeping *sweeping)
{
    for (uint32_t i = 0; i < shelf_places(self->slices); i++) {
        const struct slice *slice = shelf_at(self->slices, i);

        if (slice == NULL
            || slice->generation == self->generations[OBJECT_SLICE])
            continue;
        tell(sweeping, catalog_space(self, slice->space)->name, slice->bytes,
             slice->name_size);
        catalog_remove_slice(self, i);
    }
}

void
catalog_sweep(catalog_t *self, enum object_kind kind, catalog_swept *swept,
              void *owner)
{
    const struct sweeping sweeping = {
        .kind = kind, .swept = swept, .owner = owner,
    };

    switch (kind) {
    case OBJECT_NAMESPACE:
        sweep_spaces(self, &sweeping);
        break;
    case OBJECT_SERVICE:
    case OBJECT_IMPORT:
        sweep_services(self, &sweeping);
        break;
    case OBJECT_SLICE:
        sweep_slices(self, &sweeping);
        break;
    default:
        for (size_t i = catalog_sweep_pods(self, self->generations[kind]);
             i > 0; i--)
            tell(&sweeping, "", "a pod", strlen("a pod"));
        break;
    }
}
