/*
 * lines - octets as they come, cut into lines
 *
 * A line ends with a line feed; a carriage return in front of it is not its
 * own.  What is longer than the limit is skipped to its end.
 */

#ifndef EXEC_LINES_H
#define EXEC_LINES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lines lines_t;

/* limit: octets of a line, its end not counted. */
lines_t *
    lines_new(size_t limit);
void
    lines_destroy(lines_t **self_p);

/* Room for more octets, *size of them, never 0. */
char *
    lines_room(lines_t *self, size_t *size);

/* So many were put there. */
void
    lines_add(lines_t *self, size_t size);

enum lines_found {
    LINES_NONE,                         /* more octets are needed */
    LINES_ONE,
    LINES_TOO_LONG,                     /* here ended one above the limit; text
                                           is its begin */
};

/*
 * The next line, with a NUL in place of its end; lent until the next call of
 * lines_room().  *octets is what it took of the stream, its end counted.
 * Ask until there is none, then add.
 */
enum lines_found
    lines_next(lines_t *self, char **text, size_t *size, size_t *octets);

/* Octets of the line that has not ended yet, those skipped counted. */
size_t
    lines_begun(const lines_t *self);

/* What came without a line feed at the end of the stream, as a line. */
enum lines_found
    lines_last(lines_t *self, char **text, size_t *size);

#endif
