/*
 * options - the options that verbs have, as a table
 */

#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include <stdio.h>

/* A bit each: a verb has a set of them, and so has a command line. */
enum grammar_option {
    OPTION_JSON = 1 << 0, OPTION_FOREGROUND = 1 << 1, OPTION_FOLLOW = 1 << 2,
    OPTION_DOT = 1 << 3, OPTION_LINES = 1 << 4, OPTION_OUTPUT = 1 << 5,
    OPTION_CHECK = 1 << 6, OPTION_TREE = 1 << 7, OPTION_BACK = 1 << 8,
    OPTION_BEFORE = 1 << 9, OPTION_FORMAT = 1 << 10, OPTION_NAME = 1 << 11,
    OPTION_TYPE = 1 << 12, OPTION_CLIENT = 1 << 13, OPTION_RCODE = 1 << 14,
    OPTION_DO = 1 << 15, OPTION_FROM = 1 << 16, OPTION_ALL = 1 << 17,
    OPTION_SERVICE_HOST = 1 << 18, OPTION_PORT = 1 << 19,
    OPTION_PRIORITY = 1 << 20, OPTION_WEIGHT = 1 << 21, OPTION_TEXT = 1 << 22,
    OPTION_MAIL = 1 << 23, OPTION_GROUP = 1 << 24,
    OPTION_TARGETSTRIP = 1 << 25, OPTION_TTL = 1 << 26,
    OPTION_STAGE = 1 << 27, OPTION_SKYDNS = 1 << 28,
};

#define OPTION_COUNT 29

/* What is said of a service; each has the name of its field. */
#define OPTION_SERVICE \
    (OPTION_SERVICE_HOST | OPTION_PORT | OPTION_PRIORITY | OPTION_WEIGHT \
     | OPTION_TEXT | OPTION_MAIL | OPTION_GROUP | OPTION_TARGETSTRIP)

struct option_entry {
    enum grammar_option option;         /* 0: the end of the table */
    const char *name;                   /* "json" */
    char letter;                        /* '\0': it has none */
    const char *value;                  /* what follows it: "file"; or NULL */
    const char *says;
};

extern const struct option_entry option_table[];

/* Its place in a row of OPTION_COUNT. */
unsigned
    option_number(enum grammar_option option);

/* Writes "-f", "--json" or "--output file". */
void
    option_write(const struct option_entry *entry, FILE *file);

#endif
