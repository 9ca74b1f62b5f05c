/*
 * find - what a zone has to say of a name
 *
 * The matching of RFC 1034 section 4.3.2 step 3 with what RFC 4592 (wildcards)
 * and RFC 6672 (DNAME) made of it, apart from types and messages: the first
 * thing on the way from the apex down decides.
 */

#ifndef AUTHORITY_FIND_H
#define AUTHORITY_FIND_H

#include "authority/key.h"
#include "authority/zone.h"

enum find_kind {
    FIND_NODE,          /* the name has records: node */
    FIND_EMPTY,         /* it exists, by names below it or because the source
                           says so (node), but has no records */
    FIND_WILDCARD,      /* it does not exist; node is the wildcard's */
    FIND_WILDCARD_EMPTY, /* ...; the wildcard exists, but has no records */
    FIND_NOTHING,       /* it does not exist */
    FIND_CUT,           /* it is at or below the cut of node (NS) */
    FIND_DNAME,         /* it is below the DNAME of node */
};

struct found {
    enum find_kind kind;
    const struct node *node;            /* or NULL */
    unsigned shared;                    /* labels of the closest encloser, or
                                           of the name itself if it exists */
};

/*
 * Looks for the key, a name at or below the zone's.  side says whether a name
 * that is itself a cut is seen from below it (FIND_CUT) or from above
 * (FIND_NODE), as a question for DS is (RFC 4035 section 3.1.4.1).
 */
enum find_side { FIND_CHILD_SIDE, FIND_PARENT_SIDE };

void
    find_name(const struct zone *zone, const struct key *key,
              enum find_side side, struct found *found);

/*
 * Makes the wildcard below a closest encloser: "*" and the last so many labels
 * of name.  Returns false when there is no room for it in a name.
 */
bool
    find_wildcard_name(uint8_t wildcard[CORE_NAME_SIZE], const uint8_t *name,
                       unsigned labels);

#endif
