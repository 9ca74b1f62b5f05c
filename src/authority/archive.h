/*
 * archive - the zones of one source on disk, for the day it is away
 *
 * What the source says is written down as it comes, behind what is there: the
 * file is a row of transactions.  A new one is begun with each life of the
 * process, beside the old, and takes its place when the source has been heard
 * to its end; when it has grown to more than twice what the zones need it is
 * written anew.
 *
 * It is only read when a source does not answer.  Nothing waits for the disk
 * (fsync): an archive that lost its end is read as far as it is whole.
 */

#ifndef AUTHORITY_ARCHIVE_H
#define AUTHORITY_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "authority/zones.h"
#include "coredns/fault.h"
#include "coredns/feed.h"

typedef struct archive archive_t;

/* Begins a new archive beside that at path, which stays until
   archive_complete().  NULL and a fault when it cannot be written. */
archive_t *
    archive_new(const char *path, struct core_fault *fault);

void
    archive_destroy(archive_t **self_p);

/* What the feed says, in its order; see struct core_subscriber_hooks. */
void
    archive_begin(archive_t *self, const struct core_zone_id *zone,
                  const struct core_zone_options *options, bool whole);
void
    archive_change(archive_t *self, const struct core_change *change);
void
    archive_commit(archive_t *self, uint64_t version);
void
    archive_abandon(archive_t *self);
void
    archive_remove(archive_t *self, const struct core_zone_id *zone);

/* A zone as it is, as if all of it had just been said. */
void
    archive_zone(archive_t *self, const struct zone *zone);

/* Writes out what was said until now; for the end of a round, when nobody
   waits. */
void
    archive_flush(archive_t *self);

/*
 * The source is complete: from here on this archive is the one at the path.
 * zones, of that source, is what is in it; they are written anew when it has
 * grown too large.
 */
void
    archive_complete(archive_t *self, const zones_t *zones, unsigned source);
void
    archive_tidy(archive_t *self, const zones_t *zones, unsigned source);

/*
 * Reads the archive at path and calls the hooks with what it holds, complete
 * transactions only: all, or (only not NULL) those of that zone, but for the
 * ones that say that it failed.  Returns how many there are; 0 and a fault when
 * there is no archive that can be read.
 */
unsigned
    archive_read(const char *path, const struct core_zone_id *only,
                 const struct core_subscriber_hooks *hooks, void *owner,
                 struct core_fault *fault);

/* The same with the octets of an archive, which may be anything. */
unsigned
    archive_read_octets(const uint8_t *bytes, size_t size,
                        const struct core_zone_id *only,
                        const struct core_subscriber_hooks *hooks,
                        void *owner);

#endif
