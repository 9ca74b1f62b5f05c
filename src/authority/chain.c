/*
 * chain - the names that a question leads to
 */

#include "authority/chain.h"

#include <string.h>

void
chain_start(struct chain *self, const uint8_t *name)
{
    self->count = 1;
    self->links[0].name = name;
    self->links[0].zone = NULL;
}

bool
chain_add(struct chain *self, const uint8_t *name)
{
    if (self->count == CHAIN_LINKS)
        return false;
    for (unsigned i = 0; i < self->count; i++)
        if (core_name_equal(self->links[i].name, name))
            return false;

    struct link *link = &self->links[self->count++];

    link->name = name;
    link->zone = NULL;
    return true;
}

bool
chain_substitute(const struct chain *self, const uint8_t *owner,
                 const uint8_t *target, uint8_t made[CORE_NAME_SIZE])
{
    const uint8_t *name = self->links[self->count - 1].name;
    size_t kept = core_name_size(name) - core_name_size(owner);
    size_t target_size = core_name_size(target);

    if (kept + target_size > CORE_NAME_SIZE)
        return false;
    memcpy(made, name, kept);
    memcpy(made + kept, target, target_size);
    return true;
}
