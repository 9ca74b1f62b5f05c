/*
 * corefile_directive - what the lines of a server block ask for
 */

#include "ctl/corefile_directive.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/setting.h"

#define DIRECTIVES_MOST 63              /* of one table: a bit for each */

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

int64_t
corefile_milliseconds(struct corefile_chain *chain,
                      const struct corefile_line *line, size_t index)
{
    const char *text = line->words[index];
    int64_t milliseconds;

    if (core_duration_from_text(text, &milliseconds) == -1)
        milliseconds = (int64_t) round(read_time(text));
    if (milliseconds < 0)
        corefile_fail(chain, line, "not a time: %s", text);
    return milliseconds;
}

const char *
corefile_time(struct corefile_chain *chain, const struct corefile_line *line,
              size_t index)
{
    int64_t milliseconds = corefile_milliseconds(chain, line, index);
    const char *text = line->words[index];
    int64_t known;
    char number[32];

    if (milliseconds < 0)
        return NULL;
    if (core_duration_from_text(text, &known) == 0)
        return draft_quote(chain->memory, text);
    snprintf(number, sizeof number, "%" PRId64 "ms", milliseconds);
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

    chain->draft->names_files = true;
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

void
corefile_close_group(struct corefile_chain *chain,
                     const struct corefile_line *line, struct draft *list)
{
    draft_separate(list);
    draft_say(list, line, 0, "{");
    draft_move(list, &chain->members, 1);
    draft_say(list, line, 0, "}");
}

/* ---- tables -------------------------------------------------------------- */

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

    if (line->has_body && (directive->traits & COREFILE_BODY) == 0)
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

/* Directives of CoreDNS that we do not have. */
static const char *const others[] = {
    "acl", "azure", "clouddns", "dns64", "dnssec", "dnstap",
    "geoip", "grpc", "grpc_server", "header", "https", "https3",
    "minimal", "nomad", "on", "pprof", "proxyproto", "quic", "rewrite",
    "route53", "secondary", "sign", "tls", "trace", "tsig",
    "view", NULL
};

static bool
is_other(const char *word)
{
    for (const char *const *name = others; *name != NULL; name++)
        if (strcmp(*name, word) == 0)
            return true;
    return false;
}

/* The word of the table that is nearest to the one that is not in it. */
static const char *
nearest(const struct corefile_directive *table, const char *word)
{
    const char *names[DIRECTIVES_MOST + 1];
    size_t count = 0;

    for (; table->name != NULL && count < DIRECTIVES_MOST; table++)
        names[count++] = table->name;
    names[count] = NULL;
    return core_nearest(word, names);
}

static void
fail_word(struct corefile_chain *chain, const struct corefile_line *line,
          const struct corefile_directive *table, const char *of)
{
    const char *near = nearest(table, line->words[0]);

    if (*of == '\0' && is_other(line->words[0]))
        corefile_fail(chain, line, "this directive is not supported yet");
    else if (*of == '\0')
        corefile_fail(chain, line, "there is no such directive%s%s",
                      near == NULL ? "" : "; did you mean ",
                      near == NULL ? "" : near);
    else
        corefile_fail(chain, line, "%s has no such option%s%s", of,
                      near == NULL ? "" : "; did you mean ",
                      near == NULL ? "" : near);
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
            fail_word(chain, line, table, of);
            continue;
        }

        uint64_t bit = UINT64_C(1) << (directive - table);

        if ((seen & bit) != 0 && (directive->traits & COREFILE_REPEATED) == 0)
            corefile_fail(chain, line, "stands here a second time");
        else if (has_right_shape(chain, line, directive))
            directive->read(chain, line);
        seen |= bit;
        chain->has_handler |= *of == '\0'
            && (directive->traits & COREFILE_CONFIGURES) == 0;
    }
}

void
corefile_chain_clear(struct corefile_chain *self)
{
    draft_clear(&self->route);
    draft_clear(&self->effects);
    draft_clear(&self->rules);
    draft_clear(&self->query_log);
    draft_clear(&self->failure_groups);
    draft_clear(&self->cache);
    draft_clear(&self->cluster);
    draft_clear(&self->external);
    draft_clear(&self->etcd);
    draft_clear(&self->transfers);
    for (size_t i = 0; i < self->forward_count; i++)
        draft_clear(&self->forwards[i].options);
    free(self->forwards);
    for (size_t i = 0; i < 3; i++)
        draft_clear(&self->sources[i]);
    free(self->place);
    free(self->zones.items);
    free(self->addresses.items);
    free(self->origins.items);
    free(self->transferred.items);
    free(self->cluster_zones.items);
}
