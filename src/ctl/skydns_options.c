/*
 * skydns_options - what SkyDNS was told: flags, environment, etcd
 */

#include "ctl/skydns_options.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "coredns/memory.h"
#include "coredns/setting.h"

enum kind { TEXT, LIST, NUMBER, TRUTH, TIME };

static const struct entry {
    enum kind kind;
    const char *flag, *variable, *field;    /* NULL: it is not to be had so */
    const char *fallback;
    bool zero_is_none;                  /* 0 stands for the default */
} table[SKYDNS_OPTIONS] = {
    [SKYDNS_ADDR] = { TEXT, "addr", "SKYDNS_ADDR", "dns_addr",
                      "127.0.0.1:53" },
    [SKYDNS_DOMAIN] = { TEXT, "domain", "SKYDNS_DOMAIN", "domain",
                        "skydns.local." },
    [SKYDNS_MACHINES] = { LIST, "machines", "ETCD_MACHINES", NULL,
                          "http://127.0.0.1:2379" },
    [SKYDNS_CA] = { TEXT, "ca-cert", "ETCD_CACERT", NULL, "" },
    [SKYDNS_KEY] = { TEXT, "tls-key", "ETCD_TLSKEY", NULL, "" },
    [SKYDNS_CERTIFICATE] = { TEXT, "tls-pem", "ETCD_TLSPEM", NULL, "" },
    [SKYDNS_USERNAME] = { TEXT, "username", "ETCD_USERNAME", NULL, "" },
    [SKYDNS_PASSWORD] = { TEXT, "password", "ETCD_PASSWORD", NULL, "" },
    [SKYDNS_NAMESERVERS] = { LIST, "nameservers", "SKYDNS_NAMESERVERS",
                             "nameservers", "/etc/resolv.conf" },
    [SKYDNS_NO_REC] = { TRUTH, "no-rec", NULL, "no_rec", "false" },
    [SKYDNS_DNSSEC] = { TEXT, "dnssec", NULL, "dnssec", "" },
    [SKYDNS_LOCAL] = { TEXT, "local", NULL, "local", "" },
    [SKYDNS_HOSTMASTER] = { TEXT, "hostmaster", NULL, "hostmaster",
                            "hostmaster@skydns.local." },
    [SKYDNS_ROUND_ROBIN] = { TRUTH, "round-robin", NULL, "round_robin",
                             "true" },
    [SKYDNS_NS_ROTATE] = { TRUTH, "ns-rotate", NULL, "ns_rotate", "true" },
    [SKYDNS_STUBZONES] = { TRUTH, "stubzones", NULL, "stub_zones", "false" },
    [SKYDNS_NDOTS] = { NUMBER, "ndots", "SKYDNS_NDOTS", "ndots", "2", true },
    [SKYDNS_RTIMEOUT] = { TIME, "rtimeout", NULL, "read_timeout", "2000",
                          true },
    [SKYDNS_PATH_PREFIX] = { TEXT, "path-prefix", "SKYDNS_PATH_PREFIX", NULL,
                             "skydns" },
    [SKYDNS_ETCD3] = { TRUTH, "etcd3", NULL, NULL, "false" },
    [SKYDNS_SYSTEMD] = { TRUTH, "systemd", "SKYDNS_SYSTEMD", "systemd",
                         "false" },
    [SKYDNS_SCACHE] = { NUMBER, "scache", NULL, "scache", "10000" },
    [SKYDNS_RCACHE] = { NUMBER, "rcache", NULL, "rcache", "0" },
    [SKYDNS_RCACHE_TTL] = { NUMBER, "rcache-ttl", NULL, "rcache_ttl", "60",
                            true },
    [SKYDNS_VERBOSE] = { TRUTH, "verbose", NULL, "verbose", "false" },
    [SKYDNS_VERSION] = { TRUTH, "version", NULL, NULL, "false" },
    [SKYDNS_TTL] = { NUMBER, NULL, NULL, "ttl", "3600", true },
    [SKYDNS_MIN_TTL] = { NUMBER, NULL, NULL, "min_ttl", "60", true },
    [SKYDNS_PRIORITY] = { NUMBER, NULL, NULL, "priority", "10", true },
    [SKYDNS_METRICS_PORT] = { NUMBER, NULL, "PROMETHEUS_PORT", NULL, "" },
    [SKYDNS_METRICS_PATH] = { TEXT, NULL, "PROMETHEUS_PATH", NULL,
                              "/metrics" },
    [SKYDNS_METRICS_NAMESPACE] = { TEXT, NULL, "PROMETHEUS_NAMESPACE", NULL,
                                   "skydns" },
    [SKYDNS_METRICS_SUBSYSTEM] = { TEXT, NULL, "PROMETHEUS_SUBSYSTEM", NULL,
                                   "skydns" },
};

struct skydns_options {
    char *texts[SKYDNS_OPTIONS];        /* NULL: not given */
    char *origins[SKYDNS_OPTIONS];
};

skydns_options_t *
skydns_options_new(void)
{
    return core_allocate(sizeof (skydns_options_t));
}

void
skydns_options_destroy(skydns_options_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    for (int i = 0; i < SKYDNS_OPTIONS; i++) {
        free((*self_p)->texts[i]);
        free((*self_p)->origins[i]);
    }
    free(*self_p);
    *self_p = NULL;
}

/* ---- values -------------------------------------------------------------- */

/* As Go reads them. */
static bool
read_truth(const char *text, char value[CORE_FAULT_TEXT_SIZE])
{
    static const char *const yes[] = { "1", "t", "true", "y", "yes", NULL };
    static const char *const no[] = { "0", "f", "false", "n", "no", NULL };

    for (int i = 0; yes[i] != NULL; i++) {
        bool is_true = strcasecmp(text, yes[i]) == 0;

        if (!is_true && strcasecmp(text, no[i]) != 0)
            continue;
        strcpy(value, is_true ? "true" : "false");
        return true;
    }
    return false;
}

static bool
read_number(const char *text, char value[CORE_FAULT_TEXT_SIZE])
{
    char *rest;
    long long number = strtoll(text, &rest, 10);

    snprintf(value, CORE_FAULT_TEXT_SIZE, "%lld", number);
    return rest != text && *rest == '\0' && number >= 0
        && number <= INT32_MAX;
}

static bool
read_time(const char *text, char value[CORE_FAULT_TEXT_SIZE])
{
    int64_t milliseconds;

    if (core_duration_from_text(text, &milliseconds) == -1)
        return false;
    snprintf(value, CORE_FAULT_TEXT_SIZE, "%" PRId64, milliseconds);
    return true;
}

/* Takes a value, if none counts more; a wrong one is a fault then. */
static void
take(skydns_options_t *self, int option, const char *text, char *origin,
     core_faults_t *faults)
{
    static const char *const wanted[] = {
        [NUMBER] = "a number from 0 to 2147483647",
        [TRUTH] = "true or false", [TIME] = "a time such as 2s",
    };
    char value[CORE_FAULT_TEXT_SIZE] = "";
    enum kind kind = table[option].kind;
    bool is_good = true;

    if (self->texts[option] != NULL) {
        free(origin);
        return;
    }
    if (kind == TRUTH)
        is_good = read_truth(text, value);
    else if (kind == NUMBER)
        is_good = read_number(text, value);
    else if (kind == TIME)
        is_good = read_time(text, value);
    if (!is_good)
        core_faults_add(faults, NULL, 0, "%s: not %s: %s", origin,
                        wanted[kind], text);
    self->texts[option] = core_copy_text(kind == TEXT || kind == LIST ? text
                                         : value);
    self->origins[option] = origin;
}

/* ---- the command line ---------------------------------------------------- */

/* The option whose flag has that name, which ends with the text or at a "=". */
static int
find_flag(const char *name)
{
    size_t size = strcspn(name, "=");
    int i = 0;

    while (i < SKYDNS_OPTIONS
           && (table[i].flag == NULL || strlen(table[i].flag) != size
               || strncmp(table[i].flag, name, size) != 0))
        i++;
    return i;
}

static void
fail_flag(const char *word, const char *name, core_faults_t *faults)
{
    const char *names[SKYDNS_OPTIONS + 1];
    const char *near;
    size_t count = 0;

    for (int i = 0; i < SKYDNS_OPTIONS; i++)
        if (table[i].flag != NULL)
            names[count++] = table[i].flag;
    names[count] = NULL;
    near = core_nearest(name, names);
    core_faults_add(faults, NULL, 0, "%s: SkyDNS has no such option%s%s", word,
                    near == NULL ? "" : "; did you mean -",
                    near == NULL ? "" : near);
}

void
skydns_options_read_flags(skydns_options_t *self, char *const *words,
                          core_faults_t *faults)
{
    for (; words != NULL && *words != NULL; words++) {
        const char *name = *words + strspn(*words, "-");
        const char *value = strchr(name, '=');
        int option = find_flag(name);
        char *origin;

        if (name == *words || option == SKYDNS_OPTIONS) {
            fail_flag(*words, name, faults);
            continue;
        }
        if (asprintf(&origin, "-%s", table[option].flag) == -1)
            abort();
        if (value != NULL)
            take(self, option, value + 1, origin, faults);
        else if (table[option].kind == TRUTH)
            take(self, option, "true", origin, faults);
        else if (words[1] != NULL)
            take(self, option, *++words, origin, faults);
        else {
            core_faults_add(faults, NULL, 0, "%s: it needs a value", origin);
            free(origin);
        }
    }
}

void
skydns_options_read_environment(skydns_options_t *self, core_faults_t *faults)
{
    for (int i = 0; i < SKYDNS_OPTIONS; i++) {
        const char *text = table[i].variable == NULL ? NULL
            : getenv(table[i].variable);

        if (text != NULL && *text != '\0')
            take(self, i, text, core_copy_text(table[i].variable), faults);
    }
}

/* ---- the object in etcd -------------------------------------------------- */

static int
find_field(const char *name)
{
    int i = 0;

    while (i < SKYDNS_OPTIONS
           && (table[i].field == NULL || strcasecmp(table[i].field, name) != 0))
        i++;
    return i;
}

/* The texts of an array with commas between; yours, or NULL. */
static char *
join(const json_t *array)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    bool is_good = true;

    assert(file != NULL);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *item = json_string_value(json_array_get(array, i));

        is_good = is_good && item != NULL;
        fprintf(file, "%s%s", i == 0 ? "" : ",", item == NULL ? "" : item);
    }
    fclose(file);
    if (!is_good) {
        free(text);
        return NULL;
    }
    return text;
}

/* The value as a flag would have it; yours.  NULL: it is none of that kind. */
static char *
field_text(enum kind kind, const json_t *value)
{
    char text[64];

    if (kind == LIST)
        return json_is_array(value) ? join(value) : NULL;
    if (kind == TEXT)
        return json_is_string(value)
            ? core_copy_text(json_string_value(value)) : NULL;
    if (kind == TRUTH)
        return json_is_boolean(value)
            ? core_copy_text(json_is_true(value) ? "true" : "false") : NULL;
    if (!json_is_integer(value))
        return NULL;
    /* Go writes times in nanoseconds. */
    if (kind == TIME)
        snprintf(text, sizeof text, "%lldms",
                 (long long) json_integer_value(value) / 1000000);
    else
        snprintf(text, sizeof text, "%lld",
                 (long long) json_integer_value(value));
    return core_copy_text(text);
}

static void
take_field(skydns_options_t *self, const char *key, const char *name,
           const json_t *value, core_faults_t *faults, core_faults_t *notices)
{
    static const char *const wanted[] = {
        [TEXT] = "a text", [LIST] = "a list of texts", [NUMBER] = "a number",
        [TRUTH] = "true or false", [TIME] = "a number of nanoseconds",
    };
    int option = find_field(name);
    char *text, *origin;

    if (option == SKYDNS_OPTIONS) {
        core_faults_add(notices, NULL, 0, "%s: %s is no option of SkyDNS: "
                        "left out", key, name);
        return;
    }
    if (json_is_null(value))
        return;
    text = field_text(table[option].kind, value);
    if (text == NULL)
        core_faults_add(faults, NULL, 0, "%s: %s: not %s", key, name,
                        wanted[table[option].kind]);
    else if (*text != '\0') {
        if (asprintf(&origin, "%s in %s", name, key) == -1)
            abort();
        take(self, option, text, origin, faults);
    }
    free(text);
}

void
skydns_options_read_object(skydns_options_t *self, const char *text,
                           const char *key, core_faults_t *faults,
                           core_faults_t *notices)
{
    json_error_t error;
    json_t *root = json_loads(text, 0, &error);
    const char *name;
    json_t *value;

    if (!json_is_object(root))
        core_faults_add(faults, NULL, 0, "%s: not a JSON object: %s", key,
                        root == NULL ? error.text : "something else");
    else
        json_object_foreach(root, name, value)
            take_field(self, key, name, value, faults, notices);
    json_decref(root);
}

/* ---- what counts --------------------------------------------------------- */

const char *
skydns_options_text(const skydns_options_t *self, enum skydns_option option)
{
    const char *text = self->texts[option];

    if (text == NULL
        || (table[option].zero_is_none && strcmp(text, "0") == 0))
        return table[option].fallback;
    return text;
}

bool
skydns_options_is(const skydns_options_t *self, enum skydns_option option)
{
    return strcmp(skydns_options_text(self, option), "true") == 0;
}

int64_t
skydns_options_number(const skydns_options_t *self, enum skydns_option option)
{
    return strtoll(skydns_options_text(self, option), NULL, 10);
}

const char *
skydns_options_origin(const skydns_options_t *self, enum skydns_option option)
{
    return self->origins[option];
}
