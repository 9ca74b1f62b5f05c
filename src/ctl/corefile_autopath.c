/*
 * corefile_autopath - the directive autopath
 *
 * With @kubernetes the search path is that of the client's namespace; with a
 * file it is that of all clients.
 */

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"

#include "ctl/corefile_directive.h"

#define HOST_FILE "/etc/resolv.conf"

void
corefile_read_autopath(struct corefile_chain *chain,
                       const struct corefile_line *line)
{
    /* The first one is asked first, and its answer is one. */
    if (chain->autopath == NULL)
        chain->autopath = line;
}

/* The zones in front of the last argument, or the block's. */
static const char *
zones_of(struct corefile_chain *chain, const struct corefile_line *line)
{
    struct corefile_line zones = *line;
    struct corefile_zones found;
    const char *list;

    zones.count--;
    found = corefile_arguments(chain, &zones, 1, true);
    list = draft_list(chain->memory, found.items, found.count);
    free(found.items);
    return list;
}

/* The zones of the block's cluster that lead from names. */
static const char *
clusters_of(struct corefile_chain *chain)
{
    const struct corefile_zones *zones = &chain->cluster_zones;
    const char **items = core_arena_allocate(chain->memory,
                                             (zones->count + 1)
                                             * sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < zones->count; i++)
        if (!corefile_zone_covers("in-addr.arpa.", zones->items[i])
            && !corefile_zone_covers("ip6.arpa.", zones->items[i]))
            items[count++] = zones->items[i];
    return draft_list(chain->memory, items, count);
}

bool
corefile_end_autopath(struct corefile_chain *chain, struct draft *members)
{
    const struct corefile_line *line = chain->autopath;
    const char *from = line->words[line->count - 1];

    if (*from == '@' && (strcmp(from, "@kubernetes") != 0
                         || !chain->has_cluster)) {
        core_faults_add(chain->notices, line->path, line->line, "autopath: "
                        "without %s in this block it does nothing", from + 1);
        return false;
    }
    chain->draft = members;
    corefile_set(chain, line, "zones", zones_of(chain, line));
    if (*from == '@') {
        corefile_set(chain, line, "clusters", clusters_of(chain));
        from = HOST_FILE;
    }
    corefile_set(chain, line, "resolv_conf", corefile_path(chain, from));
    return true;
}
