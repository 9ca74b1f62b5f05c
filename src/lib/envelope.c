/*
 * envelope - the way back of a batch, copied and compared
 *
 * There is room for sixteen routing ids of 64 octets, of which mostly one is
 * used: only what is used is touched.
 */

#include <string.h>

#include "coredns/pipe.h"

void
core_envelope_copy(struct core_envelope *self,
                   const struct core_envelope *from)
{
    self->hops = from->hops;
    self->door = from->door;
    memcpy(self->ids, from->ids, from->hops * sizeof from->ids[0]);
}

bool
core_envelope_is_same(const struct core_envelope *self,
                      const struct core_envelope *other)
{
    if (self->hops != other->hops || self->door != other->door)
        return false;
    for (unsigned i = 0; i < self->hops; i++)
        if (self->ids[i].size != other->ids[i].size
            || memcmp(self->ids[i].bytes, other->ids[i].bytes,
                      self->ids[i].size) != 0)
            return false;
    return true;
}
