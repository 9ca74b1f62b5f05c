/*
 * lines - octets as they come, cut into lines
 *
 * One buffer, which has room for the longest line and one read more: lines are
 * given out from its front, and what is left moves there before the next read.
 * Of a line that is too long the begin stays, and all that follows of it
 * is dropped as it comes.
 */

#include "exec/lines.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define READ_SIZE 4096                  /* there is always room for this */

struct lines {
    size_t limit;
    size_t first, end;                  /* what has not been given out */
    size_t seen;                        /* no line feed in front of it */
    size_t skipped;                     /* octets of a line that is too long */
    size_t size;
    char bytes[];
};

lines_t *
lines_new(size_t limit)
{
    size_t size = limit + 2 + READ_SIZE;
    lines_t *self = core_allocate(sizeof *self + size);

    self->limit = limit;
    self->size = size;
    return self;
}

void
lines_destroy(lines_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

char *
lines_room(lines_t *self, size_t *size)
{
    size_t left = self->end - self->first;

    if (self->first > 0 && left > 0)
        memmove(self->bytes, self->bytes + self->first, left);
    self->seen -= self->first;
    self->first = 0;
    self->end = left;

    /* Without an end in sight: what is above the limit goes. */
    if (left > self->limit + 1) {
        self->skipped += left - (self->limit + 1);
        self->end = self->limit + 1;
        self->seen = self->end;
    }
    *size = self->size - self->end;
    return self->bytes + self->end;
}

void
lines_add(lines_t *self, size_t size)
{
    assert(size <= self->size - self->end);
    self->end += size;
}

size_t
lines_begun(const lines_t *self)
{
    return self->end - self->first + self->skipped;
}

enum lines_found
lines_next(lines_t *self, char **text, size_t *size, size_t *octets)
{
    char *end = memchr(self->bytes + self->seen, '\n', self->end - self->seen);
    bool is_too_long;

    if (end == NULL) {
        self->seen = self->end;
        return LINES_NONE;
    }
    *text = self->bytes + self->first;
    *size = (size_t) (end - *text);
    *octets = *size + 1 + self->skipped;
    is_too_long = self->skipped > 0;
    self->first += *size + 1;
    self->seen = self->first;
    self->skipped = 0;
    *end = '\0';
    if (*size > 0 && end[-1] == '\r') {
        (*size)--;
        end[-1] = '\0';
    }
    if (!is_too_long && *size <= self->limit)
        return LINES_ONE;
    if (*size > self->limit)
        *size = self->limit;
    (*text)[*size] = '\0';
    return LINES_TOO_LONG;
}

enum lines_found
lines_last(lines_t *self, char **text, size_t *size)
{
    size_t octets;

    if (lines_begun(self) == 0)
        return LINES_NONE;
    if (self->end == self->size)
        self->end--;                    /* it is too long all the same */
    self->bytes[self->end++] = '\n';
    self->seen = self->first;
    return lines_next(self, text, size, &octets);
}
