/*
 * directory - a folder whose files are zones
 */

#include "file-sync/directory.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "coredns/memory.h"
#include "file-sync/hash_bag.h"
#include "lib/pattern.h"

#define DEPTH 16                        /* of folders */
#define FILES 1000000
#define GROUP_SIZE 64                   /* octets of a group's name */
#define ORIGIN_SIZE 1024                /* octets of an origin's text */

struct directory {
    const char *path;
    const char *origin;
    core_pattern_t *pattern;
};

/* A walk through the folders. */
struct walk {
    directory_t *directory;
    struct directory_listing *listing;
    size_t file_capacity;
    size_t folder_capacity;
    hash_bag_t *origins;                /* found so far */
    uint64_t seed;
    core_faults_t *warnings;
};

/* ---- patterns ------------------------------------------------------------ */

/*
 * Reads the "{group}" at *at: its name goes to name.  Returns false when there
 * is none (then the brace is a brace); *at moves behind it otherwise.
 */
static bool
read_group(const char **at, char name[GROUP_SIZE])
{
    const char *end;

    if (**at != '{')
        return false;
    end = strchr(*at, '}');
    if (end == NULL || end == *at + 1 || end - *at > GROUP_SIZE)
        return false;
    memcpy(name, *at + 1, (size_t) (end - *at - 1));
    name[end - *at - 1] = '\0';
    *at = end + 1;
    return true;
}

static int
check_groups(const directory_t *self, struct core_fault *fault)
{
    char name[GROUP_SIZE];

    for (const char *at = self->origin; *at != '\0';) {
        if (!read_group(&at, name)) {
            at++;
        } else if (core_pattern_group(self->pattern, name) == -1) {
            core_fault_set(fault, NULL, 0,
                           "origin: the pattern has no group {%s}", name);
            return -1;
        }
    }
    return 0;
}

directory_t *
directory_new(const char *path, const char *pattern, const char *origin,
              struct core_fault *fault)
{
    directory_t *self = core_allocate(sizeof *self);

    self->path = path;
    self->origin = origin;
    self->pattern = core_pattern_new(pattern, fault);
    if (self->pattern == NULL || check_groups(self, fault) == -1)
        directory_destroy(&self);
    return self;
}

void
directory_destroy(directory_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    core_pattern_destroy(&(*self_p)->pattern);
    free(*self_p);
    *self_p = NULL;
}

const char *
directory_path(const directory_t *self)
{
    return self->path;
}

/* Writes the origin's text from the match at hand; false when too long. */
static bool
expand(const directory_t *self, const char *subject, char text[ORIGIN_SIZE])
{
    size_t size = 0;
    char name[GROUP_SIZE];

    for (const char *at = self->origin; *at != '\0';) {
        const char *part = at;
        size_t part_size = 1;

        if (read_group(&at, name)) {
            int group = core_pattern_group(self->pattern, name);
            size_t start;

            part_size = core_pattern_found(self->pattern, (unsigned) group,
                                           &start);
            part = subject + start;
        } else {
            at++;
        }
        if (size + part_size >= ORIGIN_SIZE)
            return false;
        memcpy(text + size, part, part_size);
        size += part_size;
    }
    text[size] = '\0';
    return true;
}

int
directory_origin(directory_t *self, const char *file_name,
                 struct core_zone_name *origin)
{
    static const struct core_zone_name root = { 1, "" };
    char text[ORIGIN_SIZE];
    struct core_word word = { .text = text };

    if (!core_pattern_match(self->pattern, file_name, strlen(file_name)))
        return 1;
    if (!expand(self, file_name, text))
        return -1;
    word.size = (uint32_t) strlen(text);

    int size = *text == '@' ? -1
        : core_name_word(origin->bytes, &word, &root, CORE_NAME_SMALL);

    if (size == -1)
        return -1;
    origin->size = (uint16_t) size;
    return 0;
}

/* ---- walking ------------------------------------------------------------- */

static void
warn(struct walk *walk, const char *path, const char *text)
{
    if (walk->warnings != NULL)
        core_faults_add(walk->warnings, path, 0, "%s", text);
}

static void
take_file(struct walk *walk, const char *path, const char *name)
{
    struct directory_listing *listing = walk->listing;
    struct directory_file file;
    int rc = directory_origin(walk->directory, name, &file.origin);
    uint64_t hash;

    if (rc == 1)
        return;
    if (rc == -1) {
        warn(walk, path, "its name makes no origin, left out");
        return;
    }
    hash = hash_octets(walk->seed, file.origin.bytes, file.origin.size);
    if (hash_bag_add(walk->origins, hash) > 1) {
        warn(walk, path, "another file has made the same origin, left out");
        return;
    }
    if (listing->file_count == FILES) {
        warn(walk, path, "more than 1000000 files, left out");
        return;
    }
    if (listing->file_count == walk->file_capacity)
        listing->files = core_grow(listing->files, listing->file_count,
                                   &walk->file_capacity,
                                   sizeof *listing->files);
    file.path = core_copy_text(path);
    listing->files[listing->file_count++] = file;
}

/* What an entry is; links count as what they lead to, but are not entered. */
enum entry_kind { ENTRY_OTHER, ENTRY_FILE, ENTRY_FOLDER };

static enum entry_kind
kind_of(const char *path, const struct dirent *entry)
{
    struct stat status;

    if (entry->d_type == DT_REG)
        return ENTRY_FILE;
    if (entry->d_type == DT_DIR)
        return ENTRY_FOLDER;
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
        return ENTRY_OTHER;
    if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return ENTRY_FOLDER;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? ENTRY_FILE
        : ENTRY_OTHER;
}

static int
    walk_folder(struct walk *walk, const char *path, unsigned depth);

static void
take_entry(struct walk *walk, const char *folder, const struct dirent *entry,
           unsigned depth)
{
    char path[PATH_MAX];

    if (strncmp(entry->d_name, "..", 2) == 0 || strcmp(entry->d_name, ".") == 0)
        return;
    if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name)
        >= (int) sizeof path)
        return;
    switch (kind_of(path, entry)) {
    case ENTRY_FILE:
        take_file(walk, path, entry->d_name);
        break;
    case ENTRY_FOLDER:
        if (depth + 1 == DEPTH)
            warn(walk, path, "folders are nested deeper than 16, left out");
        else if (walk_folder(walk, path, depth + 1) == -1)
            warn(walk, path, strerror(errno));
        break;
    case ENTRY_OTHER:
        break;
    }
}

/* Goes through a folder in the order of its names; -1 and errno when it cannot
   be read. */
static int
walk_folder(struct walk *walk, const char *path, unsigned depth)
{
    struct directory_listing *listing = walk->listing;
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);

    if (count == -1)
        return -1;
    if (listing->folder_count == walk->folder_capacity)
        listing->folders = core_grow(listing->folders, listing->folder_count,
                                     &walk->folder_capacity,
                                     sizeof *listing->folders);
    listing->folders[listing->folder_count++] = core_copy_text(path);
    for (int i = 0; i < count; i++) {
        take_entry(walk, path, entries[i], depth);
        free(entries[i]);
    }
    free(entries);
    return 0;
}

int
directory_list(directory_t *self, struct directory_listing *listing,
               core_faults_t *warnings, struct core_fault *fault)
{
    struct walk walk = {
        .directory = self, .listing = listing, .warnings = warnings,
        .origins = hash_bag_new(0), .seed = hash_seed(),
    };
    int rc;

    *listing = (struct directory_listing) { .file_count = 0 };
    rc = walk_folder(&walk, self->path, 0);
    if (rc == -1)
        core_fault_set(fault, self->path, 0, "cannot read folder: %s",
                       strerror(errno));
    hash_bag_destroy(&walk.origins);
    return rc;
}

void
directory_listing_end(struct directory_listing *listing)
{
    for (size_t i = 0; i < listing->file_count; i++)
        free(listing->files[i].path);
    for (size_t i = 0; i < listing->folder_count; i++)
        free(listing->folders[i]);
    free(listing->files);
    free(listing->folders);
    *listing = (struct directory_listing) { .file_count = 0 };
}
