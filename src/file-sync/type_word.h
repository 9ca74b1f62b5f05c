/*
 * type_word - a word of zone text as a record type or a class
 */

#ifndef FILE_SYNC_TYPE_WORD_H
#define FILE_SYNC_TYPE_WORD_H

#include <stdbool.h>

#include "file-sync/scanner.h"

/* The type that a word names, or -1. */
int
    type_word_read(const struct word *word);

/* True when the word is a class; *is_ours says whether it is IN. */
bool
    class_word_read(const struct word *word, bool *is_ours);

#endif
