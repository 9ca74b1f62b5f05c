/*
 * file_places - where a file can change
 *
 * A path leads to a file through its folder, and when it is a link also
 * through the folder of what it points to.  Both are watched, and an event in
 * either is about the file.
 */

#ifndef FILE_SYNC_FILE_PLACES_H
#define FILE_SYNC_FILE_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file-sync/watcher.h"

struct file_places {
    uint64_t *files;                    /* hashes of paths */
    size_t file_count;
    uint64_t *folders;
    size_t folder_count;
};

/* The folder that was asked for last, and what it really is: most files of a
   configuration are in one. */
struct file_folder {
    char path[4096];
    char real[4096];
};

/* Adds the places of a path, and has them watched. */
void
    file_places_add(struct file_places *self, const char *path,
                    struct file_folder *last, watcher_t *watcher);

/* Forgets all. */
void
    file_places_clear(struct file_places *self);

/* True when an event is about one of the files. */
bool
    file_places_have(const struct file_places *self,
                     const struct watcher_event *event);

/* True when it happened in one of their folders. */
bool
    file_places_are_near(const struct file_places *self,
                         const struct watcher_event *event);

#endif
