/*
 * corefile_forward - the directive forward
 *
 * Each is a stage of its own with one route, and the next one in the block is
 * its next stage: so what it does not take goes on as it does there.
 */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "coredns/memory.h"

#include "ctl/corefile_directive.h"

static void
set_flag(struct corefile_chain *chain, const struct corefile_line *line)
{
    bool is_failfast = strcmp(line->words[0],
                              "failfast_all_unhealthy_upstreams") == 0;

    corefile_set(chain, line, is_failfast ? "failfast_all_unhealthy"
                 : line->words[0], "true");
}

static void
set_number(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, line->words[0],
                 corefile_number(chain, line, 1));
}

static void
set_time(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, line->words[0], corefile_time(chain, line, 1));
}

static void
set_text(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, line->words[0],
                 draft_quote(chain->memory, line->words[1]));
}

static void
set_texts(struct corefile_chain *chain, const struct corefile_line *line)
{
    const char *key = strcmp(line->words[0], "next") == 0 ? "next_on"
        : line->words[0];

    corefile_set(chain, line, key, draft_list(chain->memory, line->words + 1,
                                              line->count - 1));
}

static void
read_method(struct corefile_chain *chain, const struct corefile_line *line)
{
    bool is_get = strcasecmp(line->words[1], "GET") == 0;

    if (!is_get && strcasecmp(line->words[1], "POST") != 0)
        corefile_fail(chain, line, "expected GET or POST, not %s",
                      line->words[1]);
    corefile_set(chain, line, "doh_method", is_get ? "\"GET\"" : "\"POST\"");
}

static void
read_except(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "except",
                 corefile_zone_list(chain, line, 1, NULL));
}

static void
read_health_check(struct corefile_chain *chain,
                  const struct corefile_line *line)
{
    const char *interval = corefile_time(chain, line, 1);
    struct corefile_zones domain = { .items = NULL };
    bool recursion = true;

    for (size_t i = 2; i < line->count; i++) {
        bool is_domain = strcmp(line->words[i], "domain") == 0
            && i + 1 < line->count;

        if (strcmp(line->words[i], "no_rec") == 0)
            recursion = false;
        else if (!is_domain)
            corefile_fail(chain, line, "expected no_rec or domain NAME, not "
                          "%s", line->words[i]);
        else if (corefile_zones_add(&domain, chain->memory,
                                    line->words[++i]) != NULL)
            corefile_fail(chain, line, "not a domain name: %s",
                          line->words[i]);
    }
    if (interval != NULL)
        draft_say(chain->draft, line, 0, "health_check = ( { interval = %s; "
                  "recursion = %s; domain = %s; } );", interval,
                  recursion ? "true" : "false",
                  draft_quote(chain->memory, domain.count == 0 ? "."
                              : domain.items[0]));
    free(domain.items);
}

/* Both tls and tls_servername belong to one group, which is written later. */
static void
accept_tls(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) chain;
    (void) line;
}

static const struct corefile_directive options[] = {
    { "doh_method", read_method, 1, 1, COREFILE_PLAIN },
    { "except", read_except, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "expire", set_time, 1, 1, COREFILE_PLAIN },
    { "failfast_all_unhealthy_upstreams", set_flag, 0, 0, COREFILE_PLAIN },
    { "failover", set_texts, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "force_tcp", set_flag, 0, 0, COREFILE_PLAIN },
    { "health_check", read_health_check, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "max_age", set_time, 1, 1, COREFILE_PLAIN },
    { "max_concurrent", set_number, 1, 1, COREFILE_PLAIN },
    { "max_connect_attempts", set_number, 1, 1, COREFILE_PLAIN },
    { "max_fails", set_number, 1, 1, COREFILE_PLAIN },
    { "max_idle_conns", set_number, 1, 1, COREFILE_PLAIN },
    { "next", set_texts, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "next_on_nodata", set_flag, 0, 0, COREFILE_PLAIN },
    { "policy", set_text, 1, 1, COREFILE_PLAIN },
    { "prefer_udp", set_flag, 0, 0, COREFILE_PLAIN },
    { "read_timeout", set_time, 1, 1, COREFILE_PLAIN },
    { "resolver", set_texts, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "source_address", set_texts, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "tls", accept_tls, 0, 3, COREFILE_PLAIN },
    { "tls_servername", accept_tls, 1, 1, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* tls [CA | CERTIFICATE KEY [CA]] and tls_servername NAME. */
static void
write_tls(struct corefile_chain *chain, const struct corefile_line *line)
{
    const struct corefile_line *first = NULL;
    const char *ca = NULL, *certificate = NULL, *key = NULL, *name = NULL;

    for (size_t i = 0; i < line->body_count; i++) {
        const struct corefile_line *option = &line->body[i];
        const char **words = option->words;

        if (strcmp(words[0], "tls") == 0) {
            ca = option->count == 2 ? words[1]
                : option->count == 4 ? words[3] : NULL;
            certificate = option->count > 2 ? words[1] : NULL;
            key = option->count > 2 ? words[2] : NULL;
        }
        else if (strcmp(words[0], "tls_servername") == 0
                 && option->count == 2)
            name = words[1];
        else
            continue;
        first = first == NULL ? option : first;
    }
    if (ca == NULL && certificate == NULL && name == NULL)
        return;
    draft_say(chain->draft, first, 0, "tls = ( {");
    if (ca != NULL)
        draft_say(chain->draft, first, 1, "ca = %s;",
                  corefile_path(chain, ca));
    if (certificate != NULL)
        draft_say(chain->draft, first, 1, "certificate = %s; key = %s;",
                  corefile_path(chain, certificate),
                  corefile_path(chain, key));
    if (name != NULL)
        draft_say(chain->draft, first, 1, "servername = %s;",
                  draft_quote(chain->memory, name));
    draft_say(chain->draft, first, 0, "} );");
}

static bool
has_option(const struct corefile_line *line, const char *name)
{
    for (size_t i = 0; i < line->body_count; i++)
        if (strcmp(line->body[i].words[0], name) == 0)
            return true;
    return false;
}

void
corefile_read_forward(struct corefile_chain *chain,
                      const struct corefile_line *line)
{
    struct corefile_zones from = { .items = NULL };
    const char *wrong = corefile_zones_add(&from, chain->memory,
                                           line->words[1]);

    if (wrong != NULL) {
        corefile_fail(chain, line, "%s: %s", wrong, line->words[1]);
        return;
    }
    chain->forwards = core_grow(chain->forwards, chain->forward_count,
                                &chain->forward_capacity,
                                sizeof *chain->forwards);

    struct corefile_forward *forward =
        &chain->forwards[chain->forward_count++];

    *forward = (struct corefile_forward) { line, from.items[0],
                                           { .items = NULL }, false };
    chain->has_other_classes = true;
    chain->draft = &forward->options;
    corefile_set(chain, line, "to",
                 draft_list(chain->memory, line->words + 2,
                            line->count - 2));
    corefile_set(chain, line, "payload", "4096");
    if (!has_option(line, "prefer_udp"))
        corefile_set(chain, line, "truncated", "\"pass\"");
    write_tls(chain, line);
    corefile_read_lines(chain, line->body, line->body_count, options,
                        "forward");
    forward->is_left = has_option(line, "except") || has_option(line, "next")
        || has_option(line, "next_on_nodata");
    free(from.items);
}
