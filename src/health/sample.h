/*
 * sample - one line of the exposition format: a name, labels and a value
 *
 * Accepted is what our processes write and nothing more, for a line that is
 * wrong would make Prometheus refuse all lines of all processes: no blanks
 * inside the braces, no comma behind the last label, no label twice, no
 * timestamp; texts are printable UTF-8.
 */

#ifndef HEALTH_SAMPLE_H
#define HEALTH_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SAMPLE_LINE_SIZE 1024           /* octets of a line, at most */
#define SAMPLE_LABELS 16                /* of a sample, at most */

/* A part of a text that somebody else owns. */
struct slice {
    const char *start;
    size_t size;
};

struct sample {
    struct slice name;
    struct slice labels;                /* what stands in the braces; or "" */
    struct slice value;
};

/* Cuts up a line (without its '\n'; an octet that is no part of a character
   follows it).  False when it is no sample. */
bool
    sample_read(struct sample *self, struct slice line);

/*
 * Writes the sample with two labels more in front of its own.  Own labels of
 * these names become exported_process and exported_stage, as Prometheus does
 * it.
 */
void
    sample_write(const struct sample *self, const char *process,
                 const char *stage, FILE *file);

/* The name of a metric at the start of the text, or nothing. */
struct slice
    sample_name(struct slice text);

bool
    slice_is_equal(struct slice left, struct slice right);

/* True when all of it is printable. */
bool
    slice_is_printable(struct slice self);

#endif
