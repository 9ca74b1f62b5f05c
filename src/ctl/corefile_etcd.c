/*
 * corefile_etcd - the directive etcd
 *
 * It becomes a stage etcd-sync and an authority of its own, behind the one of
 * files and hosts: so CoreDNS asks them.
 */

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/arena.h"

#include "ctl/corefile_directive.h"

#define LEAST_MS 30000                  /* the usual limits of a lease's TTL */
#define MOST_MS 86400000

/* Its options have been of no effect for years. */
static void
accept(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) chain;
    (void) line;
}

static void
read_path(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "path",
                 draft_quote(chain->memory, line->words[1]));
}

/* An endpoint without a scheme is one without TLS, if none is asked for. */
static const char *
endpoint_url(struct corefile_chain *chain, const char *text, bool has_tls)
{
    const char *scheme = has_tls ? "https://" : "http://";
    size_t size = strlen(scheme) + strlen(text) + 1;
    char *url;

    if (strstr(text, "://") != NULL)
        return text;
    url = core_arena_allocate(chain->memory, size);
    memcpy(url, scheme, strlen(scheme) + 1);
    strcat(url, text);
    return url;
}

static bool
has_option(const struct corefile_line *line, const char *option)
{
    for (size_t i = 0; i < line->body_count; i++)
        if (strcmp(line->body[i].words[0], option) == 0)
            return true;
    return false;
}

static void
read_endpoint(struct corefile_chain *chain, const struct corefile_line *line)
{
    bool has_tls = has_option(chain->etcd_line, "tls");
    const char **urls = core_allocate(line->count * sizeof *urls);

    for (size_t i = 1; i < line->count; i++)
        urls[i - 1] = endpoint_url(chain, line->words[i], has_tls);
    corefile_set(chain, line, "endpoints",
                 draft_list(chain->memory, urls, line->count - 1));
    free(urls);
}

static void
read_credentials(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    corefile_set(chain, line, "username",
                 draft_quote(chain->memory, line->words[1]));
    corefile_set(chain, line, "password",
                 draft_quote(chain->memory, line->words[2]));
}

/* tls [CA], or a certificate and its key, then perhaps the CA. */
static void
read_tls(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (line->count == 2)
        corefile_set(chain, line, "ca", corefile_path(chain, line->words[1]));
    if (line->count < 3)
        return;
    corefile_set(chain, line, "certificate",
                 corefile_path(chain, line->words[1]));
    corefile_set(chain, line, "key", corefile_path(chain, line->words[2]));
    if (line->count > 3)
        corefile_set(chain, line, "ca", corefile_path(chain, line->words[3]));
}

static void
read_fallthrough(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    corefile_set(chain, line, "fallthrough",
                 corefile_zone_list(chain, line, 1, "[ \".\" ]"));
}

/* A limit of a lease's TTL. */
struct limit {
    const char *text;                   /* NULL: not given */
    int64_t ms;
};

static struct limit
read_limit(struct corefile_chain *chain, const struct corefile_line *line,
           const char *word, int64_t usual_ms)
{
    struct limit limit = { .ms = usual_ms };

    for (size_t i = 0; i < line->body_count; i++) {
        const struct corefile_line *option = &line->body[i];

        if (strcmp(option->words[0], word) != 0 || option->count != 2)
            continue;
        limit.text = corefile_time(chain, option, 1);
        if (limit.text != NULL)
            limit.ms = corefile_milliseconds(chain, option, 1);
    }
    return limit;
}

/* Where the least is above the most, CoreDNS gives nearly all the least. */
static void
write_limits(struct corefile_chain *chain, const struct corefile_line *line)
{
    struct limit least = read_limit(chain, line, "min-lease-ttl", LEAST_MS);
    struct limit most = read_limit(chain, line, "max-lease-ttl", MOST_MS);

    corefile_set(chain, line, "min_lease_ttl", least.text);
    if (least.ms > most.ms && least.text != NULL) {
        core_faults_add(chain->notices, line->path, line->line,
                        "etcd: min-lease-ttl is above max-lease-ttl: it "
                        "counts alone");
        most.text = least.text;
    }
    else if (least.ms > most.ms) {
        corefile_set(chain, line, "min_lease_ttl", most.text);
    }
    corefile_set(chain, line, "max_lease_ttl", most.text);
}

static const struct corefile_directive options[] = {
    { "credentials", read_credentials, 2, 2, COREFILE_PLAIN },
    { "debug", accept, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "endpoint", read_endpoint, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "fallthrough", read_fallthrough, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "max-lease-ttl", accept, 1, 1, COREFILE_PLAIN },
    { "min-lease-ttl", accept, 1, 1, COREFILE_PLAIN },
    { "path", read_path, 1, 1, COREFILE_PLAIN },
    { "stubzones", accept, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "tls", read_tls, 0, 3, COREFILE_PLAIN },
    { "upstream", accept, 0, COREFILE_MANY, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

void
corefile_read_etcd(struct corefile_chain *chain,
                   const struct corefile_line *line)
{
    struct corefile_zones zones = corefile_arguments(chain, line, 1, true);

    chain->etcd_line = line;
    chain->draft = &chain->etcd;
    corefile_set(chain, line, "zones",
                 draft_list(chain->memory, zones.items, zones.count));
    corefile_read_lines(chain, line->body, line->body_count, options, "etcd");
    write_limits(chain, line);
    free(zones.items);
}
