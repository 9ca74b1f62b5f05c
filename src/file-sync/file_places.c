/*
 * file_places - where a file can change
 *
 * Paths are kept as hashes: to mix two up costs looking at a file that has not
 * changed.
 */

#include "file-sync/file_places.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "coredns/memory.h"
#include "file-sync/hash_bag.h"

static uint64_t
hash_text(uint64_t before, const char *text)
{
    return hash_octets(before, (const uint8_t *) text, strlen(text));
}

static uint64_t
hash_file(const char *folder, const char *name)
{
    return hash_text(hash_text(1, folder), name);
}

static void
add(uint64_t **hashes, size_t *count, uint64_t hash)
{
    for (size_t i = 0; i < *count; i++)
        if ((*hashes)[i] == hash)
            return;
    *hashes = core_reallocate(*hashes, (*count + 1) * sizeof **hashes);
    (*hashes)[(*count)++] = hash;
}

static void
add_place(struct file_places *self, const char *folder, const char *name,
          watcher_t *watcher)
{
    add(&self->files, &self->file_count, hash_file(folder, name));
    add(&self->folders, &self->folder_count, hash_text(0, folder));
    watcher_add(watcher, folder);
}

/* Splits a path into the folder as it really is and the name; NULL when there
   is no such folder. */
static const char *
split(const char *path, struct file_folder *last)
{
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : (size_t) (slash - path);
    char folder[PATH_MAX];
    char real[PATH_MAX];

    if (slash == NULL || size >= sizeof folder)
        return NULL;
    memcpy(folder, path, size);
    strcpy(folder + size, size == 0 ? "/" : "");
    if (strcmp(folder, last->path) != 0) {
        if (realpath(folder, real) == NULL)
            return NULL;
        snprintf(last->path, sizeof last->path, "%s", folder);
        snprintf(last->real, sizeof last->real, "%s", real);
    }
    return slash + 1;
}

void
file_places_add(struct file_places *self, const char *path,
                struct file_folder *last, watcher_t *watcher)
{
    const char *name = split(path, last);
    struct stat status;
    char real[PATH_MAX];

    if (name == NULL)
        return;
    add_place(self, last->real, name, watcher);
    if (lstat(path, &status) == -1 || !S_ISLNK(status.st_mode)
        || realpath(path, real) == NULL)
        return;

    char *slash = strrchr(real, '/');

    *slash = '\0';
    add_place(self, slash == real ? "/" : real, slash + 1, watcher);
}

void
file_places_clear(struct file_places *self)
{
    free(self->files);
    free(self->folders);
    *self = (struct file_places) { .file_count = 0 };
}

static bool
has(const uint64_t *hashes, size_t count, uint64_t hash)
{
    for (size_t i = 0; i < count; i++)
        if (hashes[i] == hash)
            return true;
    return false;
}

bool
file_places_have(const struct file_places *self,
                 const struct watcher_event *event)
{
    return has(self->files, self->file_count,
               hash_file(event->folder, event->name));
}

bool
file_places_are_near(const struct file_places *self,
                     const struct watcher_event *event)
{
    return has(self->folders, self->folder_count,
               hash_text(0, event->folder));
}
