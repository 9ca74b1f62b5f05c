/*
 * source - the text of a configuration, its includes put in
 *
 * libconfig is given one text.  This class makes it from the files, knows for
 * each line of it the place that a person should look at, and finds what
 * libconfig would take without a word: numbers that do not fit above all.
 */

#ifndef LIB_SOURCE_H
#define LIB_SOURCE_H

#include <stddef.h>

#include "coredns/fault.h"

typedef struct core_source core_source_t;

/* Where a line was written: a file as the user named it; line 0: all of it. */
struct core_source_place {
    const char *path;                   /* lent by the source */
    int line;
};

struct core_paths {
    const char **items;
    size_t count, capacity;
};

/*
 * Reads the file and all it includes.  Returns NULL, with every fault in
 * faults, when anything is wrong.
 */
core_source_t *
    core_source_load(const char *path, core_faults_t *faults);

/* As it, of a text that is in no file; every line should have its mark. */
core_source_t *
    core_source_parse(const char *text, core_faults_t *faults);

void
    core_source_destroy(core_source_t **self_p);

const char *
    core_source_text(const core_source_t *self);

/*
 * The files the text was made from: those that marks of line 0 name on lines of
 * their own, but for the first line's, or else those that were read, as their
 * includes named them; lent by the source.
 */
const struct core_paths *
    core_source_files(const core_source_t *self);

/* The place of a line of that text; its mark counts when it has one. */
struct core_source_place
    core_source_place(const core_source_t *self, unsigned line);

/*
 * The line of the text where the scalar of that index begins, in the order of
 * the text; 0 when there is none.  libconfig names the line of the token
 * after a string.
 */
unsigned
    core_source_scalar_line(const core_source_t *self, size_t index);

#endif
