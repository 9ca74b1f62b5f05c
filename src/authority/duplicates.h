/*
 * duplicates - which records of an RRset under construction were there before
 *
 * An RRset is a set (RFC 2181 section 5).  Few new records are compared with
 * each that is there; when they are many, they are found by their hash, so
 * that an RRset of ten thousand is no more than ten thousand steps.
 */

#ifndef AUTHORITY_DUPLICATES_H
#define AUTHORITY_DUPLICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct duplicates {
    uint16_t type;
    const uint8_t *bytes;               /* lent: where the records lie */
    size_t start;                       /* of the first one */
    size_t count;                       /* of those that are there */
    size_t noted;                       /* of those that were looked for */
    uint32_t *table;                    /* offsets by hash; 0: none */
    size_t places;
};

/* Starts with an RRset of that type, whose records will lie in bytes from
   offset start on, each behind its size. */
void
    duplicates_start(struct duplicates *self, uint16_t type,
                     const uint8_t *bytes, size_t start);

/* Takes over so many records from the first one on: no two are equal. */
void
    duplicates_trust(struct duplicates *self, size_t count);

/*
 * Says whether the record at offset, which stands behind all that were new,
 * is one of them; otherwise it is new.
 */
bool
    duplicates_note(struct duplicates *self, size_t offset);

void
    duplicates_end(struct duplicates *self);

#endif
