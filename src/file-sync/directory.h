/*
 * directory - a folder whose files are zones
 *
 * Every regular file below the folder whose name matches a pattern is a zone;
 * its origin is made from the groups of the match: "{1}", or "{name}" for a
 * group "(?P<name>...)".  The pattern may match anywhere in the name.  Files
 * are taken in the order of their paths; when two make the same origin, the
 * first one wins.  Folders whose names start with ".." are not entered: a
 * ConfigMap keeps the versions of its files there.
 */

#ifndef FILE_SYNC_DIRECTORY_H
#define FILE_SYNC_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "lib/name_word.h"

typedef struct directory directory_t;

/* A file that was found. */
struct directory_file {
    char *path;
    struct core_zone_name origin;            /* small letters */
};

/* path and origin are lent.  Returns NULL and a fault when pattern is no
   regular expression or origin names a group it has not. */
directory_t *
    directory_new(const char *path, const char *pattern, const char *origin,
                  struct core_fault *fault);
void
    directory_destroy(directory_t **self_p);

const char *
    directory_path(const directory_t *self);

/*
 * Makes the origin from a file name.  Returns 0, 1 when the name does not
 * match, or -1 when what comes out is no domain name.
 */
int
    directory_origin(directory_t *self, const char *file_name,
                     struct core_zone_name *origin);

/*
 * Looks what is there.  files and folders (all that were entered) are yours:
 * end them by directory_listing_end().  Returns -1 and a fault when the folder
 * itself cannot be read.  Warnings (may be NULL) tell what was left out.
 */
struct directory_listing {
    struct directory_file *files;
    size_t file_count;
    char **folders;
    size_t folder_count;
};

int
    directory_list(directory_t *self, struct directory_listing *listing,
                   core_faults_t *warnings, struct core_fault *fault);
void
    directory_listing_end(struct directory_listing *listing);

#endif
