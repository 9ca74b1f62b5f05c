/*
 * output - one reader of what is printed: a file, a pipe, a viewer
 *
 * Nobody is waited for.  What a reader does not take at once is kept in a
 * backlog of fixed size; when that is full, whole items are lost, counted, and
 * in a text the reader is told so where they are missing.
 */

#ifndef TAP_OUTPUT_H
#define TAP_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/loop.h"
#include "tap/format.h"
#include "tap/gather.h"

/* The least a backlog holds: the largest item, and words of ours. */
#define OUTPUT_BACKLOG (ITEM_SIZE + 2 * FORMAT_HEAD_SIZE)

enum output_kind {
    OUTPUT_FILE,                        /* always takes what it is given */
    OUTPUT_PIPE,                        /* or a terminal; does not block */
    OUTPUT_SOCKET,
};

typedef struct output output_t;

/*
 * Takes over the descriptor and sends what the format begins with.  backlog is
 * at least OUTPUT_BACKLOG.  lost counts what is lost, for all readers.
 */
output_t *
    output_new(core_loop_t *loop, int fd, enum output_kind kind,
               const struct format *format, size_t backlog, uint64_t *lost);

/* Sends what the format ends with, if it is taken at once, and closes. */
void
    output_destroy(output_t **self_p);

/* Sends the items of a round. */
void
    output_take(output_t *self, const struct gather *gather);

/* The cause why the reader is gone, as errno has it, or 0. */
int
    output_error(const output_t *self);

#endif
