/*
 * source_scan - the tokens of a configuration, as libconfig 1.5 sees them
 *
 * Only as much as is needed to find what libconfig takes in silence and to
 * know where things stand; whether the grammar is right libconfig says.
 */

#ifndef LIB_SOURCE_SCAN_H
#define LIB_SOURCE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "coredns/fault.h"

enum core_token {
    CORE_TOKEN_END,
    CORE_TOKEN_LINE,                    /* a line feed, outside of strings */
    CORE_TOKEN_COMMENT,
    CORE_TOKEN_MARK,                    /* a comment "#@ PATH:LINE" */
    CORE_TOKEN_INCLUDE,                 /* @include "..." */
    CORE_TOKEN_STRING,
    CORE_TOKEN_NUMBER,
    CORE_TOKEN_BOOLEAN,
    CORE_TOKEN_NAME,
    CORE_TOKEN_OPEN,                    /* { ( [ */
    CORE_TOKEN_CLOSE,                   /* } ) ] */
    CORE_TOKEN_EQUALS,                  /* = : */
    CORE_TOKEN_OTHER,                   /* , ; and what is no token at all */
};

struct core_scan {
    const char *at;                     /* the next octet; ended by NUL */
    bool at_line_start;                 /* only blanks so far */

    /* Of the token that core_scan_next() found: */
    const char *token;
    size_t size;
    unsigned lines;                     /* line feeds inside it */
};

/*
 * Finds the next token.  What is wrong with it is said in fault, whose text is
 * empty otherwise.
 */
enum core_token
    core_scan_next(struct core_scan *scan, struct core_fault *fault);

#endif
