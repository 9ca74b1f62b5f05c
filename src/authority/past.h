/*
 * past - a zone as it was at one moment, while it goes on changing
 *
 * A transfer of a large zone takes seconds, and what arrives must be one
 * version of it.  So a past keeps copies of the nodes that are changed after
 * it began, in front of its reader only: what has been read for good need not
 * be kept.  A zone that nobody transfers pays nothing.
 *
 * The order of reading is canonical, first the names and then the owners of
 * NSEC3 records.
 */

#ifndef AUTHORITY_PAST_H
#define AUTHORITY_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authority/key.h"
#include "authority/node.h"

#define PAST_LIMIT (64u << 20)          /* octets of copies */

struct zone;

enum past_trie { PAST_NAMES, PAST_HASHES, PAST_END };

/* Where a reader is. */
struct past_place {
    enum past_trie trie;
    uint8_t name[CORE_NAME_SIZE];       /* the one to read next, or that is in
                                           front of it */
};

typedef struct past past_t;

/* The zone as it is now, for a reader that is at that place. */
past_t *
    past_new(struct zone *zone, const struct past_place *place);

/* Ends it; and a zone that was destroyed meanwhile, with the last one. */
void
    past_destroy(past_t **self_p);

/* All in front of that place has been read for good. */
void
    past_read(past_t *self, const struct past_place *place);

/*
 * The first node at or behind the place that has records, and sets the place
 * to it; NULL at the end.  Lent until the zone changes.
 */
const struct node *
    past_at(const past_t *self, struct past_place *place);

/* Moves the place behind the node there; nothing is there any more. */
void
    past_step(const past_t *self, struct past_place *place);

/* The apex as it was; it has a SOA record. */
const struct node *
    past_apex(const past_t *self);

/* The options' flags as they were. */
uint16_t
    past_flags(const past_t *self);

/* False when so much has changed that it could not be kept. */
bool
    past_is_whole(const past_t *self);

/* ---- for the zone -------------------------------------------------------- */

/* The zone is about to change the node of that name (NULL: it has none) in a
   trie. */
void
    past_keep(past_t *first, enum past_trie trie, const struct key *key,
              const struct node *old);

#endif
