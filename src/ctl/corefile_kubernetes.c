/*
 * corefile_kubernetes - the directives kubernetes and k8s_external
 *
 * Both together are one stage kubernetes-sync: CoreDNS takes the second one's
 * services from the first.
 */

#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"

#include "ctl/corefile_directive.h"

#define MOST_TTL 3600
#define USUAL_QPS "5"                   /* of the library that CoreDNS uses */
#define USUAL_BURST "10"

/* ---- options ------------------------------------------------------------- */

static void
read_ttl(struct corefile_chain *chain, const struct corefile_line *line)
{
    const char *number = corefile_number(chain, line, 1);

    if (number != NULL && atoi(number) > MOST_TTL)
        corefile_fail(chain, line, "more than %d: %s", MOST_TTL, number);
    else
        corefile_set(chain, line, "ttl", number);
}

static void
read_fallthrough(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    corefile_set(chain, line, "fallthrough",
                 corefile_zone_list(chain, line, 1, "[ \".\" ]"));
}

/* Of several servers CoreDNS takes the first, too. */
static void
read_endpoint(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "endpoint",
                 draft_quote(chain->memory, line->words[1]));
    if (line->count > 2)
        core_faults_add(chain->notices, line->path, line->line, "endpoint: "
                        "only the first one is used");
}

static void
read_tls(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "certificate",
                 corefile_path(chain, line->words[1]));
    corefile_set(chain, line, "key", corefile_path(chain, line->words[2]));
    corefile_set(chain, line, "ca", corefile_path(chain, line->words[3]));
}

static void
read_kubeconfig(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "kubeconfig",
                 corefile_path(chain, line->words[1]));
    if (line->count > 2)
        corefile_set(chain, line, "context",
                     draft_quote(chain->memory, line->words[2]));
}

static void
read_namespaces(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "namespaces",
                 draft_list(chain->memory,
                            (const char *const *) line->words + 1,
                            line->count - 1));
}

/* All words, with blanks between them. */
static void
read_selector(struct corefile_chain *chain, const struct corefile_line *line,
              const char *key)
{
    size_t size = 1;
    char *text;

    for (size_t i = 1; i < line->count; i++)
        size += strlen(line->words[i]) + 1;
    text = core_arena_allocate(chain->memory, size);
    for (size_t i = 1; i < line->count; i++) {
        strcat(text, i > 1 ? " " : "");
        strcat(text, line->words[i]);
    }
    corefile_set(chain, line, key, draft_quote(chain->memory, text));
}

static void
read_labels(struct corefile_chain *chain, const struct corefile_line *line)
{
    read_selector(chain, line, "labels");
}

static void
read_namespace_labels(struct corefile_chain *chain,
                      const struct corefile_line *line)
{
    read_selector(chain, line, "namespace_labels");
}

static void
read_pods(struct corefile_chain *chain, const struct corefile_line *line)
{
    const char *mode = line->words[1];

    if (strcmp(mode, "disabled") != 0 && strcmp(mode, "insecure") != 0
        && strcmp(mode, "verified") != 0)
        corefile_fail(chain, line, "neither disabled nor insecure nor "
                      "verified: %s", mode);
    else
        corefile_set(chain, line, "pods", draft_quote(chain->memory, mode));
}

static void
read_pod_names(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "endpoint_pod_names", "true");
}

static void
read_no_endpoints(struct corefile_chain *chain,
                  const struct corefile_line *line)
{
    corefile_set(chain, line, "endpoints", "\"none\"");
}

static void
read_zonal(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "zonal", "true");
}

static void
read_ignore(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (strcmp(line->words[1], "empty_service") != 0)
        corefile_fail(chain, line, "not empty_service: %s", line->words[1]);
    else
        corefile_set(chain, line, "ignore_empty_service", "true");
}

static void
read_multicluster(struct corefile_chain *chain,
                  const struct corefile_line *line)
{
    corefile_set(chain, line, "multicluster",
                 corefile_zone_list(chain, line, 1, NULL));
}

/* Nothing waits for the API here. */
static void
read_startup_timeout(struct corefile_chain *chain,
                     const struct corefile_line *line)
{
    corefile_milliseconds(chain, line, 1);
}

static void
read_limit(struct corefile_chain *chain, const struct corefile_line *line,
           const char *key)
{
    const char *number = corefile_number(chain, line, 1);

    if (number != NULL)
        corefile_set(chain, line, key, number);
}

static void
read_qps(struct corefile_chain *chain, const struct corefile_line *line)
{
    read_limit(chain, line, "qps");
}

static void
read_burst(struct corefile_chain *chain, const struct corefile_line *line)
{
    read_limit(chain, line, "burst");
}

static void
read_inflight(struct corefile_chain *chain, const struct corefile_line *line)
{
    read_limit(chain, line, "inflight");
}

static const struct corefile_directive kubernetes_options[] = {
    { "apiserver_burst", read_burst, 1, 1, COREFILE_PLAIN },
    { "apiserver_max_inflight", read_inflight, 1, 1, COREFILE_PLAIN },
    { "apiserver_qps", read_qps, 1, 1, COREFILE_PLAIN },
    { "endpoint", read_endpoint, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "endpoint_pod_names", read_pod_names, 0, 0, COREFILE_PLAIN },
    { "fallthrough", read_fallthrough, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "ignore", read_ignore, 1, 1, COREFILE_PLAIN },
    { "kubeconfig", read_kubeconfig, 1, 2, COREFILE_PLAIN },
    { "labels", read_labels, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "multicluster", read_multicluster, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "namespace_labels", read_namespace_labels, 1, COREFILE_MANY,
      COREFILE_PLAIN },
    { "namespaces", read_namespaces, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "noendpoints", read_no_endpoints, 0, 0, COREFILE_PLAIN },
    { "pods", read_pods, 1, 1, COREFILE_PLAIN },
    { "startup_timeout", read_startup_timeout, 1, 1, COREFILE_PLAIN },
    { "tls", read_tls, 3, 3, COREFILE_PLAIN },
    { "ttl", read_ttl, 1, 1, COREFILE_PLAIN },
    { "zonal", read_zonal, 0, 0, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

static void
read_apex(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "apex",
                 draft_quote(chain->memory, line->words[1]));
}

static void
read_headless(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "headless", "true");
}

static const struct corefile_directive external_options[] = {
    { "apex", read_apex, 1, 1, COREFILE_PLAIN },
    { "fallthrough", read_fallthrough, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "headless", read_headless, 0, 0, COREFILE_PLAIN },
    { "ttl", read_ttl, 1, 1, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* ---- what they share ----------------------------------------------------- */

/* Writes the zones of a line, and returns them. */
static struct corefile_zones
set_zones(struct corefile_chain *chain, const struct corefile_line *line)
{
    struct corefile_zones zones = corefile_arguments(chain, line, 1, true);

    corefile_set(chain, line, "zones",
                 draft_list(chain->memory, zones.items, zones.count));
    return zones;
}

/* True when one of the lines begins with that word. */
static bool
has_line(const struct corefile_line *lines, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i].words[0], word) == 0)
            return true;
    return false;
}

/* Of rate and burst, which the one that is not told is as with CoreDNS. */
static void
complete_limits(struct corefile_chain *chain, const struct corefile_line *line)
{
    bool has_qps = has_line(line->body, line->body_count, "apiserver_qps");
    bool has_burst = has_line(line->body, line->body_count,
                              "apiserver_burst");

    if (has_burst && !has_qps)
        corefile_set(chain, line, "qps", USUAL_QPS);
    if (has_qps && !has_burst)
        corefile_set(chain, line, "burst", USUAL_BURST);
}

/* ---- metadata ------------------------------------------------------------ */

/* True when the word asks for a label of this directive: {/LABEL}, {LABEL} or
   .Meta "LABEL". */
static bool
asks_for_label(const char *word)
{
    static const char mark[] = "kubernetes/";

    for (const char *at = word; (at = strstr(at, mark)) != NULL; at++)
        if (at > word
            && (strchr("{\"`", at[-1]) != NULL
                || (at[-1] == '/' && at > word + 1 && at[-2] == '{')))
            return true;
    return false;
}

static void
refuse_labels(struct corefile_chain *chain, const struct corefile_line *lines,
              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 1; j < lines[i].count; j++)
            if (asks_for_label(lines[i].words[j]))
                corefile_fail(chain, &lines[i], "metadata of kubernetes is "
                              "not supported yet: %s", lines[i].words[j]);
        refuse_labels(chain, lines[i].body, lines[i].body_count);
    }
}

/* What a query is about is told to no other stage; without metadata CoreDNS
   tells nothing either. */
static void
check_labels(struct corefile_chain *chain)
{
    const struct corefile_block *block = chain->block;

    if (has_line(block->lines, block->line_count, "metadata"))
        refuse_labels(chain, block->lines, block->line_count);
}

/* ---- the directives ------------------------------------------------------ */

void
corefile_read_kubernetes(struct corefile_chain *chain,
                         const struct corefile_line *line)
{
    chain->draft = &chain->cluster;
    chain->draft->names_files = true;   /* the token, if nothing else */
    chain->cluster_zones = set_zones(chain, line);
    corefile_read_lines(chain, line->body, line->body_count,
                        kubernetes_options, "kubernetes");
    complete_limits(chain, line);
    check_labels(chain);
    chain->has_cluster = true;
}

void
corefile_read_external(struct corefile_chain *chain,
                       const struct corefile_line *line)
{
    struct corefile_zones zones;

    if (!has_line(chain->block->lines, chain->block->line_count,
                  "kubernetes"))
        corefile_fail(chain, line, "kubernetes is missing in this block");
    chain->draft = &chain->members;
    zones = set_zones(chain, line);
    free(zones.items);
    corefile_read_lines(chain, line->body, line->body_count,
                        external_options, "k8s_external");
    corefile_close_group(chain, line, &chain->external);
}

/* Where its servers are known: the addresses that the block is bound to, but
   for those that nobody else could reach. */
void
corefile_end_cluster(struct corefile_chain *chain, struct draft *members)
{
    const struct corefile_zones *bound = &chain->addresses;
    struct corefile_zones own = { .items = NULL };

    draft_move(members, &chain->cluster, 0);
    if (chain->external.count > 0) {
        draft_say(members, chain->block, 0, "external = (");
        draft_move(members, &chain->external, 1);
        draft_say(members, chain->block, 0, ");");
    }
    for (size_t i = 0; i < bound->count; i++)
        if (strcmp(bound->items[i], "0.0.0.0") == 0
            || strcmp(bound->items[i], "::") == 0)
            return;
    if (bound->count == 0)
        return;
    own.items = core_arena_allocate(chain->memory,
                                    (bound->count + 1) * sizeof *own.items);
    for (size_t i = 0; i < bound->count; i++)
        if (strncmp(bound->items[i], "127.", 4) != 0
            && strcmp(bound->items[i], "::1") != 0)
            own.items[own.count++] = bound->items[i];
    if (own.count == 0)
        own.items[own.count++] = "none";
    draft_say(members, chain->block, 0, "addresses = %s;",
              draft_list(chain->memory, own.items, own.count));
}
