/*
 * key - a domain name as the row of bit positions that a trie branches on
 *
 * Labels stand from the root downwards, small letters, each octet as one
 * position (what host names are made of) or two (all others), a TERMINATOR
 * behind each label and one more at the end.  Positions are smaller than 64
 * and the TERMINATOR is the lowest of them, so rows sort as names do in
 * canonical order (RFC 4034 section 6.1), and no row is the start of another.
 */

#ifndef AUTHORITY_KEY_H
#define AUTHORITY_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/name.h"

#define KEY_TERMINATOR 1
#define KEY_POSITIONS 48                /* all positions are below */
#define KEY_SIZE 512                    /* 253 octets, twice, and the ends */

struct key {
    const uint8_t *name;                /* lent; any case */
    unsigned labels;                    /* the root not counted */
    unsigned size;
    uint8_t positions[KEY_SIZE];
    uint16_t ends[CORE_NAME_LABELS + 1]; /* behind so many labels */
};

void
    key_make(struct key *key, const uint8_t *name);

/* Makes the key, which no name has, behind those of the name and of all names
   below it, and in front of all others that are greater. */
void
    key_make_behind(struct key *key, const uint8_t *name);

/* The position at offset; behind the end there are TERMINATORs for ever. */
static inline unsigned
key_at(const struct key *key, size_t offset)
{
    return offset < key->size ? key->positions[offset] : KEY_TERMINATOR;
}

/* Where a key parts from that of a name: the first offset that differs, and the
   name's position there; -1 when none does. */
int
    key_part(const struct key *key, const uint8_t *name, unsigned *position);

/* How many whole labels lie in front of that offset. */
unsigned
    key_labels_before(const struct key *key, size_t offset);

#endif
