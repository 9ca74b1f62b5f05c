/*
 * folder_slot - a folder of zone files in the roster
 */

#ifndef FILE_SYNC_FOLDER_SLOT_H
#define FILE_SYNC_FOLDER_SLOT_H

#include "file-sync/directory.h"
#include "file-sync/file_places.h"
#include "file-sync/settings.h"

struct folder_slot {
    directory_t *directory;
    char *path;
    char *pattern;
    char *origin;
    const uint8_t **fall;               /* copies */
    size_t fall_count;
    int64_t reload_ms;
    int64_t look_at_ms;
    uint16_t layer;
    bool due;
    bool missing;                       /* and it has been said */
    struct file_places places;          /* of the folders below it */
};

/* Copies the settings.  Returns -1 and a fault when they are wrong; it is to
   be ended all the same. */
int
    folder_slot_start(struct folder_slot *slot,
                      const struct directory_settings *settings,
                      uint16_t layer, struct core_fault *fault);

/* Frees what it owns. */
void
    folder_slot_end(struct folder_slot *slot);

#endif
