/*
 * corefile_stages - the stages that the chains of a Corefile become
 *
 * They are made from the end of the chain: so a stage's text names its next
 * one, and what reads the same does the same.
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
    struct draft zones;                 /* of a file-sync that grows */
};

/* An authority that blocks with zone files of their own zones share. */
struct shared {
    const char *name;                   /* of the authority */
    struct stage *source;               /* its file-sync */
};

struct corefile_stages {
    struct stage **items;
    size_t count, capacity;
    zhashx_t *by_text;                  /* struct stage, lent */
    zhashx_t *counts;                   /* size_t of each program */
    zhashx_t *groups;                   /* struct shared */
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
    self->groups = zhashx_new();
    zhashx_set_destructor(self->counts, destroy_value);
    zhashx_set_destructor(self->groups, destroy_value);
    return self;
}

void
corefile_stages_destroy(corefile_stages_t **self_p)
{
    corefile_stages_t *self = *self_p;

    for (size_t i = 0; i < self->count; i++) {
        draft_clear(&self->items[i]->members);
        draft_clear(&self->items[i]->zones);
        free(self->items[i]);
    }
    free(self->items);
    zhashx_destroy(&self->by_text);
    zhashx_destroy(&self->counts);
    zhashx_destroy(&self->groups);
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
    char *plain = draft_plain(members);
    char *key;

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

static void
set_next(struct draft *members, const struct corefile_block *block,
         const char *next)
{
    if (next != NULL)
        draft_say(members, block, 0, "next = \"%s\";", next);
}

/* ---- authority ----------------------------------------------------------- */

static const char *
put_authority(corefile_stages_t *self, const struct corefile_chain *chain,
              const char *source, const char *next)
{
    const struct corefile_block *block = chain->block;
    struct draft members = { .items = NULL };

    draft_say(&members, block, 0, "sources = [ \"%s\" ];", source);
    draft_say(&members, block, 0, "ns_in_authority = true;");
    draft_say(&members, block, 0, "negative_ttl = \"soa\";");
    if (chain->lookup != NULL)
        draft_say(&members, block, 0, "lookup = \"%s\";", chain->lookup);
    set_next(&members, block, next);
    return corefile_stages_put(self, "authority", &members, block);
}

static int
compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *) left, *(const char *const *) right);
}

/*
 * True when the block serves zone files for each of its zones and for nothing
 * else.  The route to it is then the zone itself, so no name comes to it that
 * another such block's zone is nearer to.
 */
static bool
can_be_joined(struct corefile_chain *chain)
{
    struct corefile_zones *origins = &chain->origins;
    struct corefile_zones *zones = &chain->zones;

    if (chain->source_counts[SOURCE_HOSTS] > 0
        || chain->source_counts[SOURCE_DIRECTORIES] > 0
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

/* The key of blocks that may share an authority; yours. */
static char *
group_key(const struct corefile_chain *chain, const char *next)
{
    char *cache = draft_plain(&chain->cache);
    char *key;

    if (asprintf(&key, "%s\n%s\n%d %s", chain->place, next == NULL ? "" : next,
                 chain->has_cache, cache) == -1)
        abort();
    free(cache);
    return key;
}

static const char *
join_authority(corefile_stages_t *self, struct corefile_chain *chain,
               const char *next)
{
    char *key = group_key(chain, next);
    struct shared *group = zhashx_lookup(self->groups, key);

    if (group == NULL) {
        struct draft none = { .items = NULL };

        group = core_allocate(sizeof *group);
        group->source = add_stage(self, "file-sync", &none, chain->block);
        group->name = put_authority(self, chain, group->source->name, next);
        zhashx_insert(self->groups, key, group);
    }
    free(key);
    draft_separate(&group->source->zones);
    draft_move(&group->source->zones, &chain->sources[SOURCE_ZONES], 0);
    return group->name;
}

static const char *
add_authority(corefile_stages_t *self, struct corefile_chain *chain,
              const char *next)
{
    static const char *const keys[] = { "hosts", "zones", "directories" };
    struct draft members = { .items = NULL };

    if (can_be_joined(chain))
        return join_authority(self, chain, next);
    for (size_t i = 0; i < 3; i++) {
        if (chain->source_counts[i] == 0)
            continue;
        draft_say(&members, chain->block, 0, "%s = (", keys[i]);
        draft_move(&members, &chain->sources[i], 1);
        draft_say(&members, chain->block, 0, ");");
    }
    return put_authority(self, chain,
                         corefile_stages_put(self, "file-sync", &members,
                                             chain->block), next);
}

/* ---- chains -------------------------------------------------------------- */

void
corefile_stages_add(corefile_stages_t *self, struct corefile_chain *chain)
{
    const char *next = NULL;

    for (size_t i = chain->forward_count; i-- > 0;) {
        struct draft members = { .items = NULL };

        draft_say(&members, chain->block, 0, "routes = ( {");
        draft_move(&members, &chain->forwards[i], 1);
        draft_say(&members, chain->block, 0, "} );");
        set_next(&members, chain->block, next);
        next = corefile_stages_put(self, "forward", &members, chain->block);
    }
    if (chain->source_counts[SOURCE_HOSTS] > 0
        || chain->source_counts[SOURCE_ZONES] > 0
        || chain->source_counts[SOURCE_DIRECTORIES] > 0)
        next = add_authority(self, chain, next);
    if (chain->has_cache && next != NULL) {
        set_next(&chain->cache, chain->block, next);
        next = corefile_stages_put(self, "cache", &chain->cache,
                                   chain->block);
    }
    chain->head = next;
}

const char *
corefile_stages_add_refusal(corefile_stages_t *self,
                            const struct corefile_block *block)
{
    struct draft source = { .items = NULL };
    struct draft members = { .items = NULL };

    draft_say(&source, block, 0, "program = \"file-sync\";");
    draft_say(&members, block, 0, "program = \"authority\";");
    draft_say(&members, block, 0, "sources = [ \"%s\" ];",
              corefile_stages_put(self, "nothing", &source, block));
    return corefile_stages_put(self, "refusal", &members, block);
}

void
corefile_stages_write(const corefile_stages_t *self, FILE *file)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct stage *stage = self->items[i];
        struct draft line = { .items = NULL };

        draft_say(&line, stage->block, 0, "%s: {", stage->name);
        if (strcmp(stage->name, stage->program) != 0)
            draft_say(&line, stage->block, 1, "program = \"%s\";",
                      stage->program);
        draft_write(&line, 1, file);
        draft_write(&stage->members, 2, file);
        draft_clear(&line);
        if (stage->zones.count > 0) {
            fprintf(file, "%*szones = (\n", 2 * DRAFT_INDENT, "");
            draft_write(&stage->zones, 3, file);
            fprintf(file, "%*s);\n", 2 * DRAFT_INDENT, "");
        }
        fprintf(file, "%*s};\n", DRAFT_INDENT, "");
    }
}
