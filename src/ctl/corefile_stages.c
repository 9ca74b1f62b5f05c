/*
 * corefile_stages - the stages that the chains of a Corefile become
 *
 * They are made from the end of the chains, one program after the other: so a
 * stage's text names its next one, and what reads the same does the same.
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

void
corefile_set_next(struct draft *members, const struct corefile_block *block,
                  const char *next, bool is_left)
{
    if (next != NULL)
        draft_say(members, block, 0, "next = \"%s\";", next);
    else if (is_left)
        draft_say(members, block, 0, "otherwise = \"servfail\";");
}

void
corefile_set_list(struct draft *members, const struct corefile_block *block,
                  const char *key, struct draft *items)
{
    draft_say(members, block, 0, "%s = (", key);
    draft_move(members, items, 1);
    draft_say(members, block, 0, ");");
}

/* ---- chains -------------------------------------------------------------- */

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

    corefile_set_list(&members, chain->block, "effects", &chain->effects);
    chain->head = corefile_stages_put(self, "chaos", &members, chain->block);
}

static void
put_template(corefile_stages_t *self, struct corefile_chain *chain)
{
    struct draft members = { .items = NULL };

    corefile_set_list(&members, chain->block, "rules", &chain->rules);
    if (chain->rules_look_up)
        draft_say(&members, chain->block, 0, "lookup = \"%s\";",
                  chain->front);
    corefile_set_next(&members, chain->block, chain->head, true);
    chain->head = corefile_stages_put(self, "template", &members,
                                      chain->block);
}

static void
put_autopath(corefile_stages_t *self, struct corefile_chain *chain)
{
    struct draft members = { .items = NULL };

    if (!corefile_end_autopath(chain, &members))
        return;
    corefile_set_next(&members, chain->block, chain->head, true);
    chain->head = corefile_stages_put(self, "autopath", &members,
                                      chain->block);
}

static void
put_cache(corefile_stages_t *self, struct corefile_chain *chain)
{
    corefile_set_next(&chain->cache, chain->block, chain->head, true);
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
    corefile_build_forwards(self, chains, count);
    for (size_t i = 0; i < count; i++)
        if (chains[i].etcd_line != NULL)
            corefile_put_etcd(self, &chains[i]);
    corefile_build_authorities(self, chains, count);
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
