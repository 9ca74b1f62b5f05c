/*
 * table - rows of words in columns as wide as they must be
 */

#include "ctl/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct table {
    size_t columns;
    char **cells;                       /* row by row */
    size_t count;
    size_t capacity;
};

table_t *
table_new(const char *const *heads)
{
    table_t *self = core_allocate(sizeof *self);

    while (heads[self->columns] != NULL)
        self->columns++;
    table_add(self, heads);
    return self;
}

void
table_destroy(table_t **self_p)
{
    assert(self_p);

    table_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++)
        free(self->cells[i]);
    free(self->cells);
    free(self);
    *self_p = NULL;
}

void
table_add(table_t *self, const char *const *cells)
{
    for (size_t i = 0; i < self->columns; i++) {
        self->cells = core_grow(self->cells, self->count, &self->capacity,
                                sizeof *self->cells);
        self->cells[self->count++] = core_copy_text(cells[i]);
    }
}

static int
width_of(const table_t *self, size_t column)
{
    size_t width = 0;

    for (size_t i = column; i < self->count; i += self->columns)
        if (strlen(self->cells[i]) > width)
            width = strlen(self->cells[i]);
    return (int) width;
}

/* The last column of the row that has a word. */
static size_t
last_of(const table_t *self, size_t row)
{
    size_t last = self->columns - 1;

    while (last > 0 && *self->cells[row + last] == '\0')
        last--;
    return last;
}

void
table_print(const table_t *self, FILE *file)
{
    for (size_t row = 0; row < self->count; row += self->columns) {
        size_t last = last_of(self, row);

        for (size_t i = 0; i < last; i++)
            fprintf(file, "%-*s  ", width_of(self, i), self->cells[row + i]);
        fprintf(file, "%s\n", self->cells[row + last]);
    }
}
