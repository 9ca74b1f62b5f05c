/*
 * corefile_group - chains of a Corefile that share a stage
 */

#include "ctl/corefile_group.h"

#include <stdlib.h>

#include "coredns/memory.h"

struct corefile_group *
corefile_groups_join(struct corefile_groups *groups,
                     const struct corefile_chain *chain)
{
    struct corefile_group *group;
    char *key;

    if (asprintf(&key, "%s\n%s", chain->place,
                 chain->head == NULL ? "" : chain->head) == -1)
        abort();
    group = zhashx_lookup(groups->by_key, key);
    if (group == NULL) {
        group = core_allocate(sizeof *group);
        group->block = chain->block;
        group->chain = chain;
        zhashx_insert(groups->by_key, key, group);
        groups->items = core_grow(groups->items, groups->count,
                                  &groups->capacity, sizeof *groups->items);
        groups->items[groups->count++] = group;
    }
    free(key);
    return group;
}

void
corefile_groups_clear(struct corefile_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        draft_clear(&groups->items[i]->items);
        draft_clear(&groups->items[i]->transfers);
        free(groups->items[i]->closed.items);
        free(groups->items[i]);
    }
    free(groups->items);
    zhashx_destroy(&groups->by_key);
}

void
corefile_group_take(struct corefile_chain *chain)
{
    if (chain->group != NULL && chain->group->name != NULL)
        chain->head = chain->group->name;
    chain->group = NULL;
}
