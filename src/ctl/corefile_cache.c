/*
 * corefile_cache - the directive cache
 *
 * What has another default there than here is always written.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/corefile_directive.h"

#define USUAL_CAPACITY 9984             /* answers, of either kind */
#define ANSWER_SIZE 1024                /* octets we count for each */
#define LEAST_SIZE (2 << 20)

/* CAPACITY [TTL [MINIMUM]]: the times of one kind of answers. */
static void
read_times(struct corefile_chain *chain, const struct corefile_line *line,
           const char *ttl, const char *minimum)
{
    if (line->count > 2)
        corefile_set(chain, line, ttl, corefile_number(chain, line, 2));
    if (line->count > 3)
        corefile_set(chain, line, minimum, corefile_number(chain, line, 3));
}

static void
read_success(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_number(chain, line, 1);
    read_times(chain, line, "success_ttl", "success_minimum_ttl");
}

static void
read_denial(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_number(chain, line, 1);
    read_times(chain, line, "denial_ttl", "denial_minimum_ttl");
}

static void
read_prefetch(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "prefetch", corefile_number(chain, line, 1));
    if (line->count > 2)
        corefile_set(chain, line, "prefetch_pause",
                     corefile_time(chain, line, 2));
    if (line->count <= 3)
        return;

    const char *text = line->words[3];
    int percentage = atoi(text);

    if (strspn(text, "0123456789") + 1 != strlen(text)
        || text[strlen(text) - 1] != '%' || percentage < 10
        || percentage > 90)
        corefile_fail(chain, line, "not a percentage from 10%% to 90%%: %s",
                      text);
    else
        draft_say(chain->draft, line, 0, "prefetch_percentage = %d;",
                  percentage);
}

/* serve_stale [TIME] [immediate [TTL [RECHECK]]
                       | verify [WAIT [TTL [RECHECK]]]] */
static void
read_serve_stale(struct corefile_chain *chain,
                 const struct corefile_line *line)
{
    size_t at = 1;
    bool has_mode, is_verify;

    if (at < line->count && strcmp(line->words[at], "immediate") != 0
        && strcmp(line->words[at], "verify") != 0)
        corefile_set(chain, line, "serve_stale",
                     corefile_time(chain, line, at++));
    else
        corefile_set(chain, line, "serve_stale", "\"1h\"");
    has_mode = at < line->count;
    is_verify = has_mode && strcmp(line->words[at], "verify") == 0;
    if (has_mode && !is_verify && strcmp(line->words[at], "immediate") != 0) {
        corefile_fail(chain, line, "expected immediate or verify, not %s",
                      line->words[at]);
        return;
    }
    at += has_mode;
    corefile_set(chain, line, "stale_mode",
                 is_verify ? "\"verify\"" : "\"immediate\"");
    if (is_verify)
        corefile_set(chain, line, "stale_wait", at < line->count
                     ? corefile_time(chain, line, at++) : "0");
    corefile_set(chain, line, "stale_ttl", at < line->count
                 ? corefile_time(chain, line, at++) : "0");
    corefile_set(chain, line, "stale_recheck", at < line->count
                 ? corefile_time(chain, line, at++) : "0");
    if (at < line->count)
        corefile_fail(chain, line, "an argument too many: %s",
                      line->words[at]);
}

static void
read_stale_policy(struct corefile_chain *chain,
                  const struct corefile_line *line)
{
    if (strcmp(line->words[1], "prefer_positive") == 0)
        corefile_set(chain, line, "stale_prefer_positive", "true");
    else
        corefile_fail(chain, line, "expected prefer_positive, not %s",
                      line->words[1]);
}

static void
read_servfail(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "failure_ttl", corefile_time(chain, line, 1));
}

static void
read_disable(struct corefile_chain *chain, const struct corefile_line *line)
{
    bool is_success = strcmp(line->words[1], "success") == 0;

    if (!is_success && strcmp(line->words[1], "denial") != 0)
        corefile_fail(chain, line, "expected success or denial, not %s",
                      line->words[1]);
    else
        corefile_set(chain, line,
                     is_success ? "success_disable" : "denial_disable",
                     corefile_zone_list(chain, line, 2, "[ \".\" ]"));
}

static void
read_keepttl(struct corefile_chain *chain, const struct corefile_line *line)
{
    corefile_set(chain, line, "keep_ttl", "true");
}

static const struct corefile_directive options[] = {
    { "denial", read_denial, 1, 3, COREFILE_PLAIN },
    { "disable", read_disable, 1, COREFILE_MANY, COREFILE_REPEATED },
    { "keepttl", read_keepttl, 0, 0, COREFILE_PLAIN },
    { "prefetch", read_prefetch, 1, 3, COREFILE_PLAIN },
    { "serve_stale", read_serve_stale, 0, 5, COREFILE_PLAIN },
    { "serve_stale_policy", read_stale_policy, 1, 1, COREFILE_PLAIN },
    { "servfail", read_servfail, 1, 1, COREFILE_PLAIN },
    { "success", read_success, 1, 3, COREFILE_PLAIN },
    { NULL, NULL, 0, 0, COREFILE_PLAIN },
};

/* The option's line, when it has so many arguments. */
static const struct corefile_line *
option(const struct corefile_line *line, const char *name, size_t count)
{
    for (size_t i = 0; i < line->body_count; i++)
        if (strcmp(line->body[i].words[0], name) == 0
            && line->body[i].count > count)
            return &line->body[i];
    return NULL;
}

static long long
capacity(const struct corefile_line *line)
{
    return line == NULL || strlen(line->words[1]) > 9 ? USUAL_CAPACITY
        : atoll(line->words[1]);
}

/* They count answers and we count octets. */
static void
write_capacity(struct corefile_chain *chain, const struct corefile_line *line)
{
    const struct corefile_line *success = option(line, "success", 1);
    const struct corefile_line *denial = option(line, "denial", 1);
    long long answers = capacity(success);
    long long denials = capacity(denial);
    long long size = (answers + denials) * ANSWER_SIZE;
    long long share = size <= 0 ? 50 : denials * 100 / (answers + denials);

    if (success == NULL && denial == NULL)
        return;
    draft_say(chain->draft, success != NULL ? success : denial, 0,
              "capacity = \"%lld B\";", size < LEAST_SIZE ? LEAST_SIZE
              : size);
    draft_say(chain->draft, success != NULL ? success : denial, 0,
              "denial_share = %lld;", share < 15 ? 15 : share > 85 ? 85
              : share);
}

static bool
is_integer(const char *text)
{
    text += *text == '-';
    return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

void
corefile_read_cache(struct corefile_chain *chain,
                    const struct corefile_line *line)
{
    bool has_ttl = line->count > 1 && is_integer(line->words[1]);
    const char *ttl = has_ttl ? corefile_number(chain, line, 1) : NULL;

    chain->has_cache = true;
    chain->draft = &chain->cache;
    corefile_set(chain, line, "zones",
                 corefile_zone_list(chain, line, 1 + has_ttl, NULL));
    if (option(line, "success", 2) == NULL)
        corefile_set(chain, line, "success_ttl", ttl);
    if (option(line, "denial", 2) == NULL)
        corefile_set(chain, line, "denial_ttl", ttl);
    corefile_set(chain, line, "soa_minimum", "false");
    write_capacity(chain, line);
    if (option(line, "serve_stale_policy", 0) != NULL
        && option(line, "serve_stale", 0) == NULL)
        corefile_fail(chain, option(line, "serve_stale_policy", 0),
                      "only with serve_stale");
    corefile_read_lines(chain, line->body, line->body_count, options,
                        "cache");
}
