/*
 * changes - records that leave a zone and records that join it
 */

#ifndef FILE_SYNC_CHANGES_H
#define FILE_SYNC_CHANGES_H

#include <stdbool.h>

#include "file-sync/record_list.h"
#include "file-sync/zone_check.h"

struct changes {
    record_list_t *removed;             /* not sorted in any useful order; */
    record_list_t *added;               /* removals come first */
};

void
    changes_start(struct changes *self);
void
    changes_end(struct changes *self);

/* True when a zone that was right, and of which check knows all, is right with
   the changes too; false when only reading all of it tells.  Both lists are
   sorted. */
bool
    changes_are_proven(const struct changes *self, const zone_check_t *check);

/* Has the check take the changes in. */
void
    changes_apply(const struct changes *self, zone_check_t *check);

/*
 * True when a removed record must leave the zone: not when another copy of it
 * is still in the text.  check is that of the new version, or NULL when
 * changes are those of two versions.
 */
bool
    changes_is_removal(const struct changes *self, const zone_check_t *check,
                       const struct zone_record *removed);

#endif
