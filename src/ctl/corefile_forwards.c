/*
 * corefile_forwards - the stages that answer from upstreams
 */

#include <stdlib.h>
#include <string.h>

#include "ctl/corefile_group.h"
#include "ctl/corefile_stages.h"

/* A forward of a chain as a route for those zones. */
static void
add_route(struct draft *routes, struct corefile_chain *chain,
          struct corefile_forward *forward, const struct corefile_zones *zones)
{
    const struct corefile_line *line = forward->line;

    draft_separate(routes);
    draft_say(routes, line, 0, "{");
    if (zones->count == 1)
        draft_say(routes, line, 1, "zone = %s;",
                  draft_quote(chain->memory, zones->items[0]));
    else
        draft_say(routes, line, 1, "zone = %s;",
                  draft_list(chain->memory, zones->items, zones->count));
    draft_move(routes, &forward->options, 1);
    draft_say(routes, line, 0, "}");
}

/* The zones of the chain that a forward takes, those taken before left out.
   *is_whole: no name of the chain is left. */
static void
find_zones(const struct corefile_chain *chain,
           const struct corefile_forward *forward,
           struct corefile_zones *taken, struct corefile_zones *zones)
{
    for (size_t i = 0; i < chain->zones.count; i++) {
        const char *zone = chain->zones.items[i];

        if (corefile_zone_covers(zone, forward->zone)
            && strcmp(zone, forward->zone) != 0)
            zone = forward->zone;
        else if (!corefile_zone_covers(forward->zone, zone))
            continue;
        if (corefile_zones_have(taken, zone))
            continue;
        corefile_zones_append(zones, zone);
        corefile_zones_append(taken, zone);
    }
}

/*
 * True when the forwards of a chain can be routes of one stage, where the
 * longest zone wins and not the first, and what one leaves goes to none of the
 * others.
 */
static bool
are_routes(const struct corefile_chain *chain)
{
    for (size_t i = 0; i < chain->forward_count; i++) {
        if (chain->forwards[i].is_left && chain->forward_count > 1)
            return false;
        for (size_t j = 0; j < i; j++)
            if (corefile_zone_covers(chain->forwards[j].zone,
                                     chain->forwards[i].zone))
                return false;
    }
    return true;
}

/* True when names of the chain are left by all its forwards. */
static bool
leaves_names(const struct corefile_chain *chain,
             const struct corefile_zones *taken)
{
    bool is_left = chain->forwards[chain->forward_count - 1].is_left;

    for (size_t i = 0; i < chain->zones.count; i++)
        is_left |= !corefile_zones_have(taken, chain->zones.items[i]);
    return is_left;
}

static void
join_forward(struct corefile_groups *groups, struct corefile_chain *chain)
{
    struct corefile_group *group = corefile_groups_join(groups, chain);
    struct corefile_zones taken = { .items = NULL };

    for (size_t i = 0; i < chain->forward_count; i++) {
        struct corefile_zones zones = { .items = NULL };

        find_zones(chain, &chain->forwards[i], &taken, &zones);
        if (zones.count > 0)
            add_route(&group->items, chain, &chain->forwards[i], &zones);
        free(zones.items);
    }
    group->is_left |= leaves_names(chain, &taken);
    chain->group = group;
    free(taken.items);
}

/* One stage behind the other, as they stand in the block. */
static void
put_forwards(corefile_stages_t *self, struct corefile_chain *chain)
{
    for (size_t i = chain->forward_count; i-- > 0;) {
        struct corefile_forward *forward = &chain->forwards[i];
        struct corefile_zones zones = { .items = &forward->zone, .count = 1 };
        struct draft members = { .items = NULL }, routes = { .items = NULL };

        add_route(&routes, chain, forward, &zones);
        corefile_set_list(&members, chain->block, "routes", &routes);
        corefile_set_next(&members, chain->block, chain->head, true);
        chain->head = corefile_stages_put(self, "forward", &members,
                                          chain->block);
    }
}

static void
put_forward_groups(corefile_stages_t *self, struct corefile_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        struct corefile_group *group = groups->items[i];
        struct draft members = { .items = NULL };

        if (group->items.count == 0)
            continue;
        corefile_set_list(&members, group->block, "routes", &group->items);
        corefile_set_next(&members, group->block, group->chain->head,
                          group->is_left);
        group->name = corefile_stages_put(self, "forward", &members,
                                          group->block);
    }
}

void
corefile_build_forwards(corefile_stages_t *self,
                        struct corefile_chain *chains, size_t count)
{
    struct corefile_groups groups = { .by_key = zhashx_new() };

    for (size_t i = 0; i < count; i++)
        if (chains[i].forward_count > 0 && are_routes(&chains[i]))
            join_forward(&groups, &chains[i]);
    put_forward_groups(self, &groups);
    for (size_t i = 0; i < count; i++)
        if (chains[i].group != NULL)
            corefile_group_take(&chains[i]);
        else
            put_forwards(self, &chains[i]);
    corefile_groups_clear(&groups);
}
