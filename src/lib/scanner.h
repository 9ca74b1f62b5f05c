/*
 * scanner - cuts zone text into entries, and entries into words
 *
 * An entry is a line of a master file (RFC 1035 section 5.1), or several that
 * parentheses make one.  Words are lent from the text as they stand there,
 * escapes and all; only quotes around a word are taken off.  Blank lines and
 * comments are skipped.
 */

#ifndef LIB_SCANNER_H
#define LIB_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core_word {
    const char *text;                   /* no NUL behind it */
    uint32_t size;
    bool is_quoted;
};

struct core_entry {
    const struct core_word *words;           /* lent until the next call */
    size_t count;                       /* at least one */
    int line;                           /* of the first word */
    bool has_owner;                     /* it starts at the line's edge */
    const char *end;                    /* behind its last word */
};

enum core_scan {
    CORE_SCAN_ENTRY, CORE_SCAN_END, CORE_SCAN_FAULT
};

struct core_scanner {
    const char *start;                  /* of the text; lent */
    const char *at;                     /* what comes next */
    const char *limit;
    int line;                           /* of `at` */
    const char *fault;                  /* why CORE_SCAN_FAULT */
    int fault_line;
    struct core_word *words;                 /* owned, grows */
    size_t capacity;
};

/* Starts in front of a text.  `words` is kept when the scanner had some: an
   all-zero scanner is one that had none. */
void
    core_scanner_start(struct core_scanner *self, const char *text,
                       size_t size);

/* Frees what the scanner owns. */
void
    core_scanner_end(struct core_scanner *self);

/*
 * The next entry.  After CORE_SCAN_FAULT the scanner stands behind the broken
 * line and may be asked again.
 */
enum core_scan
    core_scanner_next(struct core_scanner *self, struct core_entry *entry);

/* Octets of the text read so far: always in front of a line. */
static inline size_t
core_scanner_offset(const struct core_scanner *self)
{
    return (size_t) (self->at - self->start);
}

/* True when the word is that text, in any case. */
bool
    core_word_is(const struct core_word *word, const char *text);

/* Reads a decimal number of at most `maximum`; false for anything else. */
bool
    core_word_number(const struct core_word *word, uint32_t maximum,
                     uint32_t *number);

/* Reads a time: seconds, or "1w2d3h4m5s"; at most 2^32 - 1. */
bool
    core_word_seconds(const struct core_word *word, uint32_t *seconds);

#endif
