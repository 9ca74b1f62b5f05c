/*
 * folder_slot - a folder of zone files in the roster
 */

#include "file-sync/folder_slot.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

int
folder_slot_start(struct folder_slot *slot,
                  const struct directory_settings *settings,
                  uint16_t layer, struct core_fault *fault)
{
    const uint8_t *const *names = settings->fallthrough.items;

    *slot = (struct folder_slot) {
        .path = core_copy_text(settings->path),
        .pattern = core_copy_text(settings->pattern),
        .origin = core_copy_text(settings->origin),
        .fall_count = settings->fallthrough.count,
        .reload_ms = settings->reload_ms, .layer = layer, .due = true,
    };
    slot->fall = core_allocate((slot->fall_count + 1) * sizeof *slot->fall);
    for (size_t i = 0; i < slot->fall_count; i++) {
        size_t size = core_name_size(names[i]);

        slot->fall[i] = memcpy(core_allocate(size), names[i], size);
    }
    slot->directory = directory_new(slot->path, slot->pattern, slot->origin,
                                    fault);
    return slot->directory == NULL ? -1 : 0;
}

void
folder_slot_end(struct folder_slot *slot)
{
    directory_destroy(&slot->directory);
    file_places_clear(&slot->places);
    free(slot->path);
    free(slot->pattern);
    free(slot->origin);
    for (size_t i = 0; i < slot->fall_count; i++)
        free((uint8_t *) (uintptr_t) slot->fall[i]);
    free(slot->fall);
}
