/*
 * corefile_log - the directives log and errors
 */

#include <string.h>

#include "coredns/memory.h"

#include "ctl/corefile_directive.h"

/* ---- log ----------------------------------------------------------------- */

static void
read_class(struct corefile_chain *chain, const struct corefile_line *line)
{
    static const char *const names[] = { "success", "denial", "error", "all" };

    for (size_t i = 1; i < line->count; i++) {
        bool is_known = false;

        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            is_known |= strcmp(names[j], line->words[i]) == 0;
        if (!is_known)
            corefile_fail(chain, line, "expected success, denial, error or "
                          "all, not %s", line->words[i]);
    }
    corefile_set(chain, line, "classes",
                 draft_list(chain->memory, line->words + 1, line->count - 1));
}

static const struct corefile_directive log_options[] = {
    { "class", read_class, 1, COREFILE_MANY, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* The line without its last word. */
static struct corefile_line
without_last(const struct corefile_line *line)
{
    struct corefile_line rest = *line;

    rest.count--;
    return rest;
}

/* log [NAMES...] [FORMAT]: what has a brace is a format. */
void
corefile_read_log(struct corefile_chain *chain,
                  const struct corefile_line *line)
{
    const char *last = line->words[line->count - 1];
    bool has_format = line->count > 1 && strchr(last, '{') != NULL;
    struct corefile_line names = has_format ? without_last(line) : *line;

    chain->draft = &chain->members;
    if (names.count > 1)
        corefile_set(chain, line, "names",
                     corefile_zone_list(chain, &names, 1, NULL));
    if (has_format)
        corefile_set(chain, line, "format",
                     draft_quote(chain->memory, last));
    corefile_read_lines(chain, line->body, line->body_count, log_options,
                        "log");
    corefile_close_group(chain, line, &chain->query_log);
}

/* ---- errors -------------------------------------------------------------- */

static void
accept_stacktrace(struct corefile_chain *chain,
                  const struct corefile_line *line)
{
    core_faults_add(chain->notices, line->path, line->line,
                    "stacktrace: there are none");
}

/* The words behind the pattern: a level, then show_first. */
static void
read_consolidate_end(struct corefile_chain *chain,
                     const struct corefile_line *line)
{
    static const char *const levels[][2] = {
        { "warning", "\"warning\"" }, { "error", "\"error\"" },
        { "info", "\"notice\"" }, { "debug", "\"debug\"" },
    };
    size_t at = 3;

    for (size_t i = 0; at < line->count
         && i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(levels[i][0], line->words[at]) != 0)
            continue;
        corefile_set(chain, line, "level", levels[i][1]);
        at++;
        break;
    }
    if (at < line->count && strcmp(line->words[at], "show_first") == 0) {
        corefile_set(chain, line, "show_first", "true");
        at++;
    }
    if (at < line->count)
        corefile_fail(chain, line, "expected warning, error, info or debug, "
                      "then show_first, not %s", line->words[at]);
}

/* consolidate DURATION PATTERN [LEVEL] [show_first] */
static void
read_consolidate(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    chain->draft = &chain->members;
    corefile_set(chain, line, "period", corefile_time(chain, line, 1));
    corefile_set(chain, line, "pattern",
                 draft_quote(chain->memory, line->words[2]));
    read_consolidate_end(chain, line);
    corefile_close_group(chain, line, &chain->failure_groups);
}

static const struct corefile_directive errors_options[] = {
    { "consolidate", read_consolidate, 2, 4, COREFILE_REPEATED },
    { "stacktrace", accept_stacktrace, 0, 0, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* errors [stdout] */
void
corefile_read_errors(struct corefile_chain *chain,
                     const struct corefile_line *line)
{
    if (line->count > 1 && strcmp(line->words[1], "stdout") != 0)
        corefile_fail(chain, line, "expected stdout, not %s", line->words[1]);
    draft_say(&chain->route, line, 0, "failure_log = true;");
    corefile_read_lines(chain, line->body, line->body_count, errors_options,
                        "errors");
}
