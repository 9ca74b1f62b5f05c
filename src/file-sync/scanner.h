/*
 * scanner - cuts zone text into entries, and entries into words
 *
 * An entry is a line of a master file (RFC 1035 section 5.1), or several that
 * parentheses make one.  Words are lent from the text as they stand there,
 * escapes and all; only quotes around a word are taken off.  Blank lines and
 * comments are skipped.
 */

#ifndef FILE_SYNC_SCANNER_H
#define FILE_SYNC_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct word {
    const char *text;                   /* no NUL behind it */
    uint32_t size;
    bool is_quoted;
};

struct entry {
    const struct word *words;           /* lent until the next call */
    size_t count;                       /* at least one */
    int line;                           /* of the first word */
    bool has_owner;                     /* it starts at the line's edge */
    const char *end;                    /* behind its last word */
};

enum scan {
    SCAN_ENTRY, SCAN_END, SCAN_FAULT
};

struct scanner {
    const char *start;                  /* of the text; lent */
    const char *at;                     /* what comes next */
    const char *limit;
    int line;                           /* of `at` */
    const char *fault;                  /* why SCAN_FAULT */
    int fault_line;
    struct word *words;                 /* owned, grows */
    size_t capacity;
};

/* Starts in front of a text.  `words` is kept when the scanner had some: an
   all-zero scanner is one that had none. */
void
    scanner_start(struct scanner *self, const char *text, size_t size);

/* Frees what the scanner owns. */
void
    scanner_end(struct scanner *self);

/*
 * The next entry.  After SCAN_FAULT the scanner stands behind the broken line
 * and may be asked again.
 */
enum scan
    scanner_next(struct scanner *self, struct entry *entry);

/* Octets of the text read so far: always in front of a line. */
static inline size_t
scanner_offset(const struct scanner *self)
{
    return (size_t) (self->at - self->start);
}

/* True when the word is that text, in any case. */
bool
    word_is(const struct word *word, const char *text);

/* Reads a decimal number of at most `maximum`; false for anything else. */
bool
    word_number(const struct word *word, uint32_t maximum, uint32_t *number);

/* Reads a time: seconds, or "1w2d3h4m5s"; at most 2^32 - 1. */
bool
    word_seconds(const struct word *word, uint32_t *seconds);

#endif
