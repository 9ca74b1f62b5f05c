/*
 * version - a zone as its file said it at one moment
 *
 * A version is right: what is wrong never becomes one.  It keeps texts, not
 * records, and is read again for each subscriber that wants the zone.  A large
 * one also keeps what is needed to find a small change fast: marks all along
 * its text, and what zone_check.h knows of its records.
 */

#ifndef FILE_SYNC_VERSION_H
#define FILE_SYNC_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"
#include "file-sync/text_file.h"
#include "file-sync/zone_check.h"
#include "file-sync/zonefile.h"

#define VERSION_MARK_OCTETS (16 * 1024) /* of text between two marks */

typedef struct version version_t;

/*
 * Reads and checks the zone whose main file is text (taken, whatever comes of
 * it).  folder: see text_file_read().  Returns NULL when anything is wrong;
 * faults then has all that is, up to its bounds.  Ends by version_release().
 */
version_t *
    version_load(text_file_t **text_p, const struct core_zone_name *origin,
                 const char *folder, struct zone_faults *faults);

/*
 * The version that follows on a large one without includes, when the changes
 * between them were found right: text (taken) is new, marks (taken, of
 * core_allocate()) belong to it, check moves from the old version to it.
 */
version_t *
    version_follow(version_t *old, text_file_t **text_p,
                   struct zone_context **marks_p, size_t mark_count);

version_t *
    version_keep(version_t *self);

/* Sets the pointer to NULL. */
void
    version_release(version_t **self_p);

/* The files it was read from; the main one first. */
size_t
    version_files(const version_t *self);
text_file_t *
    version_file(const version_t *self, size_t index);

const struct core_zone_name *
    version_origin(const version_t *self);
uint32_t
    version_serial(const version_t *self);
size_t
    version_records(const version_t *self);

/* True when RRsets with several TTLs were seen in it. */
bool
    version_is_mixed(const version_t *self);

/* NULL when the version is small, or another one followed on it. */
zone_check_t *
    version_check(const version_t *self);
const struct zone_context *
    version_marks(const version_t *self, size_t *count);

/* ---- reading it once more ------------------------------------------------ */

typedef struct version_reader version_reader_t;

/* Keeps the version for as long as it lives. */
version_reader_t *
    version_read(version_t *version);
void
    version_reader_destroy(version_reader_t **self_p);

/* The next record that belongs to the zone; false at the end. */
bool
    version_reader_next(version_reader_t *self, struct zone_record *record);

/* Writes changes, as struct core_snapshot_hooks.next does. */
size_t
    version_reader_write(version_reader_t *self, uint8_t *bytes,
                         size_t limit);

#endif
