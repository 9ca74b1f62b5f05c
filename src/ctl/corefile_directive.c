/*
 * corefile_directive - what the lines of a server block ask for
 */

#include "ctl/corefile_directive.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/setting.h"
#include "lib/arena.h"

/* ---- arguments ----------------------------------------------------------- */

void
corefile_fail(struct corefile_chain *chain, const struct corefile_line *line,
              const char *format, ...)
{
    char text[CORE_FAULT_TEXT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    core_faults_add(chain->faults, line->path, line->line, "%s: %s",
                    line->words[0], text);
}

const char *
corefile_number(struct corefile_chain *chain,
                const struct corefile_line *line, size_t index)
{
    const char *text = line->words[index];
    size_t digits = strspn(text, "0123456789");

    if (digits > 0 && digits < 10 && text[digits] == '\0')
        return text;
    corefile_fail(chain, line, "not a number: %s", text);
    return NULL;
}

/* Milliseconds of a time as Go writes it ("1m0.5s"); -1: it is none. */
static double
read_time(const char *text)
{
    static const struct {
        const char *unit;
        double milliseconds;
    } units[] = {
        { "ms", 1 }, { "us", 0.001 }, { "ns", 0.000001 }, { "h", 3600000 },
        { "m", 60000 }, { "s", 1000 }, { NULL, 0 },
    };
    double sum = 0;

    do {
        char *end;
        size_t i = 0;

        if (!isdigit((unsigned char) *text) && *text != '.')
            return -1;

        double value = strtod(text, &end);

        if (end == text)
            return -1;
        while (units[i].unit != NULL
               && strncmp(end, units[i].unit, strlen(units[i].unit)) != 0)
            i++;
        if (units[i].unit == NULL)
            return -1;
        sum += value * units[i].milliseconds;
        text = end + strlen(units[i].unit);
    } while (*text != '\0');
    return sum < 1e12 ? sum : -1;
}

const char *
corefile_time(struct corefile_chain *chain, const struct corefile_line *line,
              size_t index)
{
    const char *text = line->words[index];
    int64_t known;
    char number[32];

    if (core_duration_from_text(text, &known) == 0)
        return draft_quote(chain->memory, text);

    double milliseconds = read_time(text);

    if (milliseconds < 0) {
        corefile_fail(chain, line, "not a time: %s", text);
        return NULL;
    }
    snprintf(number, sizeof number, "%.0fms", milliseconds);
    return draft_quote(chain->memory, number);
}

struct corefile_zones
corefile_arguments(struct corefile_chain *chain,
                   const struct corefile_line *line, size_t index, bool usual)
{
    struct corefile_zones zones = { .items = NULL };

    for (size_t i = index; i < line->count; i++) {
        const char *wrong = corefile_zones_add(&zones, chain->memory,
                                               line->words[i]);

        if (wrong != NULL)
            corefile_fail(chain, line, "%s: %s", wrong, line->words[i]);
    }
    if (line->count <= index && usual)
        for (size_t i = 0; i < chain->zones.count; i++)
            corefile_zones_add(&zones, chain->memory, chain->zones.items[i]);
    return zones;
}

const char *
corefile_zone_list(struct corefile_chain *chain,
                   const struct corefile_line *line, size_t index,
                   const char *usual)
{
    struct corefile_zones zones = corefile_arguments(chain, line, index,
                                                     false);
    const char *list = line->count <= index ? usual
        : draft_list(chain->memory, zones.items, zones.count);

    free(zones.items);
    return list;
}

const char *
corefile_path(struct corefile_chain *chain, const char *path)
{
    char *whole;
    const char *quoted;

    if (*path == '/' || chain->root == NULL)
        return draft_quote(chain->memory, path);
    if (asprintf(&whole, "%s/%s", chain->root, path) == -1)
        abort();
    quoted = draft_quote(chain->memory, whole);
    free(whole);
    return quoted;
}

void
corefile_set(struct corefile_chain *chain, const struct corefile_line *line,
             const char *key, const char *text)
{
    if (text != NULL)
        draft_say(chain->draft, line, 0, "%s = %s;", key, text);
}

/* ---- directives of the server -------------------------------------------- */

static void
accept(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) chain;
    (void) line;
}

static void
read_log(struct corefile_chain *chain, const struct corefile_line *line)
{
    core_faults_add(chain->notices, line->path, line->line,
                    "log: queries are not logged");
}

static void
read_reload(struct corefile_chain *chain, const struct corefile_line *line)
{
    core_faults_add(chain->notices, line->path, line->line,
                    "reload: the file is not watched: a change takes effect "
                    "with corednsctl reload");
}

static void
read_root(struct corefile_chain *chain, const struct corefile_line *line)
{
    chain->root = line->words[1];
}

static void
read_bufsize(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (line->count == 1 || corefile_number(chain, line, 1) != NULL)
        chain->settings[SETTING_BUFSIZE] = line;
}

static void
read_nsid(struct corefile_chain *chain, const struct corefile_line *line)
{
    chain->settings[SETTING_NSID] = line;
}

static void
read_chaos(struct corefile_chain *chain, const struct corefile_line *line)
{
    chain->settings[SETTING_CHAOS] = line;
    if (line->count > 2)
        corefile_fail(chain, line, "authors are not supported yet");
}

static void
read_multisocket(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    if (line->count == 1 || corefile_number(chain, line, 1) != NULL)
        chain->settings[SETTING_MULTISOCKET] = line;
}

static void
read_idle(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (corefile_time(chain, line, 1) != NULL)
        chain->settings[SETTING_IDLE] = line;
}

static const struct corefile_directive timeout_options[] = {
    { "idle", read_idle, 1, 1, false, false },
    { NULL, NULL, 0, 0, false, false },
};

static void
read_timeouts(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (line->body_count == 0)
        corefile_fail(chain, line, "expected times in { }");
    corefile_read_lines(chain, line->body, line->body_count, timeout_options,
                        "timeouts");
}

/* ---- health, ready and prometheus ---------------------------------------- */

/* Notes the address of a page; blocks may share it. */
static void
add_page(struct corefile_chain *chain, const struct corefile_line *line,
         enum corefile_page page, const char *usual)
{
    static const char host[] = "localhost:";
    struct corefile_zones *known = &chain->health->addresses[page];
    const char *text = line->count > 1 ? line->words[1] : usual;
    char address[256];

    snprintf(address, sizeof address, "%s%s",
             strncmp(text, host, strlen(host)) == 0 ? "127.0.0.1:" : "",
             strncmp(text, host, strlen(host)) == 0 ? text + strlen(host)
             : text);
    if (chain->health->lines[page] == NULL)
        chain->health->lines[page] = line;
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->items[i], address) == 0)
            return;
    known->items = core_grow(known->items, known->count, &known->capacity,
                             sizeof *known->items);
    known->items[known->count++] = core_arena_copy(chain->memory, address,
                                                   strlen(address) + 1);
}

static void
read_lameduck(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (corefile_time(chain, line, 1) != NULL)
        chain->health->lameduck = line;
}

static const struct corefile_directive health_options[] = {
    { "lameduck", read_lameduck, 1, 1, false, false },
    { NULL, NULL, 0, 0, false, false },
};

static void
read_health(struct corefile_chain *chain, const struct corefile_line *line)
{
    add_page(chain, line, PAGE_LISTEN, ":8080");
    corefile_read_lines(chain, line->body, line->body_count, health_options,
                        "health");
}

static void
read_monitor(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (strcmp(line->words[1], "continuously") != 0)
        corefile_fail(chain, line, "%s is not supported, only continuously",
                      line->words[1]);
}

static const struct corefile_directive ready_options[] = {
    { "monitor", read_monitor, 1, 1, false, false },
    { NULL, NULL, 0, 0, false, false },
};

static void
read_ready(struct corefile_chain *chain, const struct corefile_line *line)
{
    add_page(chain, line, PAGE_READY, ":8181");
    corefile_read_lines(chain, line->body, line->body_count, ready_options,
                        "ready");
}

static void
read_prometheus(struct corefile_chain *chain,
                const struct corefile_line *line)
{
    add_page(chain, line, PAGE_METRICS, "localhost:9153");
}

/* ---- the table ----------------------------------------------------------- */

static const struct corefile_directive directives[] = {
    { "auto", corefile_read_auto, 0, COREFILE_MANY, true, true },
    { "bind", corefile_read_bind, 1, COREFILE_MANY, true, true },
    { "bufsize", read_bufsize, 0, 1, false, false },
    { "cache", corefile_read_cache, 0, COREFILE_MANY, true, false },
    { "chaos", read_chaos, 0, COREFILE_MANY, false, false },
    { "errors", accept, 0, 0, false, false },
    { "file", corefile_read_file, 1, COREFILE_MANY, true, true },
    { "forward", corefile_read_forward, 2, COREFILE_MANY, true, true },
    { "health", read_health, 0, 1, true, false },
    { "hosts", corefile_read_hosts, 0, COREFILE_MANY, true, false },
    { "log", read_log, 0, 0, false, true },
    { "loop", accept, 0, 0, false, false },
    { "multisocket", read_multisocket, 0, 1, false, false },
    { "nsid", read_nsid, 0, COREFILE_MANY, false, false },
    { "prometheus", read_prometheus, 0, 1, false, false },
    { "ready", read_ready, 0, 1, true, false },
    { "reload", read_reload, 0, 2, false, false },
    { "root", read_root, 1, 1, false, false },
    { "timeouts", read_timeouts, 0, 0, true, false },
    { NULL, NULL, 0, 0, false, false },
};

static const struct corefile_directive *
find(const struct corefile_directive *table, const char *name)
{
    while (table->name != NULL && strcmp(table->name, name) != 0)
        table++;
    return table->name == NULL ? NULL : table;
}

/* False and a fault when the line has too few, too many or what it may not
   have. */
static bool
has_right_shape(struct corefile_chain *chain,
                const struct corefile_line *line,
                const struct corefile_directive *directive)
{
    size_t count = line->count - 1;

    if (line->has_body && !directive->has_body)
        corefile_fail(chain, line, "options in { } are not supported");
    else if (count < directive->minimum)
        corefile_fail(chain, line, "an argument is missing");
    else if (count > directive->maximum)
        corefile_fail(chain, line, "an argument too many: %s",
                      line->words[directive->maximum + 1]);
    else
        return true;
    return false;
}

void
corefile_read_lines(struct corefile_chain *chain,
                    const struct corefile_line *lines, size_t count,
                    const struct corefile_directive *table, const char *of)
{
    uint64_t seen = 0;

    for (size_t i = 0; i < count; i++) {
        const struct corefile_line *line = &lines[i];
        const struct corefile_directive *directive = find(table,
                                                          line->words[0]);

        if (directive == NULL) {
            corefile_fail(chain, line, "this %s%s is not supported yet",
                          *of == '\0' ? "directive" : "option of ", of);
            continue;
        }

        uint64_t bit = UINT64_C(1) << (directive - table);

        if ((seen & bit) != 0 && !directive->is_repeatable)
            corefile_fail(chain, line, "stands here a second time");
        else if (has_right_shape(chain, line, directive))
            directive->read(chain, line);
        seen |= bit;
    }
}

void
corefile_chain_read(struct corefile_chain *self)
{
    const struct corefile_block *block = self->block;

    /* The others need it, and it may stand behind them. */
    for (size_t i = 0; i < block->line_count; i++)
        if (strcmp(block->lines[i].words[0], "root") == 0
            && block->lines[i].count == 2)
            self->root = block->lines[i].words[1];
    corefile_read_lines(self, block->lines, block->line_count, directives,
                        "");
}

void
corefile_chain_clear(struct corefile_chain *self)
{
    draft_clear(&self->cache);
    for (size_t i = 0; i < self->forward_count; i++)
        draft_clear(&self->forwards[i]);
    free(self->forwards);
    for (size_t i = 0; i < 3; i++)
        draft_clear(&self->sources[i]);
    free(self->place);
    free(self->zones.items);
    free(self->addresses.items);
    free(self->origins.items);
}
