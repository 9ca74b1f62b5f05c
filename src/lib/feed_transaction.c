/*
 * feed_transaction - changes of one zone, gathered into frames
 *
 * Every frame has the header and the zone, so that each can be read alone; the
 * header is written at the end, when it is known which frame is the last.
 */

#include "lib/feed_transaction.h"

#include <stdlib.h>

#include "coredns/memory.h"
#include "lib/feed_frame.h"

#define CHANGE_HEADER_SIZE 16           /* see feed_change.c */
#define START_SIZE (FEED_HEADER_SIZE + FEED_ZONE_SIZE)

static void
reserve(struct feed_transaction *self, size_t size)
{
    if (self->capacity - self->size >= size)
        return;
    self->capacity = 2 * self->capacity + size;
    self->bytes = core_reallocate(self->bytes, self->capacity);
}

static void
start_frame(struct feed_transaction *self)
{
    self->starts[self->frames++] = self->size;
    self->size += FEED_HEADER_SIZE;
    self->size += feed_zone_write(self->bytes + self->size, FEED_ZONE_SIZE,
                                  &self->zone);
}

void
feed_transaction_start(struct feed_transaction *self,
                       const struct core_zone_id *zone)
{
    self->zone = *zone;
    self->size = 0;
    self->frames = 0;
    self->is_empty = true;
    self->is_too_large = false;
    reserve(self, START_SIZE);
    start_frame(self);
}

/* Adds a change that fits in a frame of its own. */
static void
add_part(struct feed_transaction *self, const struct core_change *change)
{
    size_t used = self->size - self->starts[self->frames - 1];
    size_t size = CHANGE_HEADER_SIZE + core_name_size(change->owner)
        + change->rdatas_size;
    bool needs_frame = used + size > CORE_FEED_FRAME_SIZE;

    if (self->size + size > CORE_FEED_TRANSACTION_SIZE
        || (needs_frame && self->frames == FEED_TRANSACTION_FRAMES)) {
        self->is_too_large = true;
        return;
    }
    reserve(self, size + START_SIZE);
    if (needs_frame)
        start_frame(self);
    self->size += core_change_write(self->bytes + self->size, size, change);
}

void
feed_transaction_add(struct feed_transaction *self,
                     const struct core_change *change)
{
    struct core_change rest = *change;
    struct core_change part;

    self->is_empty = false;
    if (change->count == 0)
        add_part(self, change);
    while (!self->is_too_large
           && core_change_cut(&rest, &part,
                              CORE_FEED_FRAME_SIZE - START_SIZE))
        add_part(self, &part);
}

uint8_t *
feed_transaction_frame(const struct feed_transaction *self, unsigned index,
                       size_t *size)
{
    size_t end = index + 1 < self->frames ? self->starts[index + 1]
        : self->size;

    *size = end - self->starts[index];
    return self->bytes + self->starts[index];
}

void
feed_transaction_end(struct feed_transaction *self)
{
    self->frames = 0;
    if (self->capacity > CORE_FEED_FRAME_SIZE)
        feed_transaction_free(self);
}

void
feed_transaction_free(struct feed_transaction *self)
{
    free(self->bytes);
    self->bytes = NULL;
    self->size = 0;
    self->capacity = 0;
}
