/*
 * corefile_scan - the text of a Corefile as words
 *
 * A word ends at a blank.  In double quotes blanks belong to it, and \" is a
 * quote.  '#' at the start of a word begins a comment.  A backslash at the end
 * of a line joins the next one to it.
 */

#ifndef CTL_COREFILE_SCAN_H
#define CTL_COREFILE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "coredns/fault.h"

struct corefile_word {
    char *text;                         /* the list's */
    const char *path;                   /* lent by who scanned */
    int line;
    bool is_quoted;
    bool begins_line;                   /* the first word of its line */
};

/* Words in a row, growing. */
struct corefile_words {
    struct corefile_word *items;
    size_t count;
    size_t capacity;
};

/*
 * Appends the words of text.  "{$NAME}" and "{%NAME%}" are replaced from the
 * environment, each within its word; a variable that is not set is empty.
 * path is lent as long as the words live.  Returns -1 and a fault when a quote
 * does not end.
 */
int
    corefile_scan(struct corefile_words *words, const char *text,
                  const char *path, struct core_fault *fault);

/* Appends a copy of a word. */
void
    corefile_words_add(struct corefile_words *words,
                       const struct corefile_word *word);

/* Frees the words; the struct can be used again. */
void
    corefile_words_clear(struct corefile_words *words);

#endif
