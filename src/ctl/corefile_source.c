/*
 * corefile_source - the directives file, auto and hosts
 *
 * Each becomes a group of the stage file-sync.
 */

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "lib/arena.h"

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

static const struct corefile_directive file_options[] = {
    { "fallthrough", read_fallthrough, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "reload", read_reload, 1, 1, COREFILE_PLAIN },
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

void
corefile_read_file(struct corefile_chain *chain,
                   const struct corefile_line *line)
{
    struct corefile_zones zones = corefile_arguments(chain, line, 2, true);

    for (size_t i = 0; i < zones.count; i++) {
        chain->draft = &chain->members;
        corefile_set(chain, line, "origin",
                     draft_quote(chain->memory, zones.items[i]));
        corefile_set(chain, line, "file",
                     corefile_path(chain, line->words[1]));
        corefile_read_lines(chain, line->body, line->body_count,
                            file_options, "file");
        add_group(chain, SOURCE_ZONES, line);
        add_origin(chain, zones.items[i]);
    }
    free(zones.items);
}

/* ---- auto ---------------------------------------------------------------- */

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
    bool has_directory = false;

    /* Only names of the block's zones come here at all. */
    for (size_t i = 0; i < chain->zones.count; i++)
        if (!cover(&zones, chain->zones.items[i])) {
            corefile_fail(chain, line, "other zones than those of the block "
                          "are not supported yet");
            break;
        }
    free(zones.items);
    for (size_t i = 0; i < line->body_count; i++)
        has_directory |= strcmp(line->body[i].words[0], "directory") == 0;
    if (!has_directory)
        corefile_fail(chain, line, "expected a directory in { }");
    chain->draft = &chain->members;
    corefile_read_lines(chain, line->body, line->body_count, auto_options,
                        "auto");
    add_group(chain, SOURCE_DIRECTORIES, line);
}

/* ---- hosts --------------------------------------------------------------- */

/* The words of a line with blanks between them. */
static const char *
join(struct corefile_chain *chain, const struct corefile_line *line)
{
    size_t size = 1;

    for (size_t i = 0; i < line->count; i++)
        size += strlen(line->words[i]) + 1;

    char *text = core_arena_allocate(chain->memory, size);

    for (size_t i = 0; i < line->count; i++) {
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
