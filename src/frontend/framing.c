/*
 * framing - whole messages out of a stream of octets
 */

#include "frontend/framing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/message.h"

#define PREFIX 2

/* Passes over what belongs to a message that was given out cut short. */
static void
pass_over(struct framing *self)
{
    size_t held = self->end - self->start;
    size_t size = self->skip < held ? self->skip : held;

    self->start += size;
    self->skip -= size;
}

uint8_t *
framing_room(struct framing *self, size_t *size)
{
    if (self->bytes == NULL) {
        self->bytes = malloc(FRAMING_BUFFER);
        assert(self->bytes != NULL);
    }
    if (self->start > 0) {
        memmove(self->bytes, self->bytes + self->start,
                self->end - self->start);
        self->end -= self->start;
        self->start = 0;
    }

    /* A message that is not whole yet is shorter than half the buffer. */
    assert(self->end < FRAMING_BUFFER);
    *size = FRAMING_BUFFER - self->end;
    return self->bytes + self->end;
}

void
framing_added(struct framing *self, size_t size)
{
    assert(size <= FRAMING_BUFFER - self->end);
    self->end += size;
    pass_over(self);
}

bool
framing_next(struct framing *self, const uint8_t **message, size_t *size)
{
    size_t held = self->end - self->start;

    if (self->skip > 0 || held < PREFIX)
        return false;

    size_t whole = core_read16(self->bytes + self->start);
    size_t kept = whole < FRAMING_LIMIT ? whole : FRAMING_LIMIT;

    if (held - PREFIX < kept)
        return false;
    *message = self->bytes + self->start + PREFIX;
    *size = kept;
    self->start += PREFIX + kept;
    self->skip = whole - kept;
    pass_over(self);
    return true;
}

bool
framing_is_halfway(const struct framing *self)
{
    return self->end > self->start || self->skip > 0;
}

void
framing_pack(struct framing *self)
{
    if (self->start == self->end)
        framing_end(self);
}

void
framing_end(struct framing *self)
{
    free(self->bytes);
    self->bytes = NULL;
    self->start = self->end = 0;
}
