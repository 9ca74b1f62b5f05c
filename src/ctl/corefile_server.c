/*
 * corefile_server - the directives of a server block
 *
 * Those of the server itself are here; the others have files of their own.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/version.h"

#include "ctl/corefile_directive.h"

#define TIMEOUT_MINIMUM_MS 1000
#define TIMEOUT_MAXIMUM_MS 86400000
#define RELOAD_MINIMUM_MS 2000
#define RELOAD_JITTER_MINIMUM_MS 1000

/* What is always so here needs no setting. */
static void
accept(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) chain;
    (void) line;
}

static void
read_debug(struct corefile_chain *chain, const struct corefile_line *line)
{
    chain->common->debug = line;
}

/* reload [INTERVAL [JITTER]] */
static void
read_reload(struct corefile_chain *chain, const struct corefile_line *line)
{
    int64_t every = line->count > 1 ? corefile_milliseconds(chain, line, 1)
        : RELOAD_MINIMUM_MS;
    int64_t jitter = line->count > 2 ? corefile_milliseconds(chain, line, 2)
        : RELOAD_JITTER_MINIMUM_MS;

    if (every >= 0 && every < RELOAD_MINIMUM_MS)
        corefile_fail(chain, line, "the shortest interval is 2s");
    if (jitter >= 0 && jitter < RELOAD_JITTER_MINIMUM_MS)
        corefile_fail(chain, line, "the least jitter is 1s");
    chain->common->reload = line;
}

static void
read_root(struct corefile_chain *chain, const struct corefile_line *line)
{
    chain->root = line->words[1];
}

/* ---- settings of the route ----------------------------------------------- */

/* cancel [TIMEOUT]: no answer that CoreDNS gives comes any sooner for it. */
static void
read_cancel(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (line->count > 1 && corefile_milliseconds(chain, line, 1) == 0)
        corefile_fail(chain, line, "the time must be above 0");
    core_faults_add(chain->notices, line->path, line->line,
                    "cancel: queries end at the frontend's deadline");
}

static void
read_bufsize(struct corefile_chain *chain, const struct corefile_line *line)
{
    const char *size = line->count == 1 ? "1232"
        : corefile_number(chain, line, 1);

    if (size != NULL)
        draft_say(&chain->route, line, 0, "payload = %s;", size);
    if (line->body_count > 0)
        core_faults_add(chain->notices, line->path, line->line,
                        "bufsize: what stands in { } says nothing");
}

/* The words behind the first one, as one text. */
static const char *
join(struct corefile_chain *chain, const struct corefile_line *line)
{
    char text[1024] = "";

    for (size_t i = 1; i < line->count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
                 i > 1 ? " " : "", line->words[i]);
    return draft_quote(chain->memory, text);
}

static void
read_nsid(struct corefile_chain *chain, const struct corefile_line *line)
{
    draft_say(&chain->route, line, 0, "nsid = true;");
    draft_say(&chain->route, line, 0, "nsid_text = %s;",
              line->count > 1 ? join(chain, line) : "\"${HOSTNAME}\"");
}

/* True for the last line of that name in the block. */
static bool
is_last(const struct corefile_chain *chain, const struct corefile_line *line)
{
    const struct corefile_block *block = chain->block;

    for (size_t i = block->line_count; i > 0; i--)
        if (strcmp(block->lines[i - 1].words[0], line->words[0]) == 0)
            return &block->lines[i - 1] == line;
    return false;
}

static void
read_chaos(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (!is_last(chain, line))
        return;
    draft_say(&chain->route, line, 0, "version = %s;",
              draft_quote(chain->memory, line->count > 1 ? line->words[1]
                          : "coredns " CORE_VERSION));
    draft_say(&chain->route, line, 0, "identity = \"${HOSTNAME}\";");
    if (line->count > 2)
        draft_say(&chain->route, line, 0, "authors = %s;",
                  draft_list(chain->memory, line->words + 2,
                             line->count - 2));
    chain->has_other_classes = true;
}

static void
read_any(struct corefile_chain *chain, const struct corefile_line *line)
{
    draft_say(&chain->route, line, 0, "minimal_any = true;");
}

static void
read_localhost_prefix(struct corefile_chain *chain,
                      const struct corefile_line *line)
{
    bool is_off = strcmp(line->words[1], "off") == 0;

    if (!is_off && strcmp(line->words[1], "on") != 0)
        corefile_fail(chain, line, "expected on or off, not %s",
                      line->words[1]);
    corefile_set(chain, line, "local_names",
                 is_off ? "\"on\"" : "\"prefix\"");
}

static const struct corefile_directive local_options[] = {
    { "localhost_prefix", read_localhost_prefix, 1, 1, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

static void
read_local(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (line->body_count == 0)
        draft_say(&chain->route, line, 0, "local_names = \"prefix\";");
    chain->draft = &chain->route;
    corefile_read_lines(chain, line->body, line->body_count, local_options,
                        "local");
}

/* ---- loadbalance --------------------------------------------------------- */

static void
read_weights_reload(struct corefile_chain *chain,
                    const struct corefile_line *line)
{
    corefile_set(chain, line, "weights_reload",
                 corefile_time(chain, line, 1));
}

static void
read_prefer(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "prefer",
                 draft_list(chain->memory, line->words + 1, line->count - 1));
}

static const struct corefile_directive random_options[] = {
    { "prefer", read_prefer, 1, COREFILE_MANY, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

static const struct corefile_directive weighted_options[] = {
    { "prefer", read_prefer, 1, COREFILE_MANY, COREFILE_PLAIN },
    { "reload", read_weights_reload, 1, 1, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* loadbalance [round_robin | weighted FILE] */
static void
read_loadbalance(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    const char *kind = line->count > 1 ? line->words[1] : "round_robin";
    bool is_weighted = strcmp(kind, "weighted") == 0;

    if (!is_weighted && strcmp(kind, "round_robin") != 0)
        corefile_fail(chain, line, "expected round_robin or weighted, not %s",
                      kind);
    else if (is_weighted && line->count < 3)
        corefile_fail(chain, line, "a file of weights is missing");
    else if (!is_weighted && line->count > 2)
        corefile_fail(chain, line, "an argument too many: %s",
                      line->words[2]);
    chain->draft = &chain->route;
    corefile_set(chain, line, "order",
                 is_weighted ? "\"weighted\"" : "\"random\"");
    if (is_weighted && line->count > 2)
        corefile_set(chain, line, "weights",
                     corefile_path(chain, line->words[2]));
    corefile_read_lines(chain, line->body, line->body_count, is_weighted
                        ? weighted_options : random_options, "loadbalance");
}

static void
read_whoami(struct corefile_chain *chain, const struct corefile_line *line)
{
    (void) line;
    chain->has_whoami = true;
}

/* ---- settings of the frontend -------------------------------------------- */

static void
read_multisocket(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    if (line->count == 1 || corefile_number(chain, line, 1) != NULL)
        chain->settings[SETTING_MULTISOCKET] = line;
}

static bool
check_timeout(struct corefile_chain *chain, const struct corefile_line *line)
{
    int64_t time = corefile_milliseconds(chain, line, 1);

    if (time >= 0 && (time < TIMEOUT_MINIMUM_MS || time > TIMEOUT_MAXIMUM_MS))
        corefile_fail(chain, line, "expected 1s to 24h, not %s",
                      line->words[1]);
    return time >= TIMEOUT_MINIMUM_MS && time <= TIMEOUT_MAXIMUM_MS;
}

static void
read_idle(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (check_timeout(chain, line))
        chain->settings[SETTING_IDLE] = line;
}

static void
read_other_time(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (check_timeout(chain, line))
        core_faults_add(chain->notices, line->path, line->line,
                        "%s: the time of an idle connection counts",
                        line->words[0]);
}

static void
read_query_limit(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    const char *number;

    if (strcmp(line->words[1], "-1") == 0)
        return;
    number = corefile_number(chain, line, 1);
    if (number != NULL && atoi(number) == 0)
        corefile_fail(chain, line, "expected -1 or a number above 0");
    else if (number != NULL)
        chain->settings[SETTING_QUERY_LIMIT] = line;
}

static const struct corefile_directive timeout_options[] = {
    { "idle", read_idle, 1, 1, COREFILE_PLAIN },
    { "maxtcpqueries", read_query_limit, 1, 1, COREFILE_PLAIN },
    { "read", read_other_time, 1, 1, COREFILE_PLAIN },
    { "write", read_other_time, 1, 1, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

static void
read_timeouts(struct corefile_chain *chain, const struct corefile_line *line)
{
    if (line->body_count == 0)
        corefile_fail(chain, line, "expected times in { }");
    corefile_read_lines(chain, line->body, line->body_count, timeout_options,
                        "timeouts");
}

/* ---- the table ----------------------------------------------------------- */

#define BODY COREFILE_BODY
#define AGAIN COREFILE_REPEATED
#define ONLY COREFILE_CONFIGURES

static const struct corefile_directive directives[] = {
    { "any", read_any, 0, 0, COREFILE_PLAIN },
    { "auto", corefile_read_auto, 0, COREFILE_MANY, BODY | AGAIN },
    { "autopath", corefile_read_autopath, 1, COREFILE_MANY, AGAIN },
    { "bind", corefile_read_bind, 1, COREFILE_MANY, BODY | AGAIN | ONLY },
    { "bufsize", read_bufsize, 0, 1, BODY },
    { "cache", corefile_read_cache, 0, COREFILE_MANY, BODY },
    { "cancel", read_cancel, 0, 1, COREFILE_PLAIN },
    { "chaos", read_chaos, 0, COREFILE_MANY, AGAIN },
    { "debug", read_debug, 0, 0, ONLY },
    { "errors", corefile_read_errors, 0, 1, BODY },
    { "erratic", corefile_read_erratic, 0, COREFILE_MANY, BODY },
    { "etcd", corefile_read_etcd, 0, COREFILE_MANY, BODY },
    { "file", corefile_read_file, 1, COREFILE_MANY, BODY | AGAIN },
    { "forward", corefile_read_forward, 2, COREFILE_MANY, BODY | AGAIN },
    { "health", corefile_read_health, 0, 1, BODY | ONLY },
    { "hosts", corefile_read_hosts, 0, COREFILE_MANY, BODY },
    { "k8s_external", corefile_read_external, 0, COREFILE_MANY, BODY },
    { "kubernetes", corefile_read_kubernetes, 0, COREFILE_MANY, BODY },
    { "loadbalance", read_loadbalance, 0, 2, BODY },
    { "local", read_local, 0, 0, BODY },
    { "log", corefile_read_log, 0, COREFILE_MANY, BODY | AGAIN },
    { "loop", accept, 0, 0, COREFILE_PLAIN },
    { "metadata", accept, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "multisocket", read_multisocket, 0, 1, ONLY },
    { "nsid", read_nsid, 0, COREFILE_MANY, COREFILE_PLAIN },
    { "prometheus", corefile_read_prometheus, 0, 1, COREFILE_PLAIN },
    { "ready", corefile_read_ready, 0, 1, BODY | ONLY },
    { "reload", read_reload, 0, 2, ONLY },
    { "root", read_root, 1, 1, ONLY },
    { "shed", accept, 0, 0, COREFILE_PLAIN },
    { "template", corefile_read_template, 2, COREFILE_MANY, BODY | AGAIN },
    { "timeouts", read_timeouts, 0, 0, BODY | ONLY },
    { "transfer", corefile_read_transfer, 0, COREFILE_MANY, BODY | AGAIN },
    { "whoami", read_whoami, 0, 0, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

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
