/*
 * corefile_source - the directives file, auto and hosts
 *
 * Each becomes a group of the stage file-sync.
 */

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "lib/arena.h"
#include "lib/pattern.h"

#include "ctl/corefile_directive.h"

/* ---- options ------------------------------------------------------------- */

static void
accept(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) chain;
    (void) line;
}

static void
read_reload(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "reload", corefile_time(chain, line, 1));
}

static void
read_fallthrough(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    corefile_set(chain, line, "fallthrough",
                 corefile_zone_list(chain, line, 1, "[ \".\" ]"));
}

static void
read_ttl(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "ttl", corefile_number(chain, line, 1));
}

static void
read_no_reverse(struct corefile_chain *chain,
                const struct corefile_line *line)
{
    corefile_set(chain, line, "reverse", "false");
}

static void
read_unsupported(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    corefile_set(chain, line, "fallthrough_unsupported", "true");
}

/* fallthrough is read for all files of the block at once; files are read again
   when they have changed, however that shows. */
static const struct corefile_directive file_options[] = {
    { "fallthrough", accept, 0, COREFILE_MANY, COREFILE_REPEATED },
    { "reload", read_reload, 1, 1, COREFILE_PLAIN },
    { "reload_by_mtime", accept, 0, 0, COREFILE_PLAIN },
    { "upstream", accept, 0, COREFILE_MANY, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

static const struct corefile_directive hosts_options[] = {
    { "fallthrough", read_fallthrough, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "fallthrough_unsupported", read_unsupported, 0, 0, COREFILE_PLAIN },
    { "no_reverse", read_no_reverse, 0, 0, COREFILE_PLAIN },
    { "reload", read_reload, 1, 1, COREFILE_PLAIN },
    { "ttl", read_ttl, 1, 1, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* ---- groups -------------------------------------------------------------- */

static void
add_group(struct corefile_chain *chain, int kind,
          const struct corefile_line *line)
{
    corefile_close_group(chain, line, &chain->sources[kind]);
    chain->source_counts[kind]++;
}

/* Notes the name of a zone: blocks are joined by them. */
static void
add_origin(struct corefile_chain *chain, const char *name)
{
    struct corefile_zones *origins = &chain->origins;

    origins->items = core_grow(origins->items, origins->count,
                               &origins->capacity, sizeof *origins->items);
    origins->items[origins->count++] = name;
}

/* The last line in the block that lets names of files through, or NULL: it
   counts for all files. */
static const struct corefile_line *
find_fallthrough(const struct corefile_block *block)
{
    const struct corefile_line *found = NULL;

    for (size_t i = 0; i < block->line_count; i++) {
        const struct corefile_line *line = &block->lines[i];

        for (size_t j = 0; strcmp(line->words[0], "file") == 0
             && j < line->body_count; j++)
            if (strcmp(line->body[j].words[0], "fallthrough") == 0)
                found = &line->body[j];
    }
    return found;
}

/* True when a line `file` has that zone; what is wrong with it is told when it
   is read itself. */
static bool
is_for(const struct corefile_chain *chain, const struct corefile_line *line,
       const char *zone)
{
    struct corefile_zones zones = { .items = NULL };
    bool is_found = false;

    for (size_t i = 2; i < line->count; i++)
        corefile_zones_add(&zones, chain->memory, line->words[i]);
    for (size_t i = 0; line->count <= 2 && i < chain->zones.count; i++)
        is_found |= strcmp(chain->zones.items[i], zone) == 0;
    for (size_t i = 0; i < zones.count; i++)
        is_found |= strcmp(zones.items[i], zone) == 0;
    free(zones.items);
    return is_found;
}

/* True when a later line of the block has another file for the zone. */
static bool
is_replaced(const struct corefile_chain *chain,
            const struct corefile_line *line, const char *zone)
{
    const struct corefile_block *block = chain->block;

    for (const struct corefile_line *next = line + 1;
         next < block->lines + block->line_count; next++)
        if (strcmp(next->words[0], "file") == 0
            && is_for(chain, next, zone))
            return true;
    return false;
}

void
corefile_read_file(struct corefile_chain *chain,
                   const struct corefile_line *line)
{
    struct corefile_zones zones = corefile_arguments(chain, line, 2, true);
    const struct corefile_line *fallthrough = find_fallthrough(chain->block);

    for (size_t i = 0; i < zones.count; i++) {
        if (is_replaced(chain, line, zones.items[i]))
            continue;
        chain->draft = &chain->members;
        corefile_set(chain, line, "origin",
                     draft_quote(chain->memory, zones.items[i]));
        corefile_set(chain, line, "file",
                     corefile_path(chain, line->words[1]));
        corefile_read_lines(chain, line->body, line->body_count,
                            file_options, "file");
        if (fallthrough != NULL)
            read_fallthrough(chain, fallthrough);
        add_group(chain, SOURCE_ZONES, line);
        add_origin(chain, zones.items[i]);
    }
    free(zones.items);
}

/* ---- auto ---------------------------------------------------------------- */

/* True when the pattern has a group of each number in the origin; one that is
   no pattern is refused by the stage. */
static bool
has_groups(const char *text, const char *origin)
{
    struct core_fault fault;
    core_pattern_t *pattern = core_pattern_new(text, &fault);
    unsigned groups = pattern == NULL ? UINT_MAX
        : core_pattern_groups(pattern);
    bool has_all = true;

    for (const char *at = origin; (at = strchr(at, '{')) != NULL; at++) {
        char *end;
        unsigned long group = strtoul(at + 1, &end, 10);

        has_all &= end == at + 1 || *end != '}' || group < groups;
    }
    core_pattern_destroy(&pattern);
    return has_all;
}

static void
read_directory(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "path", corefile_path(chain, line->words[1]));
    if (line->count == 3)
        corefile_fail(chain, line, "a template is missing");
    if (line->count < 4)
        return;
    corefile_set(chain, line, "pattern",
                 draft_quote(chain->memory, line->words[2]));
    corefile_set(chain, line, "origin",
                 draft_quote(chain->memory, line->words[3]));
}

static const struct corefile_directive auto_options[] = {
    { "directory", read_directory, 1, 3, COREFILE_PLAIN },
    { "reload", read_reload, 1, 1, COREFILE_PLAIN },
    { "upstream", accept, 0, COREFILE_MANY, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* True when one of the zones is that name or above it. */
static bool
cover(const struct corefile_zones *zones, const char *text)
{
    uint8_t name[CORE_NAME_SIZE], zone[CORE_NAME_SIZE];

    core_name_from_text(name, text, NULL);
    for (size_t i = 0; i < zones->count; i++) {
        core_name_from_text(zone, zones->items[i], NULL);
        if (core_name_is_below(name, zone))
            return true;
    }
    return false;
}

void
corefile_read_auto(struct corefile_chain *chain,
                   const struct corefile_line *line)
{
    struct corefile_zones zones = corefile_arguments(chain, line, 1, true);
    const struct corefile_line *directory = NULL;

    /* Only names of the block's zones come here at all. */
    for (size_t i = 0; i < chain->zones.count; i++)
        if (!cover(&zones, chain->zones.items[i])) {
            corefile_fail(chain, line, "other zones than those of the block "
                          "are not supported yet");
            break;
        }
    free(zones.items);
    for (size_t i = 0; i < line->body_count; i++)
        if (strcmp(line->body[i].words[0], "directory") == 0)
            directory = &line->body[i];
    chain->draft = &chain->members;
    corefile_read_lines(chain, line->body, line->body_count, auto_options,
                        "auto");
    if (directory == NULL)
        core_faults_add(chain->notices, line->path, line->line,
                        "auto: without a directory there are no zones");
    else if (directory->count > 3
             && !has_groups(directory->words[2], directory->words[3]))
        core_faults_add(chain->notices, directory->path, directory->line,
                        "directory: the pattern has not the groups of %s, so "
                        "there are no zones", directory->words[3]);
    else {
        add_group(chain, SOURCE_DIRECTORIES, line);
        return;
    }
    draft_clear(&chain->members);
}

/* ---- hosts --------------------------------------------------------------- */

/* The words of a line with blanks between them. */
static const char *
join(struct corefile_chain *chain, const struct corefile_line *line)
{
    /* What CoreDNS does not serve, though it goes on there elsewhere. */
    if (line->first_row < line->count)
        core_faults_add(chain->notices, line->path, line->line, "hosts: a "
                        "line ends with its row: %s is left out",
                        line->words[line->first_row]);

    size_t size = 1;

    for (size_t i = 0; i < line->first_row; i++)
        size += strlen(line->words[i]) + 1;

    char *text = core_arena_allocate(chain->memory, size);

    for (size_t i = 0; i < line->first_row; i++) {
        strcat(text, i > 0 ? " " : "");
        strcat(text, line->words[i]);
    }
    return text;
}

/* A line that begins with an address is one of a hosts file. */
static bool
is_entry(const struct corefile_line *line)
{
    const char *word = line->words[0];

    return !line->has_body && (strchr(word, ':') != NULL
                               || (*word >= '0' && *word <= '9'));
}

static void
read_entries(struct corefile_chain *chain, const struct corefile_line *line)
{
    size_t count = 0;

    for (size_t i = 0; i < line->body_count; i++)
        if (!is_entry(&line->body[i]))
            corefile_read_lines(chain, &line->body[i], 1, hosts_options,
                                "hosts");
    for (size_t i = 0; i < line->body_count; i++) {
        const struct corefile_line *entry = &line->body[i];

        if (!is_entry(entry))
            continue;
        if (count++ == 0)
            draft_say(chain->draft, entry, 0, "inline = [");
        else
            draft_separate(chain->draft);
        draft_say(chain->draft, entry, 1, "%s",
                  draft_quote(chain->memory, join(chain, entry)));
    }
    if (count > 0)
        draft_say(chain->draft, line, 0, "];");
}

void
corefile_read_hosts(struct corefile_chain *chain,
                    const struct corefile_line *line)
{
    chain->draft = &chain->members;
    corefile_set(chain, line, "file", line->count > 1
                 ? corefile_path(chain, line->words[1])
                 : draft_quote(chain->memory, "/etc/hosts"));
    corefile_set(chain, line, "zones",
                 corefile_zone_list(chain, line, 2, NULL));
    read_entries(chain, line);
    add_group(chain, SOURCE_HOSTS, line);
}
