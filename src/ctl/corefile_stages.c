/*
 * corefile_stages - the stages that the chains of a Corefile become
 *
 * They are made from the end of the chains, one program after the other: so a
 * stage's text names its next one, and what reads the same does the same.
 *
 * Thousands of blocks are not thousands of processes.  Where a block serves
 * files or upstreams for just its own zones, a name comes to it exactly when
 * no other block's zone is nearer to it; one stage that knows the zones of all
 * such blocks decides the same way, and they share it.
 */

#include "ctl/corefile_stages.h"

#include <stdlib.h>
#include <string.h>

#include <czmq.h>

#include "coredns/memory.h"

struct stage {
    const char *program;
    char name[64];
    const struct corefile_block *block; /* the first that asked for it */
    struct draft members;
};

/* Chains that share a stage. */
struct chain_group {
    const struct corefile_block *block; /* the first of them */
    const struct corefile_chain *chain; /* the same */
    struct draft items;                 /* of its list */
    struct draft transfers;             /* of those chains that have some */
    struct corefile_zones closed;       /* zones of those that have none */
    bool is_left;                       /* queries may go on behind it */
    const char *name;                   /* of the stage, when it is made */
};

struct chain_groups {
    zhashx_t *by_key;                   /* struct group, lent */
    struct chain_group **items;
    size_t count, capacity;
};

struct corefile_stages {
    struct stage **items;
    size_t count, capacity;
    zhashx_t *by_text;                  /* struct stage, lent */
    zhashx_t *counts;                   /* size_t of each program */
};

static void
destroy_value(void **value_p)
{
    free(*value_p);
    *value_p = NULL;
}

corefile_stages_t *
corefile_stages_new(void)
{
    corefile_stages_t *self = core_allocate(sizeof *self);

    self->by_text = zhashx_new();
    self->counts = zhashx_new();
    zhashx_set_destructor(self->counts, destroy_value);
    return self;
}

void
corefile_stages_destroy(corefile_stages_t **self_p)
{
    corefile_stages_t *self = *self_p;

    for (size_t i = 0; i < self->count; i++) {
        draft_clear(&self->items[i]->members);
        free(self->items[i]);
    }
    free(self->items);
    zhashx_destroy(&self->by_text);
    zhashx_destroy(&self->counts);
    free(self);
    *self_p = NULL;
}

/* ---- stages -------------------------------------------------------------- */

/* A new stage: "cache", "cache-2" and so on. */
static struct stage *
add_stage(corefile_stages_t *self, const char *program,
          struct draft *members, const struct corefile_block *block)
{
    struct stage *stage = core_allocate(sizeof *stage);
    size_t *count = zhashx_lookup(self->counts, program);

    if (count == NULL) {
        count = core_allocate(sizeof *count);
        zhashx_insert(self->counts, program, count);
    }
    if (++*count == 1)
        snprintf(stage->name, sizeof stage->name, "%s", program);
    else
        snprintf(stage->name, sizeof stage->name, "%s-%zu", program, *count);
    stage->program = program;
    stage->block = block;
    draft_move(&stage->members, members, 0);
    self->items = core_grow(self->items, self->count, &self->capacity,
                            sizeof *self->items);
    self->items[self->count++] = stage;
    return stage;
}

const char *
corefile_stages_put(corefile_stages_t *self, const char *program,
                    struct draft *members,
                    const struct corefile_block *block)
{
    char *plain;
    char *key;

    /* CoreDNS, which most run as root, reads whatever it is told to. */
    if (members->names_files)
        draft_say(members, block, 0, "reads_any_file = true;");
    plain = draft_plain(members);

    if (asprintf(&key, "%s\n%s", program, plain) == -1)
        abort();
    free(plain);

    struct stage *stage = zhashx_lookup(self->by_text, key);

    if (stage == NULL) {
        stage = add_stage(self, program, members, block);
        zhashx_insert(self->by_text, key, stage);
    }
    else
        draft_clear(members);
    free(key);
    return stage->name;
}

/* Says where queries go on, or what they get where they may come to the end:
   CoreDNS fails there. */
static void
set_next(struct draft *members, const struct corefile_block *block,
         const char *next, bool is_left)
{
    if (next != NULL)
        draft_say(members, block, 0, "next = \"%s\";", next);
    else if (is_left)
        draft_say(members, block, 0, "otherwise = \"servfail\";");
}

/* Moves the items to the members, as a list of that key. */
static void
set_list(struct draft *members, const struct corefile_block *block,
         const char *key, struct draft *items)
{
    draft_say(members, block, 0, "%s = (", key);
    draft_move(members, items, 1);
    draft_say(members, block, 0, ");");
}

/* ---- groups -------------------------------------------------------------- */

/* The group of chains of that place whose next stage is the same. */
static struct chain_group *
join_group(struct chain_groups *groups, const struct corefile_chain *chain)
{
    struct chain_group *group;
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

static void
groups_clear(struct chain_groups *groups)
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

/* ---- forward ------------------------------------------------------------- */

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

static bool
has_zone(const struct corefile_zones *zones, const char *zone)
{
    for (size_t i = 0; i < zones->count; i++)
        if (strcmp(zones->items[i], zone) == 0)
            return true;
    return false;
}

static void
append_zone(struct corefile_zones *zones, const char *zone)
{
    if (has_zone(zones, zone))
        return;
    zones->items = core_grow(zones->items, zones->count, &zones->capacity,
                             sizeof *zones->items);
    zones->items[zones->count++] = zone;
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
        if (has_zone(taken, zone))
            continue;
        append_zone(zones, zone);
        append_zone(taken, zone);
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
        is_left |= !has_zone(taken, chain->zones.items[i]);
    return is_left;
}

static void
join_forward(struct chain_groups *groups, struct corefile_chain *chain)
{
    struct chain_group *group = join_group(groups, chain);
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
        set_list(&members, chain->block, "routes", &routes);
        set_next(&members, chain->block, chain->head, true);
        chain->head = corefile_stages_put(self, "forward", &members,
                                          chain->block);
    }
}

static void
put_forward_groups(corefile_stages_t *self, struct chain_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        struct chain_group *group = groups->items[i];
        struct draft members = { .items = NULL };

        if (group->items.count == 0)
            continue;
        set_list(&members, group->block, "routes", &group->items);
        set_next(&members, group->block, group->chain->head, group->is_left);
        group->name = corefile_stages_put(self, "forward", &members,
                                          group->block);
    }
}

/* ---- authority ----------------------------------------------------------- */

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
        set_list(&members, block, "transfers", transfers);

    /* Behind hosts the chain has come to its end; file and auto know that they
       are the last, and that it is not for them. */
    set_next(&members, block, chain->head,
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
join_authority(struct chain_groups *groups, struct corefile_chain *chain)
{
    struct chain_group *group = join_group(groups, chain);

    draft_separate(&group->items);
    draft_move(&group->items, &chain->sources[SOURCE_ZONES], 0);
    if (chain->transfers.count > 0) {
        draft_separate(&group->transfers);
        draft_move(&group->transfers, &chain->transfers, 0);
    } else {
        for (size_t i = 0; i < chain->zones.count; i++)
            append_zone(&group->closed, chain->zones.items[i]);
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
            set_list(&members, chain->block, keys[i], &chain->sources[i]);
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
close_zones(struct chain_group *group)
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
put_authority_groups(corefile_stages_t *self, struct chain_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        struct chain_group *group = groups->items[i];
        struct draft members = { .items = NULL };
        char source[80];

        set_list(&members, group->block, "zones", &group->items);
        snprintf(source, sizeof source, "\"%s\"",
                 corefile_stages_put(self, "file-sync", &members,
                                     group->block));
        close_zones(group);
        group->name = put_authority(self, group->chain, source,
                                    &group->transfers);
    }
}

/* ---- etcd ---------------------------------------------------------------- */

static void
put_etcd(corefile_stages_t *self, struct corefile_chain *chain)
{
    const struct corefile_block *block = chain->block;
    struct draft members = { .items = NULL };
    const char *source = corefile_stages_put(self, "etcd-sync", &chain->etcd,
                                             block);

    draft_say(&members, block, 0, "sources = [ \"%s\" ];", source);
    if (chain->has_neighbours)
        draft_say(&members, block, 0, "lookup = \"%s\";", chain->front);
    set_next(&members, block, chain->head, true);
    chain->head = corefile_stages_put(self, "authority", &members, block);
}

/* ---- chains -------------------------------------------------------------- */

static bool
has_sources(const struct corefile_chain *chain)
{
    return chain->source_counts[SOURCE_HOSTS] > 0 || has_files(chain)
        || chain->has_cluster;
}

/* The group's stage is the first one from here on. */
static void
take_group(struct corefile_chain *chain)
{
    if (chain->group != NULL && chain->group->name != NULL)
        chain->head = chain->group->name;
    chain->group = NULL;
}

static void
build_forwards(corefile_stages_t *self, struct corefile_chain *chains,
               size_t count)
{
    struct chain_groups groups = { .by_key = zhashx_new() };

    for (size_t i = 0; i < count; i++)
        if (chains[i].forward_count > 0 && are_routes(&chains[i]))
            join_forward(&groups, &chains[i]);
    put_forward_groups(self, &groups);
    for (size_t i = 0; i < count; i++)
        if (chains[i].group != NULL)
            take_group(&chains[i]);
        else
            put_forwards(self, &chains[i]);
    groups_clear(&groups);
}

static void
build_authorities(corefile_stages_t *self, struct corefile_chain *chains,
                  size_t count)
{
    struct chain_groups groups = { .by_key = zhashx_new() };

    for (size_t i = 0; i < count; i++)
        if (has_sources(&chains[i]) && has_own_files(&chains[i]))
            join_authority(&groups, &chains[i]);
    put_authority_groups(self, &groups);
    for (size_t i = 0; i < count; i++)
        if (chains[i].group != NULL)
            take_group(&chains[i]);
        else if (has_sources(&chains[i]))
            put_own_authority(self, &chains[i]);
    groups_clear(&groups);
}

static void
put_whoami(corefile_stages_t *self, struct corefile_chain *chain)
{
    struct draft none = { .items = NULL };

    chain->head = corefile_stages_put(self, "whoami", &none, chain->block);
}

static void
put_chaos(corefile_stages_t *self, struct corefile_chain *chain)
{
    struct draft members = { .items = NULL };

    set_list(&members, chain->block, "effects", &chain->effects);
    chain->head = corefile_stages_put(self, "chaos", &members, chain->block);
}

static void
put_template(corefile_stages_t *self, struct corefile_chain *chain)
{
    struct draft members = { .items = NULL };

    set_list(&members, chain->block, "rules", &chain->rules);
    if (chain->rules_look_up)
        draft_say(&members, chain->block, 0, "lookup = \"%s\";",
                  chain->front);
    set_next(&members, chain->block, chain->head, true);
    chain->head = corefile_stages_put(self, "template", &members,
                                      chain->block);
}

static void
put_autopath(corefile_stages_t *self, struct corefile_chain *chain)
{
    struct draft members = { .items = NULL };

    if (!corefile_end_autopath(chain, &members))
        return;
    set_next(&members, chain->block, chain->head, true);
    chain->head = corefile_stages_put(self, "autopath", &members,
                                      chain->block);
}

static void
put_cache(corefile_stages_t *self, struct corefile_chain *chain)
{
    set_next(&chain->cache, chain->block, chain->head, true);
    chain->head = corefile_stages_put(self, "cache", &chain->cache,
                                      chain->block);
}

void
corefile_stages_build(corefile_stages_t *self, struct corefile_chain *chains,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (chains[i].effects.count > 0)
            put_chaos(self, &chains[i]);
        else if (chains[i].has_whoami)
            put_whoami(self, &chains[i]);
    build_forwards(self, chains, count);
    for (size_t i = 0; i < count; i++)
        if (chains[i].etcd_line != NULL)
            put_etcd(self, &chains[i]);
    build_authorities(self, chains, count);
    for (size_t i = 0; i < count; i++)
        if (chains[i].rules.count > 0)
            put_template(self, &chains[i]);
    for (size_t i = 0; i < count; i++)
        if (chains[i].autopath != NULL)
            put_autopath(self, &chains[i]);
    for (size_t i = 0; i < count; i++)
        if (chains[i].has_cache)
            put_cache(self, &chains[i]);
}

/* ---- writing ------------------------------------------------------------- */

static void
write_stage(const struct stage *stage, FILE *file)
{
    struct draft line = { .items = NULL };

    draft_say(&line, stage->block, 0, "%s: {", stage->name);
    if (strcmp(stage->name, stage->program) != 0)
        draft_say(&line, stage->block, 1, "program = \"%s\";",
                  stage->program);
    draft_write(&line, 1, file);
    draft_write(&stage->members, 2, file);
    draft_clear(&line);
    fprintf(file, "%*s};\n", DRAFT_INDENT, "");
}

static bool
is_first_of_program(const corefile_stages_t *self, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(self->items[i]->program, self->items[index]->program) == 0)
            return false;
    return true;
}

/* As queries meet them: the program that was made last comes first. */
void
corefile_stages_write(const corefile_stages_t *self, FILE *file)
{
    for (size_t i = self->count; i-- > 0;) {
        if (!is_first_of_program(self, i))
            continue;
        for (size_t j = i; j < self->count; j++)
            if (strcmp(self->items[j]->program,
                       self->items[i]->program) == 0)
                write_stage(self->items[j], file);
    }
}
