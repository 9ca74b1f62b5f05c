/*
 * table - rows of words in columns as wide as they must be
 */

#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stdio.h>

typedef struct table table_t;

/* heads: the words of the first row, ended by NULL. */
table_t *
    table_new(const char *const *heads);

void
    table_destroy(table_t **self_p);

/* Adds a row of as many words; they are copied. */
void
    table_add(table_t *self, const char *const *cells);

/* Columns are two blanks apart, the last one is not padded. */
void
    table_print(const table_t *self, FILE *file);

#endif
