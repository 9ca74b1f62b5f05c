/*
 * output - what a process writes to standard error, kept in a file
 *
 * NAME.log in the log folder.  The supervisor opens it and hands it on, so it
 * stays good when the supervisor dies.
 */

#ifndef CTL_OUTPUT_H
#define CTL_OUTPUT_H

#include <stddef.h>
#include <sys/types.h>

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

/* How an end is told of: the code, and the file as it was at the beginning. */
struct output_end {
    int exit_code;
    off_t begun_at;                     /* octets that were there already */
};

/*
 * Writes "exited with CODE" and the last line of the file, when it was written
 * since.
 */
void
    output_describe(int folder, const char *name, struct output_end end,
                    char *text, size_t text_size);

/* Removes the file of a process that will not come again. */
void
    output_remove(int folder, const char *name);

#endif
