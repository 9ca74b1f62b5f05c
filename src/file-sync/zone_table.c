/*
 * zone_table - finds what belongs to a zone id
 */

#include "file-sync/zone_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <czmq.h>

#include "coredns/memory.h"

struct zone_table {
    zhashx_t *items;                    /* id -> item */
};

static size_t
hash_id(const void *key)
{
    const struct core_zone_id *id = key;

    return (size_t) core_name_hash(id->name) + id->layer;
}

static int
compare_ids(const void *left, const void *right)
{
    const struct core_zone_id *l = left, *r = right;

    return l->layer != r->layer || !core_name_equal(l->name, r->name);
}

static void *
copy_id(const void *key)
{
    const struct core_zone_id *id = key;
    size_t size = core_name_size(id->name);
    struct core_zone_id *copy = core_allocate(sizeof *copy - CORE_NAME_SIZE
                                              + size);

    copy->layer = id->layer;
    memcpy(copy->name, id->name, size);
    return copy;
}

static void
free_id(void **id_p)
{
    free(*id_p);
    *id_p = NULL;
}

zone_table_t *
zone_table_new(void)
{
    zone_table_t *self = core_allocate(sizeof *self);

    self->items = zhashx_new();
    zhashx_set_key_hasher(self->items, hash_id);
    zhashx_set_key_comparator(self->items, compare_ids);
    zhashx_set_key_duplicator(self->items, copy_id);
    zhashx_set_key_destructor(self->items, free_id);
    return self;
}

void
zone_table_destroy(zone_table_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    zhashx_destroy(&(*self_p)->items);
    free(*self_p);
    *self_p = NULL;
}

void *
zone_table_find(const zone_table_t *self, const struct core_zone_id *id)
{
    return zhashx_lookup(self->items, id);
}

void
zone_table_add(zone_table_t *self, const struct core_zone_id *id, void *item)
{
    int rc = zhashx_insert(self->items, id, item);

    assert(rc == 0);
}

void
zone_table_remove(zone_table_t *self, const struct core_zone_id *id)
{
    zhashx_delete(self->items, id);
}
