/*
 * denial - proofs that something does not exist
 *
 * For a signed zone, the NSEC records (RFC 4035 section 3.1.3) or the NSEC3
 * records (RFC 5155 section 7.2) that a validator needs with a reply, put into
 * its authority section.  For an unsigned zone, nothing.
 *
 * An NSEC3 chain with more than DENIAL_ITERATIONS costs more to prove than a
 * server should spend on a stranger's question, and resolvers do not trust it
 * (RFC 9276 section 3.2).  Such a zone is served, but where a proof would be
 * needed it fails: what a validator would call bogus is not sent.
 */

#ifndef AUTHORITY_DENIAL_H
#define AUTHORITY_DENIAL_H

#include <stdbool.h>

#include "authority/find.h"
#include "authority/reply.h"

#define DENIAL_ITERATIONS 150

enum denial_kind {
    DENIAL_NAME,        /* the name does not exist, nor a wildcard for it */
    DENIAL_TYPE,        /* the name exists, but not with that type */
    DENIAL_WILDCARD,    /* a wildcard was expanded: not the name itself */
    DENIAL_WILDCARD_TYPE, /* a wildcard matches, but has not that type */
    DENIAL_DS,          /* a cut has no DS */
};

/*
 * Writes the proof for name, of which `found` is what the zone said (for
 * DENIAL_DS: name is the cut's).  Returns false when the zone's chain is one
 * that is not used.
 */
bool
    denial_write(struct reply *reply, const struct zone *zone,
                 enum denial_kind kind, const uint8_t *name,
                 const struct found *found);

#endif
