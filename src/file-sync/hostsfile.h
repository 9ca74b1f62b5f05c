/*
 * hostsfile - addresses and names as /etc/hosts has them
 *
 * A line is an address and its names; '#' starts a comment.  A name gets an A
 * or AAAA record for each of its lines, in their order and as often as it
 * stands there, and the address a PTR record for each of its names.  Lines
 * that make no sense are left out with a warning, for that is what every
 * reader of such files does.
 *
 * The names are shared out among zones: each goes to the nearest one above it,
 * and those below none of them are left out.  Records of addresses for which
 * no zone was named go to in-addr.arpa and ip6.arpa.
 */

#ifndef FILE_SYNC_HOSTSFILE_H
#define FILE_SYNC_HOSTSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/feed.h"
#include "lib/name_word.h"

#define HOSTSFILE_RECORDS 4096          /* of one name and type, at most: no
                                           message could hold more */

struct hostsfile_options {
    const struct core_zone_name *zones;      /* small letters; lent */
    size_t zone_count;
    uint32_t ttl;
    bool reverse;                       /* PTR records too */
};

typedef struct hostsfile hostsfile_t;

/* Starts an empty one. */
hostsfile_t *
    hostsfile_new(const struct hostsfile_options *options);

/* Adds the lines of a text; path and the number of its first line are for
   warnings (may be NULL). */
void
    hostsfile_add(hostsfile_t *self, const char *text, size_t size,
                  const char *path, int line, core_faults_t *warnings);

/* All lines were added.  From here on it can be read, and kept. */
void
    hostsfile_close(hostsfile_t *self);

hostsfile_t *
    hostsfile_keep(hostsfile_t *self);

/* Sets the pointer to NULL. */
void
    hostsfile_release(hostsfile_t **self_p);

/* Lines that gave an address. */
size_t
    hostsfile_entries(const hostsfile_t *self);

/* The zones: those of the options, then those for addresses if needed. */
size_t
    hostsfile_zones(const hostsfile_t *self);
const struct core_zone_name *
    hostsfile_zone(const hostsfile_t *self, size_t zone);

/* True for a zone that was added for addresses. */
bool
    hostsfile_zone_is_reverse(const hostsfile_t *self, size_t zone);

/* ---- reading ------------------------------------------------------------- */

typedef struct hostsfile_reader hostsfile_reader_t;

/* Reads the RRsets of a zone, sorted; keeps the hosts for as long. */
hostsfile_reader_t *
    hostsfile_read(hostsfile_t *self, size_t zone);
void
    hostsfile_reader_destroy(hostsfile_reader_t **self_p);

/* The next RRset as a PUT, lent until the next call; false at the end. */
bool
    hostsfile_reader_next(hostsfile_reader_t *self,
                          struct core_change *change);

/* Writes changes, as struct core_snapshot_hooks.next does. */
size_t
    hostsfile_reader_write(hostsfile_reader_t *self, uint8_t *bytes,
                           size_t limit);

/*
 * Says what makes the zone of the first the zone of the second, of the same
 * options: calls change for each RRset that is other or gone.  Returns how
 * many there were.
 */
size_t
    hostsfile_difference(hostsfile_t *from, hostsfile_t *to, size_t zone,
                         void (*change)(void *owner,
                                        const struct core_change *change),
                         void *owner);

#endif
