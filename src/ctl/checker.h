/*
 * checker - the whole configuration checked: ours, and each stage's by itself
 */

#ifndef CTL_CHECKER_H
#define CTL_CHECKER_H

#include <stdio.h>

#include "ctl/toolkit.h"

enum checker_depth {
    CHECKER_SETTINGS,                   /* what a start or reload needs */
    CHECKER_DATA,                       /* also what settings name: zones... */
};

/*
 * Writes the checked copy of the toolkit's configuration to copy_path, where
 * the stages' user can read it, and has every stage's program check it, all at
 * the same time.  All that is wrong is written to output, a line each,
 * "program: path:line: text".  Returns 0 or 78; 1 when a check could not be
 * made.  Without a plan only the toolkit's own faults are told.
 */
int
    checker_run(const struct toolkit *toolkit, enum checker_depth depth,
                const char *copy_path, FILE *output);

/* Writes that copy alone.  -1 when it cannot be written: that is told. */
int
    checker_write_copy(const struct toolkit *toolkit, const char *path,
                       FILE *output);

#endif
