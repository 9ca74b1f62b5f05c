/*
 * skydns_write - a configuration that does what SkyDNS's options say
 *
 *   frontend -> [cache] -> authority -> [ndots] -> [forward]
 *                             etcd-sync -^             ^
 *                                 '- stub zones -------'
 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "lib/arena.h"
#include "lib/quantity.h"

#include "ctl/draft.h"
#include "ctl/skydns.h"
#include "ctl/skydns_store.h"

#define REFRESH_SECONDS 28800
#define RETRY_SECONDS 7200
#define EXPIRE_SECONDS 604800
#define LEAST_CACHE 2                   /* MiB */
#define RESPONSES_A_MIB 1024            /* of the cache, roughly */
#define MOST_TIMEOUT_MS 8000            /* of forward */
#define LEAST_TIMEOUT_MS 10
#define MOST_NDOTS 127

struct writer {
    const skydns_options_t *options;
    struct core_arena *memory;
    FILE *file;
};

static const char *
text_of(const struct writer *self, enum skydns_option option)
{
    return skydns_options_text(self->options, option);
}

static bool
is(const struct writer *self, enum skydns_option option)
{
    return skydns_options_is(self->options, option);
}

static int64_t
number_of(const struct writer *self, enum skydns_option option)
{
    return skydns_options_number(self->options, option);
}

/* Asked is whoever is listed for a zone, or all name servers. */
static bool
asks_others(const struct writer *self)
{
    return !is(self, SKYDNS_NO_REC) || is(self, SKYDNS_STUBZONES);
}

static bool
counts_dots(const struct writer *self)
{
    return !is(self, SKYDNS_NO_REC);
}

static bool
has_cache(const struct writer *self)
{
    return number_of(self, SKYDNS_RCACHE) > 0;
}

/* ---- names --------------------------------------------------------------- */

/* In small letters, with a final dot; false when it is no name. */
static bool
make_name(const char *text, char name[CORE_NAME_TEXT_SIZE])
{
    uint8_t wire[CORE_NAME_SIZE];

    if (core_name_from_text(wire, text, NULL) == -1)
        return false;
    core_name_lower(wire);
    core_name_to_text(name, wire);
    return true;
}

/* The "@" of an address becomes a dot. */
static bool
make_hostmaster(const char *text, char name[CORE_NAME_TEXT_SIZE])
{
    char copy[CORE_NAME_TEXT_SIZE];
    char *at;

    if (strlen(text) >= sizeof copy)
        return false;
    strcpy(copy, text);
    at = strchr(copy, '@');
    if (at != NULL)
        *at = '.';
    return make_name(copy, name);
}

/* ---- checks -------------------------------------------------------------- */

static void
check_name(const skydns_options_t *options, enum skydns_option option,
           bool (*make)(const char *text, char name[CORE_NAME_TEXT_SIZE]),
           core_faults_t *faults)
{
    const char *text = skydns_options_text(options, option);
    char name[CORE_NAME_TEXT_SIZE];

    if (*text != '\0' && !make(text, name))
        core_faults_add(faults, NULL, 0, "%s: not a name: %s",
                        skydns_options_origin(options, option), text);
}

static void
check_range(const skydns_options_t *options, enum skydns_option option,
            int64_t least, int64_t most, const char *unit,
            core_faults_t *faults)
{
    int64_t number = skydns_options_number(options, option);
    const char *origin = skydns_options_origin(options, option);

    if (origin != NULL && (number < least || number > most))
        core_faults_add(faults, NULL, 0, "%s: %" PRId64 "%s is not between %"
                        PRId64 "%s and %" PRId64 "%s", origin, number, unit,
                        least, unit, most, unit);
}

/* Tells of an option that was given that it has no effect, and why. */
static void
note(const skydns_options_t *options, enum skydns_option option,
     const char *why, core_faults_t *notices)
{
    const char *origin = skydns_options_origin(options, option);

    if (origin != NULL)
        core_faults_add(notices, NULL, 0, "%s: %s", origin, why);
}

void
skydns_check(const skydns_options_t *options, core_faults_t *faults,
             core_faults_t *notices)
{
    if (*skydns_options_text(options, SKYDNS_DNSSEC) != '\0')
        core_faults_add(faults, NULL, 0, "%s: replies cannot be signed: leave "
                        "it away to have them without",
                        skydns_options_origin(options, SKYDNS_DNSSEC));
    if (skydns_options_is(options, SKYDNS_VERSION))
        core_faults_add(faults, NULL, 0, "-version: nothing is to be carried "
                        "over");
    skydns_check_addresses(options, faults);
    check_name(options, SKYDNS_DOMAIN, make_name, faults);
    check_name(options, SKYDNS_LOCAL, make_name, faults);
    check_name(options, SKYDNS_HOSTMASTER, make_hostmaster, faults);
    check_range(options, SKYDNS_NDOTS, 1, MOST_NDOTS, "", faults);
    check_range(options, SKYDNS_RTIMEOUT, LEAST_TIMEOUT_MS, MOST_TIMEOUT_MS,
                " ms", faults);
    check_range(options, SKYDNS_PRIORITY, 1, UINT16_MAX, "", faults);
    check_range(options, SKYDNS_METRICS_PORT, 1, UINT16_MAX, "", faults);
    if (!skydns_options_is(options, SKYDNS_ETCD3))
        core_faults_add(notices, NULL, 0, "-etcd3 is not given: keys that are "
                        "in etcd's v2 store have to be moved to its v3 store "
                        "(etcdctl migrate)");
    note(options, SKYDNS_SYSTEMD, "no effect: corednsctl opens the sockets",
         notices);
    note(options, SKYDNS_SCACHE, "no effect: there are no signatures to keep",
         notices);
    note(options, SKYDNS_METRICS_PATH, "no effect: it is /metrics", notices);
    note(options, SKYDNS_METRICS_NAMESPACE, "no effect: metrics have the "
         "names in the manual", notices);
    note(options, SKYDNS_METRICS_SUBSYSTEM, "no effect: metrics have the "
         "names in the manual", notices);
}

/* ---- stages -------------------------------------------------------------- */

static void
write_name(const struct writer *self, const char *key,
           enum skydns_option option,
           bool (*make)(const char *text, char name[CORE_NAME_TEXT_SIZE]))
{
    char name[CORE_NAME_TEXT_SIZE];

    if (*text_of(self, option) != '\0' && make(text_of(self, option), name))
        fprintf(self->file, "        %s = %s;\n", key,
                draft_quote(self->memory, name));
}

static void
write_frontend(const struct writer *self)
{
    char *listen;

    if (asprintf(&listen, "dns://%s", text_of(self, SKYDNS_ADDR)) == -1)
        abort();
    fprintf(self->file, "    frontend: {\n        listen = [ %s ];\n"
            "        routes = ( { zones = [ \".\" ]; next = \"%s\";%s } );\n"
            "    };\n", draft_quote(self->memory, listen),
            has_cache(self) ? "cache" : "authority",
            is(self, SKYDNS_ROUND_ROBIN) ? " order = \"random\";" : "");
    free(listen);
}

/* Its size was in replies, and is in memory here. */
static void
write_cache(const struct writer *self)
{
    int64_t mebibytes = number_of(self, SKYDNS_RCACHE) / RESPONSES_A_MIB + 1;
    int64_t ttl = number_of(self, SKYDNS_RCACHE_TTL);

    if (!has_cache(self))
        return;
    if (mebibytes < LEAST_CACHE)
        mebibytes = LEAST_CACHE;
    fprintf(self->file, "    cache: {\n"
            "        capacity = \"%" PRId64 " MiB\";\n"
            "        success_ttl = %" PRId64 ";\n"
            "        denial_ttl = %" PRId64 ";\n"
            "        next = \"authority\";\n    };\n", mebibytes, ttl, ttl);
}

static void
write_authority(const struct writer *self)
{
    fputs("    authority: {\n        sources = [ \"etcd-sync\" ];\n"
          "        lookup = \"frontend\";\n", self->file);
    if (asks_others(self))
        fprintf(self->file, "        next = \"%s\";\n",
                counts_dots(self) ? "ndots" : "forward");
    else
        fputs("        otherwise = \"servfail\";\n", self->file);
    fputs("    };\n", self->file);
}

/* Reverse names that are not known are asked of others. */
static void
write_etcd_sync(const struct writer *self)
{
    char domain[CORE_NAME_TEXT_SIZE] = ".";

    make_name(text_of(self, SKYDNS_DOMAIN), domain);
    fprintf(self->file, "    etcd-sync: {\n        zones = [ %s, "
            "\"in-addr.arpa.\", \"ip6.arpa.\" ];\n        fallthrough = [ "
            "\"in-addr.arpa.\", \"ip6.arpa.\" ];\n",
            draft_quote(self->memory, domain));
    skydns_store_write(self->options, 2 * DRAFT_INDENT, self->file);
    fprintf(self->file, "        ttl = %" PRId64 ";\n"
            "        min_ttl = %" PRId64 ";\n"
            "        priority = %" PRId64 ";\n"
            "        refresh = %d;\n        retry = %d;\n"
            "        expire = %d;\n", number_of(self, SKYDNS_TTL),
            number_of(self, SKYDNS_MIN_TTL),
            number_of(self, SKYDNS_PRIORITY), REFRESH_SECONDS, RETRY_SECONDS,
            EXPIRE_SECONDS);
    write_name(self, "hostmaster", SKYDNS_HOSTMASTER, make_hostmaster);
    write_name(self, "local", SKYDNS_LOCAL, make_name);
    fputs("    };\n", self->file);
}

/* Names of fewer labels than that are nobody's to be asked for. */
static void
write_ndots(const struct writer *self)
{
    int64_t ndots = number_of(self, SKYDNS_NDOTS);
    char match[64] = "^[.]$";

    if (!counts_dots(self))
        return;
    if (ndots > 1)
        snprintf(match, sizeof match, "^([.]|([^.]+[.]){1,%" PRId64 "})$",
                 ndots - 1);
    fprintf(self->file, "    ndots: {\n        program = \"template\";\n"
            "        rules = ( { match = %s; rcode = \"SERVFAIL\";\n"
            "                    fallthrough = [ \".\" ]; } );\n"
            "        next = \"forward\";\n    };\n",
            draft_quote(self->memory, match));
}

static void
write_servers(const struct writer *self)
{
    const char *rest = text_of(self, SKYDNS_NAMESERVERS);
    size_t count = 0;

    fputs("                  to = [", self->file);
    while (*rest != '\0') {
        size_t size = strcspn(rest, ",");
        char *server = core_arena_allocate(self->memory, size + 1);

        memcpy(server, rest, size);
        if (size > 0)
            fprintf(self->file, "%s%s", count++ == 0 ? " " : ", ",
                    draft_quote(self->memory, server));
        rest += size + (rest[size] == ',');
    }
    fputs(" ];\n", self->file);
}

static void
write_forward(const struct writer *self)
{
    char timeout[CORE_QUANTITY_TEXT_SIZE];

    if (!asks_others(self))
        return;
    fputs("    forward: {\n", self->file);
    if (is(self, SKYDNS_NO_REC)) {
        fputs("        otherwise = \"servfail\";\n", self->file);
    } else {
        fputs("        routes = (\n                { zone = \".\";\n",
              self->file);
        write_servers(self);
        fprintf(self->file, "                  policy = \"%s\";\n"
                "                  truncated = \"pass\";\n"
                "                  read_timeout = \"%s\"; }\n        );\n",
                is(self, SKYDNS_NS_ROTATE) ? "round_robin" : "sequential",
                core_duration_to_text(timeout,
                                      number_of(self, SKYDNS_RTIMEOUT)));
    }
    if (is(self, SKYDNS_STUBZONES))
        fputs("        sources = [ \"etcd-sync\" ];\n", self->file);
    fputs("    };\n", self->file);
}

static void
write_health(const struct writer *self)
{
    const char *port = text_of(self, SKYDNS_METRICS_PORT);

    if (*port != '\0')
        fprintf(self->file, "    health: {\n        listen = [];\n"
                "        metrics = [ \"0.0.0.0:%s\" ];\n    };\n", port);
}

void
skydns_write(const skydns_options_t *options, FILE *file)
{
    struct writer self = {
        .options = options, .memory = core_arena_new(), .file = file,
    };

    fputs("# What SkyDNS was told by its options, its environment and its "
          "etcd.\n", file);
    if (is(&self, SKYDNS_VERBOSE))
        fputs("log: { level = \"debug\"; };\n", file);
    fputs("\nstages: {\n", file);
    write_frontend(&self);
    write_cache(&self);
    write_authority(&self);
    write_etcd_sync(&self);
    write_ndots(&self);
    write_forward(&self);
    write_health(&self);
    fputs("};\n", file);
    core_arena_destroy(&self.memory);
}
