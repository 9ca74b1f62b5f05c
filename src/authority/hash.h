/*
 * hash - the hashed owner names of NSEC3 (RFC 5155 section 5)
 */

#ifndef AUTHORITY_HASH_H
#define AUTHORITY_HASH_H

#include <stdint.h>

#include "authority/zone.h"

/*
 * Writes the name whose NSEC3 record would match: the hash of name in base32
 * with extended hex alphabet, under the zone's name.  Returns false when that
 * makes no name (a zone with a name of more than 222 octets).
 */
bool
    hash_owner(const struct zone *zone, const uint8_t *name,
               uint8_t owner[CORE_NAME_SIZE]);

#endif
