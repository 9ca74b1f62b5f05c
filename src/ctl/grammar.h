/*
 * grammar - the command line: verbs, their options and their arguments
 *
 * The grammar is a table, so a wrong word is answered with the right ones and
 * the usage lines cannot lie.
 */

#ifndef CTL_GRAMMAR_H
#define CTL_GRAMMAR_H

#include <stdbool.h>
#include <stdio.h>

#include "ctl/options.h"

#define GRAMMAR_WORDS 4                 /* behind a verb, at most */

struct request;

struct verb {
    const char *name;
    int (*run)(const struct request *request);
    unsigned options;                   /* enum grammar_option, those it has */
    const char *argument;               /* "stage"; NULL: it takes none */
    int least, most;                    /* words that it takes */
    const char *says;
    const char *command;                /* what may stand behind "--":
                                           "program [word ...]"; or NULL */
};

/* What the command line asks for; texts are lent from it. */
struct request {
    const struct verb *verb;
    const char *config_path;
    bool names_config;                  /* by -c */
    const char *run_directory;          /* -r, or NULL */
    const char *argument;               /* the first word, or NULL */
    char *const *words;                 /* all behind the verb */
    size_t word_count;
    char *const *command;               /* the words behind "--", ended by
                                           NULL; NULL: there is no "--" */
    unsigned options;                   /* enum grammar_option, those given */
    const char *values[OPTION_COUNT];   /* of those that have one */
    int verbose;
    long lines;                         /* of logs --lines; -1: all */
};

/* The value that was given with an option, or NULL. */
const char *
    request_value(const struct request *self, enum grammar_option option);

/*
 * Reads the command line by the verbs of the table (ended by a NULL name).
 * Returns -1 when request->verb is to be run, or else the exit code: help was
 * asked for and printed, or the words were wrong and that was said.
 */
int
    grammar_read(struct request *request, const struct verb *verbs, int argc,
                 char **argv);

/* The verb of that name, or NULL. */
const struct verb *
    grammar_verb(const struct verb *verbs, const char *name);

/* Writes all verbs, or how to use the one (may be NULL). */
void
    grammar_help(const struct verb *verbs, const struct verb *verb,
                 FILE *file);

#endif
