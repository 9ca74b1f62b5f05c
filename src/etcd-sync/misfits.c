/*
 * misfits - keys that have no place in the tree: too deep, or too long a part
 *
 * There are none as a rule, so an array is searched from its beginning.
 */

#include "etcd-sync/misfits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct misfits {
    struct misfit *items;
    size_t count, capacity;
};

/* FNV-1a */
static uint64_t
hash_of(const char *key, size_t size)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t) key[i]) * UINT64_C(1099511628211);
    return hash;
}

static struct misfit *
find(const misfits_t *self, const char *key, size_t size)
{
    uint64_t hash = self->count == 0 ? 0 : hash_of(key, size);

    for (size_t i = 0; i < self->count; i++)
        if (self->items[i].hash == hash && self->items[i].size == size)
            return &self->items[i];
    return NULL;
}

static void
forget(misfits_t *self, struct misfit *misfit)
{
    *misfit = self->items[--self->count];
}

misfits_t *
misfits_new(void)
{
    return core_allocate(sizeof (misfits_t));
}

void
misfits_destroy(misfits_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->items);
    free(*self_p);
    *self_p = NULL;
}

bool
misfits_add(misfits_t *self, const char *key, size_t size, uint32_t load)
{
    struct misfit *misfit = find(self, key, size);
    bool is_new = misfit == NULL;

    if (is_new && self->count == MISFITS_LIMIT)
        return true;
    if (is_new) {
        self->items = core_grow(self->items, self->count, &self->capacity,
                                sizeof *self->items);
        misfit = &self->items[self->count++];
        *misfit = (struct misfit) {
            .size = size, .hash = hash_of(key, size),
            .shown_size = (uint8_t) (size < MISFITS_SHOWN ? size
                                     : MISFITS_SHOWN),
        };
        memcpy(misfit->shown, key, misfit->shown_size);
    }
    misfit->load = load;
    return is_new;
}

void
misfits_remove(misfits_t *self, const char *key, size_t size)
{
    struct misfit *misfit = find(self, key, size);

    if (misfit != NULL)
        forget(self, misfit);
}

void
misfits_sweep(misfits_t *self, uint32_t load)
{
    for (size_t i = self->count; i > 0; i--)
        if (self->items[i - 1].load != load)
            forget(self, &self->items[i - 1]);
}

size_t
misfits_count(const misfits_t *self)
{
    return self->count;
}

const struct misfit *
misfits_at(const misfits_t *self, size_t index)
{
    return &self->items[index];
}
