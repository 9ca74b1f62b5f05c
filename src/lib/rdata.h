/*
 * rdata - the words behind a type as wire format
 *
 * A table says for each type which fields its rdata has; one small function
 * reads each kind of field.  Types that are rare and odd (LOC, APL, HIP...)
 * are left to ldns, and any type may be written in the generic form of RFC
 * 3597.  Names inside rdata are never compressed; those of NS, SOA, CNAME and
 * MX are made small, so that answers compress well.
 */

#ifndef LIB_RDATA_H
#define LIB_RDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name_word.h"
#include "lib/scanner.h"

#define CORE_RDATA_SIZE 65535

/* Reads words into octets, from the first to the last. */
struct core_rdata_reader {
    uint8_t *bytes;                     /* room for CORE_RDATA_SIZE octets */
    size_t size;                        /* written */
    uint16_t type;
    const struct core_word *word;            /* the next one */
    size_t left;                        /* words */
    const struct core_zone_name *origin;
    const char *fault;                  /* constant text; NULL: none */
    const struct core_word *fault_word;      /* what it is about; or NULL */
};

/*
 * Reads all words as rdata of the type.  Set bytes, type, word, left and
 * origin before.  False when they are none: fault and fault_word say why.
 */
bool
    core_rdata_read(struct core_rdata_reader *self);

/* ---- for the readers of single fields (rdata_field.c, svcb.c) ------------ */

/* Notes a fault about a word (or NULL) and returns false. */
bool
    rdata_fail(struct core_rdata_reader *self, const struct core_word *word,
               const char *fault);

bool
    rdata_put(struct core_rdata_reader *self, const void *octets, size_t size);
bool
    rdata_put8(struct core_rdata_reader *self, unsigned value);
bool
    rdata_put16(struct core_rdata_reader *self, unsigned value);
bool
    rdata_put32(struct core_rdata_reader *self, uint32_t value);

/* The octets of a word with its escapes resolved: at most `limit`, or -1. */
int
    rdata_unescape(uint8_t *bytes, size_t limit, const char *text,
                   size_t size);

#endif
