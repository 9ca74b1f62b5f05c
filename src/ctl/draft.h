/*
 * draft - lines of a configuration that is being written
 *
 * Each line knows the line of a Corefile that it says again.
 */

#ifndef CTL_DRAFT_H
#define CTL_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ctl/corefile.h"

#define DRAFT_INDENT 4                  /* blanks for one step */

struct draft_line {
    char *text;
    int indent;                         /* steps */
    const char *path;                   /* lent */
    int line;
};

/* All zero is an empty one. */
struct draft {
    struct draft_line *items;
    size_t count, capacity;
    bool names_files;                   /* that the stage reads */
};

/* Appends a line; path is lent as long as the draft lives. */
void
    draft_add(struct draft *self, const char *path, int line, int indent,
              const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The same for what one line of a Corefile says, at its place. */
#define draft_say(self, line_, indent, ...) \
    draft_add(self, (line_)->path, (line_)->line, indent, __VA_ARGS__)

/* Puts a comma behind the last line, if there is one. */
void
    draft_separate(struct draft *self);

/* Appends all lines of the other, so much farther in, and empties it. */
void
    draft_move(struct draft *self, struct draft *other, int indent);

/* Appends copies of the other's lines, so much farther in. */
void
    draft_copy(struct draft *self, const struct draft *other, int indent);

/* The text without places: what is the same for us reads the same; yours. */
char *
    draft_plain(const struct draft *self);

/* Writes the lines, each with its mark, so much farther in. */
void
    draft_write(const struct draft *self, int indent, FILE *file);

void
    draft_clear(struct draft *self);

/* The text in quotes, or the texts in brackets; it lies in the arena. */
const char *
    draft_quote(struct core_arena *memory, const char *text);
const char *
    draft_list(struct core_arena *memory, const char *const *texts,
               size_t count);

#endif
