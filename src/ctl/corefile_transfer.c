/*
 * corefile_transfer - the directive transfer: who may have the block's zones
 *
 * It becomes a group of the setting `transfers` of the authority that serves
 * them.  Who is named may have the zones and is told of changes; its port
 * counts for the latter alone.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/arena.h"
#include "lib/host_port.h"

#include "ctl/corefile_directive.h"

#define DNS_PORT 53
#define ANYBODY "[ \"0.0.0.0/0\", \"::/0\" ]"

/* What the lines of one `transfer` say. */
struct transfer {
    bool is_open;                       /* to anybody */
    bool is_wrong;                      /* and that has been said */
    const char **to, **notify;          /* texts in the arena */
    size_t count;
    const struct corefile_line *source;
};

static const char *
copy_text(struct corefile_chain *chain, const char *text)
{
    return core_arena_copy(chain->memory, text, strlen(text) + 1);
}

static void
read_server(struct corefile_chain *chain, const struct corefile_line *line,
            const char *word, struct transfer *transfer)
{
    struct sockaddr_storage address;
    socklen_t size;
    char why[HOST_PORT_WHY_SIZE];
    char text[HOST_PORT_TEXT_SIZE];
    char host[HOST_PORT_HOST_SIZE];
    int port;

    if (strcmp(word, "*") == 0) {
        transfer->is_open = true;
        return;
    }
    if (host_port_from_text(word, DNS_PORT, &address, &size, why) == -1) {
        corefile_fail(chain, line, "%s: %s", word, why);
        transfer->is_wrong = true;
        return;
    }
    host_port_to_text(text, &address, size);
    host_port_cut(text, DNS_PORT, host, &port);
    transfer->to[transfer->count] = copy_text(chain, host);
    transfer->notify[transfer->count++] = copy_text(chain, text);
}

static void
keep(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) chain;
    (void) line;
}

static const struct corefile_directive options[] = {
    { "source", keep, 1, 1, COREFILE_PLAIN },
    { "to", keep, 1, COREFILE_MANY, COREFILE_REPEATED },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

static void
read_source(struct corefile_chain *chain, const struct corefile_line *line)
{
    struct sockaddr_storage address;
    socklen_t size;
    char why[HOST_PORT_WHY_SIZE];

    if (host_port_address(line->words[1], 0, &address, &size, why) == -1)
        corefile_fail(chain, line, "%s: %s", line->words[1], why);
    else
        corefile_set(chain, line, "notify_source",
                     draft_quote(chain->memory, line->words[1]));
}

/* The zones of the line; of several lines for a zone the first one counts. */
static const char *
take_zones(struct corefile_chain *chain, const struct corefile_line *line)
{
    struct corefile_zones zones = corefile_arguments(chain, line, 1, true);
    const char *list;
    size_t count = 0;

    for (size_t i = 0; i < zones.count; i++) {
        if (corefile_zones_have(&chain->transferred, zones.items[i])) {
            core_faults_add(chain->notices, line->path, line->line,
                            "transfer: a line above it counts for %s",
                            zones.items[i]);
            continue;
        }
        corefile_zones_append(&chain->transferred, zones.items[i]);
        zones.items[count++] = zones.items[i];
    }
    list = count == 0 ? NULL : draft_list(chain->memory, zones.items, count);
    free(zones.items);
    return list;
}

static void
write_group(struct corefile_chain *chain, const struct corefile_line *line,
            const struct transfer *transfer)
{
    const char *zones = take_zones(chain, line);

    if (zones == NULL)
        return;
    chain->draft = &chain->members;
    corefile_set(chain, line, "zones", zones);
    corefile_set(chain, line, "to", transfer->is_open ? ANYBODY
                 : draft_list(chain->memory, transfer->to, transfer->count));
    if (transfer->count > 0)
        corefile_set(chain, line, "notify",
                     draft_list(chain->memory, transfer->notify,
                                transfer->count));
    if (transfer->source != NULL)
        read_source(chain, transfer->source);
    corefile_close_group(chain, line, &chain->transfers);
}

static size_t
count_words(const struct corefile_line *line)
{
    size_t count = 0;

    for (size_t i = 0; i < line->body_count; i++)
        count += line->body[i].count;
    return count;
}

void
corefile_read_transfer(struct corefile_chain *chain,
                       const struct corefile_line *line)
{
    size_t room = (count_words(line) + 1) * sizeof (const char *);
    struct transfer transfer = {
        .to = core_arena_allocate(chain->memory, room),
        .notify = core_arena_allocate(chain->memory, room),
    };

    corefile_read_lines(chain, line->body, line->body_count, options,
                        "transfer");
    for (size_t i = 0; i < line->body_count; i++) {
        const struct corefile_line *option = &line->body[i];

        if (strcmp(option->words[0], "source") == 0 && option->count == 2)
            transfer.source = option;
        for (size_t j = 1;
             strcmp(option->words[0], "to") == 0 && j < option->count; j++)
            read_server(chain, option, option->words[j], &transfer);
    }
    if (!transfer.is_open && !transfer.is_wrong && transfer.count == 0)
        corefile_fail(chain, line, "expected `to` with at least one address "
                      "or *");
    else if (!transfer.is_wrong)
        write_group(chain, line, &transfer);
}
