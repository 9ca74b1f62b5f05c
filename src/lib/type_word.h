/*
 * type_word - a word of zone text as a record type or a class
 */

#ifndef LIB_TYPE_WORD_H
#define LIB_TYPE_WORD_H

#include "lib/scanner.h"

/* The type that a word names, or -1. */
int
    core_type_word(const struct core_word *word);

/* The class that a word names, or -1. */
int
    core_class_word(const struct core_word *word);

#endif
