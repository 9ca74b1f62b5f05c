/*
 * record_set - the records that one thing makes in a zone
 *
 * A service, a pod, a namespace makes a few records, or thousands.  They are
 * gathered in any order, sorted once, and then compared with those it made
 * before, or written out.  Nothing of it is kept: a set is filled again and
 * again.
 */

#ifndef KUBERNETES_SYNC_RECORD_SET_H
#define KUBERNETES_SYNC_RECORD_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"

typedef struct record_set record_set_t;

record_set_t *
    record_set_new(void);
void
    record_set_destroy(record_set_t **self_p);

/* Empties it, for the next use. */
void
    record_set_clear(record_set_t *self);

size_t
    record_set_count(const record_set_t *self);

/* Adds a record; type 0, without rdata: the name exists. */
void
    record_set_add(record_set_t *self, const uint8_t *owner, uint16_t type,
                   uint32_t ttl, const void *rdata, size_t rdata_size);

/*
 * Sorts the records; what is there twice stays once.  The weights of SRV
 * records are set: 100 shared out among all that were added at the name, twice
 * or not, and at least 1.
 */
void
    record_set_sort(record_set_t *self);

/* Called for each change; it is lent for the call. */
typedef void record_set_visit(void *owner, const struct core_change *change);

/* Calls visit with the changes that make the old set into the new one; both
   are sorted.  A name that no longer exists is deleted as a whole. */
void
    record_set_difference(const record_set_t *old, const record_set_t *new,
                          record_set_visit *visit, void *owner);

/*
 * Writes the records of a sorted set from *position on as changes of kind ADD
 * and NAME, as many as fit; moves the position.  Returns the octets written; 0
 * when there are none left, or not even one fits.
 */
size_t
    record_set_write(const record_set_t *self, size_t *position,
                     uint8_t *bytes, size_t limit);

#endif
