/*
 * name_word - a word of zone text as a domain name
 *
 * What core_name_from_text() does for texts, for words that have no NUL behind
 * them, and fast: it runs for every owner of every zone.
 */

#ifndef LIB_NAME_WORD_H
#define LIB_NAME_WORD_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/name.h"
#include "lib/scanner.h"

/* A name and its size, for names that are put behind others all the time. */
struct core_zone_name {
    uint16_t size;                      /* 0: there is none */
    uint8_t bytes[CORE_NAME_SIZE];
};

enum core_name_case { CORE_NAME_AS_IT_IS, CORE_NAME_SMALL };

/*
 * Reads the name into bytes; "@" is the origin, and a name without final dot
 * stands below it.  With CORE_NAME_SMALL its letters are made small (the
 * origin's already are, or not, as they were read).  Returns its size, or -1
 * for what is no name.  A relative name without an origin (size 0) is none.
 */
int
    core_name_word(uint8_t bytes[CORE_NAME_SIZE], const struct core_word *word,
                   const struct core_zone_name *origin,
                   enum core_name_case letters);

#endif
