/*
 * name - domain names as they stand on the wire
 *
 * A name is a row of labels, each behind its length, ended by the empty label
 * of the root (RFC 1035 section 3.1).  It takes at most 255 octets, a label at
 * most 63.  Names here are never compressed and, but for core_name_check() and
 * core_name_from_text(), already known to be well formed.
 *
 * Letters compare without regard to case, ASCII only (RFC 4343).
 */

#ifndef COREDNS_NAME_H
#define COREDNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORE_NAME_SIZE 255              /* octets on the wire */
#define CORE_NAME_TEXT_SIZE 1025        /* as text with \DDD, with its NUL */
#define CORE_NAME_LABELS 127            /* labels, the root not counted */
#define CORE_LABEL_SIZE 63

/*
 * The size of the name at bytes, or -1 when it is not a whole well-formed
 * uncompressed name within limit octets.  Takes anything.
 */
int
    core_name_check(const uint8_t *bytes, size_t limit);

/*
 * Reads a name as zone files write it, with \DDD and \X.  A name without final
 * dot is put under origin; with origin NULL it is taken as absolute.  "@" is
 * the origin itself.  Returns the size, or -1 for what is no name (empty
 * label, label or name too long, bad escape; blank, control, quote, semicolon
 * or parenthesis without its backslash; "@" without origin).
 */
int
    core_name_from_text(uint8_t name[CORE_NAME_SIZE], const char *text,
                        const uint8_t *origin);

/*
 * Writes the name with its final dot and returns text; never fails.  What zone
 * files give a meaning stands behind a backslash, what does not print is \DDD.
 */
char *
    core_name_to_text(char text[CORE_NAME_TEXT_SIZE], const uint8_t *name);

/* Octets of the name, the root label counted. */
size_t
    core_name_size(const uint8_t *name);

/* Labels of the name, the root not counted: "www.example." has two. */
unsigned
    core_name_labels(const uint8_t *name);

/* The name without its first so many labels; lent, a part of name. */
const uint8_t *
    core_name_skip(const uint8_t *name, unsigned labels);

bool
    core_name_equal(const uint8_t *left, const uint8_t *right);

/* The same for one label each, standing behind its length. */
bool
    core_name_label_equal(const uint8_t *left, const uint8_t *right);

/* Negative, 0 or positive in canonical order (RFC 4034 section 6.1). */
int
    core_name_compare(const uint8_t *left, const uint8_t *right);

/* True when name is ancestor or stands below it. */
bool
    core_name_is_below(const uint8_t *name, const uint8_t *ancestor);

bool
    core_name_is_wildcard(const uint8_t *name);

/* Makes all letters small, in place (RFC 4034 section 6.2). */
void
    core_name_lower(uint8_t *name);

/*
 * A hash of the name, the same for every case of its letters, on every host
 * and in every version: it chooses the instance of a stage (coredns-pipe(7)).
 * All octets of the name, the lengths and the root's included, letters small:
 *
 *     hash = 0xcbf29ce484222325                           (FNV-1a, 64 bits)
 *     for each octet: hash = (hash ^ octet) * 0x100000001b3
 *     hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd
 *     hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53
 *     hash = hash ^ hash >> 33
 *
 * all modulo 2^64.  The root has 0xb9034ad37056f5fb.
 */
uint64_t
    core_name_hash(const uint8_t *name);

/*
 * Puts the first prefix_labels labels of prefix (all of them, if it has less)
 * in front of suffix.  Returns the size, or -1 when it exceeds 255.  Neither
 * may lie in name.
 */
int
    core_name_join(uint8_t name[CORE_NAME_SIZE], const uint8_t *prefix,
                   unsigned prefix_labels, const uint8_t *suffix);

#endif
