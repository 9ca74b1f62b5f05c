/*
 * generate - the lines that a $GENERATE directive stands for
 *
 * "$GENERATE 1-10/2 host-$ A 192.0.2.$" is five records.  "$" is the number,
 * "${offset,width,base}" the number plus offset, of that width, in base d, o,
 * x, X, n or N (nibbles in reverse, as under ip6.arpa); "\$" and "$$" are a
 * dollar sign.
 */

#ifndef FILE_SYNC_GENERATE_H
#define FILE_SYNC_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/scanner.h"

#define GENERATE_LINE_SIZE 4096         /* octets of a line, at most */

struct generate {
    const char *text;                   /* owner and all behind it; lent */
    size_t size;
    uint64_t number;                    /* of the next line */
    uint64_t last;
    uint64_t step;
};

/* Reads the directive's entry; false and *fault when it is broken. */
bool
    generate_start(struct generate *self, const struct core_entry *entry,
                   const char **fault);

/* How many lines are still to come. */
uint64_t
    generate_left(const struct generate *self);

/*
 * Writes the next line and goes on.  Returns its size; 0 and *fault when it is
 * broken or too long (then nothing more comes).  Call it only while lines are
 * left.
 */
size_t
    generate_next(struct generate *self, char line[GENERATE_LINE_SIZE],
                  const char **fault);

#endif
