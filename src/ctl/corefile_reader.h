/*
 * corefile_reader - the words of a Corefile with all imports put in
 *
 * What reads blocks and lines sees one row of words, wherever they stood.
 */

#ifndef CTL_COREFILE_READER_H
#define CTL_COREFILE_READER_H

#include <stdbool.h>

#include "ctl/corefile.h"
#include "ctl/corefile_scan.h"

typedef struct reader reader_t;

/*
 * Begins with the file of that path.  What is read is kept in file's memory,
 * and the paths of files in its list.  Returns NULL when the file cannot be
 * read.  All that is wrong is added to faults; both are lent.
 */
reader_t *
    reader_new(struct corefile *file, const char *path,
                        core_faults_t *faults);
void
    reader_destroy(reader_t **self_p);

/* The word that is read next; NULL at the end of all. */
const struct corefile_word *
    reader_peek(reader_t *self);

/* Goes on behind it. */
void
    reader_skip(reader_t *self);

/* True when the word that is read next is the first of its line. */
bool
    reader_begins_line(const reader_t *self);

/* True when the word is that brace, and not in quotes. */
bool
    reader_is_brace(const struct corefile_word *word,
                             const char *brace);

/* Puts in what is imported at the word that is read next; -1 when it cannot
   be. */
int
    reader_settle(reader_t *self);

/* Keeps the words up to the closing brace as the snippet of that block's key;
   -1 when there is something wrong. */
int
    reader_snippet(reader_t *self,
                            const struct corefile_block *block);

/* Adds a fault at the word, or at the end of the file; returns -1. */
int
    reader_fail(reader_t *self,
                         const struct corefile_word *word, const char *text);
int
    reader_fail_at_end(reader_t *self);

#endif
