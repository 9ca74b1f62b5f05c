/*
 * selector - a label selector, as kubectl takes it
 */

#include "kubernetes-sync/selector.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What a key or a value is made of; values may be empty. */
static const char word[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./";

static const char *
skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* Moves over a word; false when there is none. */
static bool
skip_word(const char **at)
{
    size_t size = strspn(*at, word);

    *at += size;
    return size > 0;
}

/* Moves over "(a,b)"; what is wrong with it, or NULL.  A set of nothing is
   refused by the server. */
static const char *
check_set(const char **at)
{
    const char *start;

    *at = skip_blanks(*at);
    if (**at != '(')
        return "a set in ( ) is missing";
    start = skip_blanks(*at + 1);
    do {
        *at = skip_blanks(*at + 1);
        skip_word(at);
        *at = skip_blanks(*at);
    } while (**at == ',');
    if (**at != ')')
        return "a set in ( ) is missing";
    return (*at)++ == start ? "a set is empty" : NULL;
}

/* Moves over a keyword that a set follows. */
static bool
skip_keyword(const char **at, const char *keyword)
{
    size_t size = strlen(keyword);

    if (strncmp(*at, keyword, size) != 0
        || (strchr(word, (*at)[size]) != NULL && (*at)[size] != '\0'))
        return false;
    *at += size;
    return true;
}

static const char *
check_values(const char **at)
{
    if (skip_keyword(at, "in") || skip_keyword(at, "notin"))
        return check_set(at);
    if (**at == '=' || **at == '!' || **at == '<' || **at == '>') {
        bool is_not = **at == '!';

        ++*at;
        if (is_not && **at != '=')
            return "! has no =";
        *at += **at == '=';
        *at = skip_blanks(*at);
        skip_word(at);
    }
    return NULL;
}

static const char *
check_requirement(const char **at)
{
    bool is_absent;
    const char *fault;

    *at = skip_blanks(*at);
    is_absent = **at == '!';
    *at = skip_blanks(*at + is_absent);
    if (!skip_word(at))
        return "a label is missing";
    *at = skip_blanks(*at);
    fault = is_absent ? NULL : check_values(at);
    *at = skip_blanks(*at);
    return fault;
}

const char *
selector_check(const char *text)
{
    const char *at = text;
    const char *fault;

    if (*skip_blanks(at) == '\0')
        return NULL;
    while ((fault = check_requirement(&at)) == NULL) {
        if (*at == '\0')
            return NULL;
        if (*at++ != ',')
            return "not a label selector";
    }
    return fault;
}

char *
selector_escape(const char *text)
{
    char *escaped;
    size_t size;
    FILE *file;

    if (text == NULL || *text == '\0')
        return NULL;
    file = open_memstream(&escaped, &size);
    for (; *text != '\0'; text++)
        if (isalnum((unsigned char) *text) || strchr("-_.~", *text) != NULL)
            fputc(*text, file);
        else
            fprintf(file, "%%%02X", (unsigned char) *text);
    fclose(file);
    return escaped;
}
