/*
 * corefile_import - a Corefile as a configuration of ours
 *
 * First all blocks are read into chains and the addresses note which of them
 * they serve; only when nothing is wrong are stages made.
 */

#include "ctl/corefile_import.h"

#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "coredns/stage.h"
#include "lib/quantity.h"
#include "lib/source_file.h"

#include "ctl/corefile_directive.h"
#include "ctl/corefile_frontend.h"
#include "ctl/corefile_stages.h"
#include "ctl/grammar.h"
#include "ctl/message.h"

#define RELOAD_MS 30000                 /* as CoreDNS */
#define LAMEDUCK_MARGIN_MS 2000         /* before the end is cut off */
#define RELOAD_JITTER_MS 15000

struct import {
    struct corefile *file;
    core_faults_t *faults;
    struct corefile_common common;
    struct corefile_chain *chains;      /* of each block */
    corefile_listeners_t *listeners;
};

/* ---- blocks -------------------------------------------------------------- */

/* A zone of a key, and its port. */
struct key {
    const char *zone;
    unsigned port;
};

struct keys {
    struct key *items;
    size_t count, capacity;
};

static int
compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *) left, *(const char *const *) right);
}

/* Sorts the zones and drops those that stand there twice. */
static void
sort_zones(struct corefile_zones *zones)
{
    size_t count = 0;

    if (zones->count == 0)
        return;
    qsort(zones->items, zones->count, sizeof *zones->items, compare_texts);
    for (size_t i = 0; i < zones->count; i++)
        if (count == 0
            || strcmp(zones->items[i], zones->items[count - 1]) != 0)
            zones->items[count++] = zones->items[i];
    zones->count = count;
}

static void
read_keys(struct corefile_chain *chain, struct keys *keys)
{
    const struct corefile_block *block = chain->block;

    for (size_t i = 0; i < block->key_count; i++) {
        size_t before = chain->zones.count;
        unsigned port;
        const char *wrong = corefile_zones_add_key(&chain->zones,
                                                   chain->memory,
                                                   block->keys[i], &port);

        if (wrong != NULL)
            core_faults_add(chain->faults, block->path, block->line,
                            "%s: %s", block->keys[i], wrong);
        for (size_t j = before; j < chain->zones.count; j++) {
            keys->items = core_grow(keys->items, keys->count,
                                    &keys->capacity, sizeof *keys->items);
            keys->items[keys->count++] =
                (struct key) { chain->zones.items[j], port };
        }
    }
    sort_zones(&chain->zones);
}

/* Tells all addresses of the block about its zones. */
static void
add_places(struct import *self, struct corefile_chain *chain,
           const struct keys *keys)
{
    size_t count = chain->addresses.count;
    bool has_ports = false;

    for (size_t i = 1; i < keys->count; i++)
        has_ports |= keys->items[i].port != keys->items[0].port;

    /* Blocks of several ports are alone at their place. */
    if (asprintf(&chain->place, "%u %zd %s", keys->count == 0 ? 0
                 : keys->items[0].port, has_ports ? chain - self->chains : -1,
                 draft_list(chain->memory, chain->addresses.items, count))
        == -1)
        abort();
    for (size_t i = 0; i < keys->count; i++)
        for (size_t j = 0; j < (count > 0 ? count : 1); j++)
            corefile_listeners_add(self->listeners, chain,
                                   count > 0 ? chain->addresses.items[j]
                                   : "", keys->items[i].port,
                                   keys->items[i].zone);
}

static void
read_blocks(struct import *self, core_faults_t *notices)
{
    self->chains = core_allocate(self->file->block_count
                                 * sizeof *self->chains);
    for (size_t i = 0; i < self->file->block_count; i++) {
        struct corefile_chain *chain = &self->chains[i];
        struct keys keys = { .items = NULL };

        chain->block = &self->file->blocks[i];
        chain->faults = self->faults;
        chain->notices = notices;
        chain->memory = self->file->memory;
        chain->common = &self->common;
        read_keys(chain, &keys);
        corefile_chain_read(chain);
        add_places(self, chain, &keys);
        free(keys.items);
    }
}

/* ---- stages -------------------------------------------------------------- */

/* A long one needs more time for the end than stages have; one that is too long
   is told as what it is. */
static void
put_lameduck(struct import *self, struct draft *members)
{
    const struct corefile_line *line = self->common.lameduck;
    struct corefile_chain *chain = &self->chains[0];
    int64_t drain_ms = corefile_milliseconds(chain, line, 1)
        + LAMEDUCK_MARGIN_MS;

    draft_say(members, line, 0, "lameduck = %s;",
              corefile_time(chain, line, 1));
    if (drain_ms > CORE_DRAIN_LIMIT_MS)
        draft_say(members, line, 0, CORE_DRAIN_LIMIT " = \"%" PRId64 "s\";",
                  drain_ms < CORE_DRAIN_LIMIT_MOST_MS ? drain_ms / 1000 + 1
                  : CORE_DRAIN_LIMIT_MOST_MS / 1000);
}

static void
put_health(struct import *self, corefile_stages_t *stages)
{
    static const char *const keys[PAGES] = { "listen", "ready", "metrics" };
    const struct corefile_common *common = &self->common;
    struct core_arena *memory = self->file->memory;
    struct draft members = { .items = NULL };

    for (enum corefile_page page = 0; page < PAGES; page++)
        if (common->lines[page] != NULL)
            draft_say(&members, common->lines[page], 0, "%s = %s;",
                      keys[page],
                      draft_list(memory, common->addresses[page].items,
                                 common->addresses[page].count));
    if (common->lines[PAGE_READY] != NULL && !common->is_monitored)
        draft_say(&members, common->lines[PAGE_READY], 0,
                  "ready_once = true;");
    if (common->lameduck != NULL)
        put_lameduck(self, &members);
    if (members.count > 0)
        corefile_stages_put(stages, "health", &members,
                            self->file->blocks);
}

/* Both times are good: that has been checked. */
static void
put_reload(const struct import *self, struct draft *top)
{
    const struct corefile_line *line = self->common.reload;
    int64_t every = RELOAD_MS;
    int64_t jitter = RELOAD_JITTER_MS;

    if (line == NULL)
        return;
    if (line->count > 1)
        every = corefile_milliseconds(&self->chains[0], line, 1);
    if (line->count > 2)
        jitter = corefile_milliseconds(&self->chains[0], line, 2);
    if (jitter > every / 2)
        jitter = every / 2;

    char every_text[CORE_QUANTITY_TEXT_SIZE];
    char jitter_text[CORE_QUANTITY_TEXT_SIZE];

    draft_say(top, line, 0, "reload: { every = \"%s\"; jitter = \"%s\"; };",
              core_duration_to_text(every_text, every),
              core_duration_to_text(jitter_text, jitter));
}

/* The folder that relative paths start from: that of the file; yours. */
static char *
folder_of(const char *path)
{
    char *real = realpath(path, NULL);
    char *copy = core_copy_text(real == NULL ? path : real);
    char *folder = core_copy_text(dirname(copy));

    free(real);
    free(copy);
    return folder;
}

static void
write_all(struct import *self, const char *path, FILE *output)
{
    corefile_stages_t *fronts = corefile_stages_new();
    corefile_stages_t *stages = corefile_stages_new();
    struct draft top = { .items = NULL };
    char *folder = folder_of(path);

    put_health(self, stages);
    corefile_listeners_name(self->listeners);
    corefile_stages_build(stages, self->chains, self->file->block_count);
    corefile_listeners_put(self->listeners, fronts);
    draft_add(&top, path, 0, 0, "directory = %s;",
              draft_quote(self->file->memory, folder));
    put_reload(self, &top);
    if (self->common.debug != NULL)
        draft_say(&top, self->common.debug, 0,
                  "log: { level = \"debug\"; };");
    fprintf(output, "#@ %s:0\n", path);
    draft_write(&top, 0, output);
    fputs("\nstages: {\n", output);
    corefile_stages_write(fronts, output);
    corefile_stages_write(stages, output);
    fputs("};\n", output);
    draft_clear(&top);
    free(folder);
    corefile_stages_destroy(&stages);
    corefile_stages_destroy(&fronts);
}

static void
write_files(const struct corefile *file, FILE *output)
{
    for (size_t i = 0; i < file->path_count; i++)
        fprintf(output, "#@ %s:0\n", file->paths[i]);
}

int
corefile_import(const char *path, enum corefile_import_use use, FILE *output,
                core_faults_t *faults, core_faults_t *notices)
{
    size_t before = core_faults_count(faults);
    struct import self = { .faults = faults };

    self.file = corefile_load(path, faults);
    if (self.file == NULL)
        return -1;
    self.listeners = corefile_listeners_new();
    read_blocks(&self, notices);
    corefile_listeners_check(self.listeners, faults);
    if (self.file->block_count == 0)
        core_faults_add(faults, path, 0, "there is no server block");

    bool is_good = core_faults_count(faults) == before;

    if (is_good)
        write_all(&self, path, output);
    if (is_good && use == COREFILE_FOLLOWED)
        write_files(self.file, output);
    corefile_listeners_destroy(&self.listeners);
    for (size_t i = 0; i < self.file->block_count; i++)
        corefile_chain_clear(&self.chains[i]);
    free(self.chains);
    for (enum corefile_page page = 0; page < PAGES; page++)
        free(self.common.addresses[page].items);
    corefile_destroy(&self.file);
    return is_good ? 0 : -1;
}

/* ---- loading ------------------------------------------------------------- */

static core_config_t *
load_import(const char *path, core_faults_t *faults)
{
    int memory = memfd_create("corefile", MFD_CLOEXEC);
    FILE *file = memory == -1 ? NULL : fdopen(memory, "w");
    core_config_t *config = NULL;
    char name[64];

    if (file == NULL)
        abort();
    snprintf(name, sizeof name, "/proc/self/fd/%d", memory);
    if (corefile_import(path, COREFILE_FOLLOWED, file, faults, NULL) == 0
        && fflush(file) == 0)
        config = core_config_load(name, faults);
    fclose(file);
    return config;
}

core_config_t *
corefile_load_config(const char *path, core_faults_t *faults)
{
    struct core_source_file source;
    const char *wrong = core_source_file_read(&source, path);
    bool is_corefile = wrong == NULL
        && corefile_is_meant(path, source.text);

    free(source.text);
    return is_corefile ? load_import(path, faults)
        : core_config_load(path, faults);
}

int
corefile_import_run(const struct request *request)
{
    core_faults_t *faults = core_faults_new();
    core_faults_t *notices = core_faults_new();
    int rc = corefile_import(request->argument, COREFILE_READ_ONCE, stdout,
                             faults, notices);

    for (size_t i = 0; i < core_faults_count(faults); i++)
        message_fault(0, core_faults_at(faults, i));
    for (size_t i = 0; rc == 0 && i < core_faults_count(notices); i++)
        message_fault(0, core_faults_at(notices, i));
    core_faults_destroy(&faults);
    core_faults_destroy(&notices);
    return rc == 0 ? CORE_EXIT_DONE : CORE_EXIT_CONFIG;
}
