/*
 * words - what the texts have in common: words for flags and marks
 */

#ifndef TAP_WORDS_H
#define TAP_WORDS_H

#include "tap/format.h"

#define WORDS_MOST 12                   /* flags or marks, at most */
#define WORDS_CLEAN_SIZE (CORE_TRAIL_SIZE + 1)

/* "QUERY", "OPCODE7". */
void
    words_opcode(struct core_sheet *sheet, unsigned opcode);

/* "NOERROR", "RCODE4095". */
void
    words_rcode(struct core_sheet *sheet, unsigned rcode);

/* "A", "IN". */
void
    words_type(struct core_sheet *sheet, uint16_t type);
void
    words_class(struct core_sheet *sheet, uint16_t rclass);

/* "udp", "internal"; a number for what has no word. */
void
    words_transport(struct core_sheet *sheet, unsigned transport);

/* Flags of the header: "qr", "aa"...  Returns how many; words are constant. */
unsigned
    words_flags(const struct item *item, const char *words[WORDS_MOST]);

/* What is special: "resent", "internal", "trace", "more", "transfer". */
unsigned
    words_marks(const struct item *item, const char *words[WORDS_MOST]);

/* Octets as a text of one line that a terminal can show; returns text. */
const char *
    words_clean(char text[WORDS_CLEAN_SIZE], const uint8_t *octets,
                size_t size);

/*
 * The next item of that kind in the record's trail, behind *offset, which
 * starts at 0; NULL when there is none.
 */
const uint8_t *
    words_trail(const struct core_record *record, enum core_trail_kind kind,
                size_t *offset, size_t *size);

/* Microseconds since the query came to the frontend; -1: not known. */
int64_t
    words_waited(const struct item *item);

#endif
