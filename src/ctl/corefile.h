/*
 * corefile - a Corefile as the blocks and lines that stand in it
 *
 * Snippets and imports are put in, the environment too; what a directive means
 * is not known here.  Each line has its place, so that whatever is wrong with
 * it can be said with file and line.
 */

#ifndef CTL_COREFILE_H
#define CTL_COREFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "coredns/fault.h"

/* A directive, or a line inside the braces of one. */
struct corefile_line {
    const char *path;
    int line;
    const char **words;                 /* the name first; never empty */
    size_t count;
    size_t first_row;                   /* words before a '\' at an end */
    bool has_body;                      /* there are braces, maybe empty */
    struct corefile_line *body;
    size_t body_count;
};

/* A server block. */
struct corefile_block {
    const char *path;
    int line;
    const char **keys;
    size_t key_count;
    struct corefile_line *lines;
    size_t line_count;
};

struct corefile {
    struct corefile_block *blocks;
    size_t block_count;
    const char **paths;                 /* what another reading depends on:
                                           every file that was read, itself
                                           first, and folders of patterns */
    size_t path_count;
    struct core_arena *memory;          /* all of the above lies there */
};

/*
 * Reads the file and what it imports.  What is wrong is added to faults.
 * Returns NULL when nothing can be made of it; when only an import is missing,
 * the rest.
 */
struct corefile *
    corefile_load(const char *path, core_faults_t *faults);

void
    corefile_destroy(struct corefile **self_p);

/* True when a file of that name and text is a Corefile and no configuration
   of ours. */
bool
    corefile_is_meant(const char *path, const char *text);

#endif
