/*
 * corefile_health - the directives health, ready and prometheus
 *
 * One stage serves what all blocks ask for.
 */

#include <stdio.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/arena.h"

#include "ctl/corefile_directive.h"

/* Notes the address of a page; blocks may share it. */
static void
add_page(struct corefile_chain *chain, const struct corefile_line *line,
         enum corefile_page page, const char *usual)
{
    static const char host[] = "localhost:";
    struct corefile_zones *known = &chain->common->addresses[page];
    const char *text = line->count > 1 ? line->words[1] : usual;
    char address[256];

    snprintf(address, sizeof address, "%s%s",
             strncmp(text, host, strlen(host)) == 0 ? "127.0.0.1:" : "",
             strncmp(text, host, strlen(host)) == 0 ? text + strlen(host)
             : text);
    if (chain->common->lines[page] == NULL)
        chain->common->lines[page] = line;
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
        chain->common->lameduck = line;
}

static const struct corefile_directive health_options[] = {
    { "lameduck", read_lameduck, 1, 1, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

void
corefile_read_health(struct corefile_chain *chain,
                     const struct corefile_line *line)
{
    add_page(chain, line, PAGE_LISTEN, ":8080");
    corefile_read_lines(chain, line->body, line->body_count, health_options,
                        "health");
}

static void
read_monitor(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (strcmp(line->words[1], "continuously") == 0)
        chain->common->is_monitored = true;
    else if (strcmp(line->words[1], "until-ready") != 0)
        corefile_fail(chain, line, "expected until-ready or continuously, "
                      "not %s", line->words[1]);
}

static const struct corefile_directive ready_options[] = {
    { "monitor", read_monitor, 1, 1, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

void
corefile_read_ready(struct corefile_chain *chain,
                    const struct corefile_line *line)
{
    add_page(chain, line, PAGE_READY, ":8181");
    corefile_read_lines(chain, line->body, line->body_count, ready_options,
                        "ready");
}

void
corefile_read_prometheus(struct corefile_chain *chain,
                         const struct corefile_line *line)
{
    add_page(chain, line, PAGE_METRICS, "localhost:9153");
    chain->has_metrics = true;
}
