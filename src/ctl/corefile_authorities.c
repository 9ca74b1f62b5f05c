/*
 * corefile_authorities - the stages that answer from records, and their sources
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/corefile_group.h"
#include "ctl/corefile_stages.h"

static bool
has_files(const struct corefile_chain *chain)
{
    return chain->source_counts[SOURCE_ZONES] > 0
        || chain->source_counts[SOURCE_DIRECTORIES] > 0;
}

/* sources are names in quotes, with commas between them. */
static const char *
put_authority(corefile_stages_t *self, const struct corefile_chain *chain,
              const char *sources, struct draft *transfers)
{
    const struct corefile_block *block = chain->block;
    struct draft members = { .items = NULL };

    draft_say(&members, block, 0, "sources = [ %s ];", sources);
    if (!chain->has_cluster || has_files(chain))
        draft_say(&members, block, 0, "ns_in_authority = true;");
    draft_say(&members, block, 0, "negative_ttl = \"soa\";");
    draft_say(&members, block, 0, "alias_loops = \"fail\";");
    if (chain->has_neighbours)
        draft_say(&members, block, 0, "lookup = \"%s\";", chain->front);
    if (transfers->count > 0)
        corefile_set_list(&members, block, "transfers", transfers);

    /* Behind hosts the chain has come to its end; file and auto know that they
       are the last, and that it is not for them. */
    corefile_set_next(&members, block, chain->head,
                      !has_files(chain) && !chain->has_cluster);
    return corefile_stages_put(self, "authority", &members, block);
}

static int
compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *) left, *(const char *const *) right);
}

/* True when the block serves zone files for each of its zones and for nothing
   else. */
static bool
has_own_files(struct corefile_chain *chain)
{
    struct corefile_zones *origins = &chain->origins;
    struct corefile_zones *zones = &chain->zones;

    if (chain->source_counts[SOURCE_HOSTS] > 0
        || chain->source_counts[SOURCE_DIRECTORIES] > 0 || chain->has_cluster
        || origins->count != zones->count)
        return false;
    qsort(origins->items, origins->count, sizeof *origins->items,
          compare_names);
    qsort(zones->items, zones->count, sizeof *zones->items, compare_names);
    for (size_t i = 0; i < zones->count; i++)
        if (strcmp(origins->items[i], zones->items[i]) != 0)
            return false;
    return true;
}

static void
join_authority(struct corefile_groups *groups, struct corefile_chain *chain)
{
    struct corefile_group *group = corefile_groups_join(groups, chain);

    draft_separate(&group->items);
    draft_move(&group->items, &chain->sources[SOURCE_ZONES], 0);
    if (chain->transfers.count > 0) {
        draft_separate(&group->transfers);
        draft_move(&group->transfers, &chain->transfers, 0);
    } else {
        for (size_t i = 0; i < chain->zones.count; i++)
            corefile_zones_append(&group->closed, chain->zones.items[i]);
    }
    chain->group = group;
}

/* Appends the source of some kinds of files, if there are any. */
static void
put_files(corefile_stages_t *self, struct corefile_chain *chain, int first,
          int last, FILE *sources)
{
    static const char *const keys[] = { "hosts", "zones", "directories" };
    struct draft members = { .items = NULL };

    for (int i = first; i <= last; i++)
        if (chain->source_counts[i] > 0)
            corefile_set_list(&members, chain->block, keys[i],
                              &chain->sources[i]);
    if (members.count == 0)
        return;
    fprintf(sources, "%s\"%s\"", ftell(sources) > 0 ? ", " : "",
            corefile_stages_put(self, "file-sync", &members, chain->block));
}

static void
put_cluster(corefile_stages_t *self, struct corefile_chain *chain,
            FILE *sources)
{
    struct draft members = { .items = NULL };

    corefile_end_cluster(chain, &members);
    fprintf(sources, "%s\"%s\"", ftell(sources) > 0 ? ", " : "",
            corefile_stages_put(self, "kubernetes-sync", &members,
                                chain->block));
}

/* A cluster is asked behind hosts and in front of zone files. */
static void
put_own_authority(corefile_stages_t *self, struct corefile_chain *chain)
{
    char *text;
    size_t size;
    FILE *sources = open_memstream(&text, &size);

    if (chain->has_cluster) {
        put_files(self, chain, SOURCE_HOSTS, SOURCE_HOSTS, sources);
        put_cluster(self, chain, sources);
        put_files(self, chain, SOURCE_ZONES, SOURCE_DIRECTORIES, sources);
    } else {
        put_files(self, chain, SOURCE_HOSTS, SOURCE_DIRECTORIES, sources);
    }
    fclose(sources);
    chain->head = put_authority(self, chain, text, &chain->transfers);
    free(text);
}

/* A zone of one block may lie below that of another, whose rule is not meant
   for it. */
static void
close_zones(struct corefile_group *group)
{
    const struct corefile_zones *zones = &group->closed;
    struct draft *transfers = &group->transfers;

    if (transfers->count == 0 || zones->count == 0)
        return;
    draft_separate(transfers);
    draft_say(transfers, group->block, 0, "{ zones = %s; }",
              draft_list(group->chain->memory, zones->items, zones->count));
}

static void
put_authority_groups(corefile_stages_t *self, struct corefile_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        struct corefile_group *group = groups->items[i];
        struct draft members = { .items = NULL };
        char source[80];

        corefile_set_list(&members, group->block, "zones", &group->items);
        snprintf(source, sizeof source, "\"%s\"",
                 corefile_stages_put(self, "file-sync", &members,
                                     group->block));
        close_zones(group);
        group->name = put_authority(self, group->chain, source,
                                    &group->transfers);
    }
}

static bool
has_sources(const struct corefile_chain *chain)
{
    return chain->source_counts[SOURCE_HOSTS] > 0 || has_files(chain)
        || chain->has_cluster;
}

void
corefile_build_authorities(corefile_stages_t *self,
                           struct corefile_chain *chains, size_t count)
{
    struct corefile_groups groups = { .by_key = zhashx_new() };

    for (size_t i = 0; i < count; i++)
        if (has_sources(&chains[i]) && has_own_files(&chains[i]))
            join_authority(&groups, &chains[i]);
    put_authority_groups(self, &groups);
    for (size_t i = 0; i < count; i++)
        if (chains[i].group != NULL)
            corefile_group_take(&chains[i]);
        else if (has_sources(&chains[i]))
            put_own_authority(self, &chains[i]);
    corefile_groups_clear(&groups);
}

void
corefile_put_etcd(corefile_stages_t *self, struct corefile_chain *chain)
{
    const struct corefile_block *block = chain->block;
    struct draft members = { .items = NULL };
    const char *source = corefile_stages_put(self, "etcd-sync", &chain->etcd,
                                             block);

    draft_say(&members, block, 0, "sources = [ \"%s\" ];", source);
    if (chain->has_neighbours)
        draft_say(&members, block, 0, "lookup = \"%s\";", chain->front);
    corefile_set_next(&members, block, chain->head, true);
    chain->head = corefile_stages_put(self, "authority", &members, block);
}
