/*
 * difference - what changed from one version of a zone to the next
 *
 * A change of one record in a zone of a million must not cost a million
 * records.  For a large zone only the lines that differ are read, in the old
 * and in the new text, from a mark in front of them to where both texts mean
 * the same again.  For a small one both versions are read.
 */

#ifndef FILE_SYNC_DIFFERENCE_H
#define FILE_SYNC_DIFFERENCE_H

#include "file-sync/changes.h"
#include "file-sync/version.h"

enum difference {
    DIFFERENCE_CHANGES,                 /* found, and right */
    DIFFERENCE_UNPROVEN,                /* found; whether the zone is right
                                           only reading all of it tells */
    DIFFERENCE_WHOLE,                   /* too much, or a fault: read all */
};

/*
 * Compares a large version, which has its check, with the text that is to
 * follow on it.  On DIFFERENCE_CHANGES the check has taken the changes in and
 * marks (yours) are those of the new text: version_follow() is to be called.
 */
enum difference
    difference_of_text(version_t *old, text_file_t *text,
                       struct changes *changes, struct zone_context **marks,
                       size_t *mark_count);

/* Compares two versions: DIFFERENCE_CHANGES or DIFFERENCE_WHOLE. */
enum difference
    difference_of_versions(version_t *old, version_t *new_version,
                           struct changes *changes);

#endif
