/*
 * gather - the items of a round, in a row
 */

#include "tap/gather.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"

struct gather *
gather_new(void)
{
    struct gather *self = core_allocate(sizeof *self);

    self->octets = core_reallocate(NULL, GATHER_SIZE);
    return self;
}

void
gather_destroy(struct gather **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->octets);
    free(*self_p);
    *self_p = NULL;
}

bool
gather_is_full(const struct gather *self)
{
    return self->count == GATHER_ITEMS
        || self->size > GATHER_SIZE - ITEM_SIZE;
}

bool
gather_add(struct gather *self, const struct format *format,
           const struct item *item)
{
    struct core_sheet sheet = {
        .text = self->octets + self->size, .limit = ITEM_SIZE
    };

    assert(!gather_is_full(self));
    if (!format->write(&sheet, item))
        return false;
    self->size += sheet.size;
    self->ends[self->count++] = self->size;
    return true;
}

void
gather_clear(struct gather *self)
{
    self->size = 0;
    self->count = 0;
}
