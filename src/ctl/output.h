/*
 * output - what a process writes to standard error, kept in a file
 *
 * NAME.log in the log folder.  The supervisor opens it and hands it on, so it
 * stays good when the supervisor dies.
 */

#ifndef CTL_OUTPUT_H
#define CTL_OUTPUT_H

#include <stddef.h>

/*
 * Opens the file for appending.  One that has grown large is renamed to
 * NAME.log.1 before.  Returns -1 when folder is -1 or it cannot be opened.
 */
int
    output_open(int folder, const char *name);

/*
 * Moves what the file holds to NAME.log.1 once it has grown large.  Whoever
 * writes to it goes on doing so; what is written in that very moment may be
 * lost.
 */
void
    output_trim(int folder, const char *name);

/* Writes "exited with CODE" and, when there is one, the file's last line. */
void
    output_describe(int folder, const char *name, int exit_code, char *text,
                    size_t text_size);

#endif
