/*
 * stream - replies that come in parts
 */

#include "frontend/stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct stream *
streams_find(const struct streams *self, uint32_t slot)
{
    for (unsigned i = 0; i < self->count; i++)
        if (self->items[i]->slot == slot)
            return self->items[i];
    return NULL;
}

bool
streams_pause(struct streams *self, uint32_t slot,
              const struct core_part *next)
{
    struct stream *stream = streams_find(self, slot);

    assert(next->bookmark_size <= sizeof stream->bookmark);
    if (stream == NULL) {
        if (self->count == STREAMS)
            return false;
        stream = core_allocate(sizeof *stream);
        stream->slot = slot;
        self->items[self->count++] = stream;
    }
    memcpy(stream->bookmark, next->bookmark, next->bookmark_size);
    stream->next = *next;
    stream->next.bookmark = stream->bookmark;
    stream->is_paused = true;
    return true;
}

void
streams_end(struct streams *self, uint32_t slot)
{
    for (unsigned i = 0; i < self->count; i++) {
        if (self->items[i]->slot != slot)
            continue;
        free(self->items[i]);
        self->items[i] = self->items[--self->count];
        return;
    }
}

void
streams_clear(struct streams *self)
{
    while (self->count > 0)
        free(self->items[--self->count]);
}
