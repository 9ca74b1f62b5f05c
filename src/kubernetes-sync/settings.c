/*
 * settings - what the configuration says of a cluster and its zones
 */

#include "kubernetes-sync/settings.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "coredns/feed.h"
#include "coredns/name.h"
#include "kubernetes-sync/access.h"
#include "kubernetes-sync/address.h"
#include "kubernetes-sync/selector.h"
#include "lib/server_url.h"

#define MINUTE 60000
#define DAY (24 * 60 * MINUTE)
#define LEAST_COMPARE (10 * 1000)
#define MOST_TTL 3600
#define MOST_REQUESTS 1000000
#define ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"
#define FALLTHROUGH \
    "names below which unknown ones are left to the next layer or stage"

static const char *const pods_choices[] = {
    "disabled", "insecure", "verified", NULL,
};
static const char *const endpoints_choices[] = {
    "headless", "all", "none", NULL,
};

static const struct core_setting external_table[] = {
    { .key = "zones", .type = CORE_NAME, .list = true, .required = true,
      .offset = offsetof(struct external_settings, zones),
      .says = "zones of addresses by which services are reached from outside" },
    { .key = "apex", .type = CORE_TEXT, .fallback_text = "dns",
      .offset = offsetof(struct external_settings, apex),
      .says = "label above the names of the zone's servers" },
    { .key = "ttl", .type = CORE_SECONDS, .fallback = 5, .maximum = MOST_TTL,
      .offset = offsetof(struct external_settings, ttl_seconds),
      .says = "time to live of the records" },
    { .key = "headless", .type = CORE_BOOLEAN,
      .offset = offsetof(struct external_settings, headless),
      .says = "whether endpoints of headless services are there too" },
    { .key = "fallthrough", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct external_settings, fallthrough),
      .says = FALLTHROUGH },
    { .type = CORE_END },
};

const struct core_setting kubernetes_sync_setting_table[] = {
    { .key = "zones", .type = CORE_NAME, .list = true, .required = true,
      .offset = offsetof(struct settings, zones),
      .says = "zones of the cluster; those below in-addr.arpa and ip6.arpa "
              "lead from addresses to names in the first other one" },
    { .key = "endpoint", .type = CORE_TEXT,
      .offset = offsetof(struct settings, endpoint),
      .says = "address of the API server; none: that of the kubeconfig, or of "
              "the environment" },
    { .key = "ca", .type = CORE_PATH, .offset = offsetof(struct settings, ca),
      .says = "certificates that the server's is checked with" },
    { .key = "certificate", .type = CORE_PATH,
      .offset = offsetof(struct settings, certificate),
      .says = "certificate that is shown to the server" },
    { .key = "key", .type = CORE_PATH,
      .offset = offsetof(struct settings, key),
      .says = "key of that certificate" },
    { .key = "token", .type = CORE_PATH,
      .offset = offsetof(struct settings, token),
      .says = "file of the token that is shown to the server; read again when "
              "it changes" },
    { .key = "kubeconfig", .type = CORE_PATH,
      .offset = offsetof(struct settings, kubeconfig),
      .says = "file with server and credentials as kubectl uses them" },
    { .key = "context", .type = CORE_TEXT,
      .offset = offsetof(struct settings, context),
      .says = "context of the kubeconfig; none: its current one" },
    { .key = "service_account", .type = CORE_PATH, .fallback_text = ACCOUNT,
      .offset = offsetof(struct settings, service_account),
      .says = "folder of token and ca.crt, used with the address of the "
              "environment" },
    { .key = "namespaces", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct settings, namespaces),
      .says = "namespaces that exist; none: all" },
    { .key = "namespace_labels", .type = CORE_TEXT,
      .offset = offsetof(struct settings, namespace_labels),
      .says = "selector of the namespaces that exist" },
    { .key = "labels", .type = CORE_TEXT,
      .offset = offsetof(struct settings, labels),
      .says = "selector of services and endpoint slices" },
    { .key = "pods", .type = CORE_CHOICE, .choices = pods_choices,
      .offset = offsetof(struct settings, pods),
      .says = "names of pods: none, one for every address, or those of pods "
              "that run" },
    { .key = "endpoints", .type = CORE_CHOICE, .choices = endpoints_choices,
      .offset = offsetof(struct settings, endpoints),
      .says = "whose endpoints have names: those of headless services, of all, "
              "of none" },
    { .key = "endpoint_pod_names", .type = CORE_BOOLEAN,
      .offset = offsetof(struct settings, endpoint_pod_names),
      .says = "whether endpoints are named after their pods" },
    { .key = "zonal", .type = CORE_BOOLEAN,
      .offset = offsetof(struct settings, zonal),
      .says = "whether headless services have names for the endpoints of one "
              "zone" },
    { .key = "ignore_empty_service", .type = CORE_BOOLEAN,
      .offset = offsetof(struct settings, ignore_empty_service),
      .says = "whether services without ready endpoints are left out" },
    { .key = "ttl", .type = CORE_SECONDS, .fallback = 5, .maximum = MOST_TTL,
      .offset = offsetof(struct settings, ttl_seconds),
      .says = "time to live of the records" },
    { .key = "fallthrough", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct settings, fallthrough),
      .says = FALLTHROUGH },
    { .key = "multicluster", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct settings, multicluster),
      .says = "which of the zones hold imported services instead" },
    { .key = "external", .type = CORE_GROUPS, .members = external_table,
      .members_size = sizeof (struct external_settings),
      .offset = offsetof(struct settings, external),
      .says = "zones for the world outside" },
    { .key = "addresses", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct settings, addresses),
      .says = "addresses of the zones' servers; \"host\": those of this host, "
              "\"none\": no NS records" },
    { .key = "page", .type = CORE_INTEGER, .fallback = 500, .maximum = 100000,
      .offset = offsetof(struct settings, page),
      .says = "objects in a page of a list; 0: lists in one piece" },
    { .key = "qps", .type = CORE_INTEGER, .maximum = MOST_REQUESTS,
      .offset = offsetof(struct settings, qps),
      .says = "requests to the API server in a second; 0: no limit" },
    { .key = "burst", .type = CORE_INTEGER, .maximum = MOST_REQUESTS,
      .offset = offsetof(struct settings, burst),
      .says = "requests at once after a pause; 0: as many as qps" },
    { .key = "inflight", .type = CORE_INTEGER, .maximum = MOST_REQUESTS,
      .offset = offsetof(struct settings, inflight),
      .says = "requests under way at a time, watches that are open not "
              "counted; 0: no limit" },
    { .key = "silence", .type = CORE_DURATION, .fallback = 150000,
      .minimum = 100, .maximum = DAY,
      .offset = offsetof(struct settings, silence_ms),
      .says = "how long a watch may be silent before it counts as broken" },
    { .key = "compare", .type = CORE_DURATION, .fallback = 30 * MINUTE,
      .maximum = 30LL * DAY, .offset = offsetof(struct settings, compare_ms),
      .says = "how often everything is listed to find what was lost, at "
              "least 10s; 0s: never" },
    { .type = CORE_END },
};

bool
settings_is_reverse(const uint8_t *zone)
{
    return core_name_is_below(zone, (const uint8_t *) "\7in-addr\4arpa")
        || core_name_is_below(zone, (const uint8_t *) "\3ip6\4arpa");
}

bool
settings_has_name(const struct core_list *names, const uint8_t *name)
{
    const uint8_t *const *items = names->items;

    for (size_t i = 0; i < names->count; i++)
        if (core_name_equal(items[i], name))
            return true;
    return false;
}

static void
check_zones(const struct settings *settings, core_faults_t *faults)
{
    const uint8_t *const *zones = settings->zones.items;
    const uint8_t *const *imports = settings->multicluster.items;
    bool any = false;

    for (size_t i = 0; i < settings->zones.count; i++)
        any |= !settings_is_reverse(zones[i]);
    if (!any)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.zones: all lead from "
                        "addresses to names: one with the names is needed");
    for (size_t i = 0; i < settings->multicluster.count; i++)
        if (!settings_has_name(&settings->zones, imports[i]))
            core_faults_add(faults, NULL, 0, "kubernetes-sync.multicluster[%zu]"
                            ": is not one of the zones", i);
}

static void
tell_twice(const char *key, size_t number, const uint8_t *zone,
           const char *list, core_faults_t *faults)
{
    char text[CORE_NAME_TEXT_SIZE];

    core_faults_add(faults, NULL, 0, "kubernetes-sync.%s[%zu]: %s is one of "
                    "`%s` already", key, number, core_name_to_text(text, zone),
                    list);
}

static void
check_unique(const struct core_list *names, const char *key,
             core_faults_t *faults)
{
    const uint8_t *const *items = names->items;

    for (size_t i = 0; i < names->count; i++) {
        const struct core_list before = { .items = names->items, .count = i };

        if (settings_has_name(&before, items[i]))
            tell_twice(key, i, items[i], key, faults);
    }
}

static bool
is_below_any(const uint8_t *name, const struct core_list *names)
{
    const uint8_t *const *items = names->items;

    for (size_t i = 0; i < names->count; i++)
        if (core_name_is_below(name, items[i]))
            return true;
    return false;
}

/* A zone for outside hides one of the cluster, unless it leaves to that one
   what it has not. */
static void
check_outside(const struct settings *settings, size_t number,
              core_faults_t *faults)
{
    const struct external_settings *external = settings->external.items;
    const struct core_list *zones = &external[number].zones;
    const uint8_t *const *items = zones->items;
    char key[64], other[64];

    snprintf(key, sizeof key, "external[%zu].zones", number);
    check_unique(zones, key, faults);
    for (size_t i = 0; i < zones->count; i++) {
        if (settings_has_name(&settings->zones, items[i])
            && !is_below_any(items[i], &external[number].fallthrough))
            tell_twice(key, i, items[i], "zones", faults);
        for (size_t j = 0; j < number; j++) {
            if (!settings_has_name(&external[j].zones, items[i]))
                continue;
            snprintf(other, sizeof other, "external[%zu].zones", j);
            tell_twice(key, i, items[i], other, faults);
        }
    }
}

static void
check_addresses(const struct settings *settings, core_faults_t *faults)
{
    const char *const *addresses = settings->addresses.items;

    for (size_t i = 0; i < settings->addresses.count; i++) {
        struct address address;

        if (strcmp(addresses[i], "host") != 0
            && strcmp(addresses[i], "none") != 0
            && !address_read(&address, addresses[i]))
            core_faults_add(faults, NULL, 0, "kubernetes-sync.addresses[%zu]: "
                            "no address: %s", i, addresses[i]);
    }
}

/* The apex is a label: more of them would be no part of a name. */
static void
check_apex(const char *apex, size_t number, core_faults_t *faults)
{
    size_t size = strlen(apex);

    if (size == 0 || size > CORE_LABEL_SIZE || strchr(apex, '.') != NULL)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.external[%zu].apex: "
                        "no label of 1 to %d octets: %s", number,
                        CORE_LABEL_SIZE, apex);
}

static void
check_selector(const char *key, const char *selector, core_faults_t *faults)
{
    const char *fault = selector == NULL ? NULL : selector_check(selector);

    if (fault != NULL)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.%s: %s: %s", key,
                        fault, selector);
}

static void
check_fall(const struct core_list *names, const char *key,
           core_faults_t *faults)
{
    if (names->count > CORE_FEED_FALL)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.%s: more than %d "
                        "names", key, CORE_FEED_FALL);
}

/* Where the server is, as far as no file says it. */
static void
check_server(const struct settings *settings, core_faults_t *faults)
{
    const char *fault = settings->endpoint == NULL ? NULL
        : server_url_flaw(settings->endpoint, SERVER_URL_WITH_PATH);

    if (fault != NULL)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.endpoint: %s: %s",
                        settings->endpoint, fault);
    if (settings->endpoint == NULL && settings->kubeconfig == NULL
        && !access_is_inside())
        core_faults_add(faults, NULL, 0, "kubernetes-sync.endpoint: is "
                        "missing: there is no kubeconfig either, and no "
                        "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT "
                        "in the environment");
    if ((settings->certificate == NULL) != (settings->key == NULL)
        && settings->kubeconfig == NULL)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.certificate: belongs "
                        "together with key");
}

void
settings_check(const struct settings *settings, core_faults_t *faults)
{
    const struct external_settings *external = settings->external.items;

    check_server(settings, faults);
    check_zones(settings, faults);
    check_unique(&settings->zones, "zones", faults);
    check_unique(&settings->multicluster, "multicluster", faults);
    check_addresses(settings, faults);
    check_selector("labels", settings->labels, faults);
    check_selector("namespace_labels", settings->namespace_labels, faults);
    check_fall(&settings->fallthrough, "fallthrough", faults);
    for (size_t i = 0; i < settings->external.count; i++) {
        char key[64];

        snprintf(key, sizeof key, "external[%zu].fallthrough", i);
        check_fall(&external[i].fallthrough, key, faults);
        check_apex(external[i].apex, i, faults);
        check_outside(settings, i, faults);
    }
    if (settings->namespaces.count > 0 && settings->namespace_labels != NULL)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.namespace_labels: "
                        "excludes namespaces");
    if (settings->burst > 0 && settings->qps == 0)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.burst: needs qps");
    if (settings->compare_ms > 0 && settings->compare_ms < LEAST_COMPARE)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.compare: %lldms is "
                        "below the limit %ds, and is not 0s",
                        (long long) settings->compare_ms,
                        LEAST_COMPARE / 1000);
    if (settings->zonal && settings->endpoints == ENDPOINTS_NONE)
        core_faults_add(faults, NULL, 0, "kubernetes-sync.zonal: needs "
                        "endpoints");
}
