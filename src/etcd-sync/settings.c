/*
 * settings - what the configuration says of an etcd
 */

#include "etcd-sync/settings.h"

#include <stddef.h>
#include <string.h>

#include "coredns/feed.h"
#include "coredns/name.h"
#include "etcd-sync/tls_files.h"
#include "lib/quantity.h"
#include "lib/server_url.h"

#define DAY 86400
#define URL_SIZE 512                    /* of an endpoint */

const struct core_setting etcd_sync_setting_table[] = {
    { .key = "zones", .type = CORE_NAME, .list = true, .required = true,
      .offset = offsetof(struct etcd_sync_settings, zones),
      .says = "names whose keys are served, with all below them" },
    { .key = "path", .type = CORE_TEXT, .fallback_text = "/skydns",
      .offset = offsetof(struct etcd_sync_settings, path),
      .says = "what all keys begin with, in front of the names" },
    { .key = "endpoints", .type = CORE_TEXT, .list = true,
      .fallback_text = "http://127.0.0.1:2379",
      .offset = offsetof(struct etcd_sync_settings, endpoints),
      .says = "members of the etcd, tried in this order" },
    { .key = "username", .type = CORE_TEXT,
      .offset = offsetof(struct etcd_sync_settings, user),
      .says = "who logs in; none: nobody does" },
    { .key = "password", .type = CORE_TEXT,
      .offset = offsetof(struct etcd_sync_settings, password),
      .says = "the password of that user" },
    { .key = "ca", .type = CORE_PATH,
      .offset = offsetof(struct etcd_sync_settings, ca),
      .says = "certificates that the endpoints' are signed by; none: those "
              "the system trusts" },
    { .key = "certificate", .type = CORE_PATH,
      .offset = offsetof(struct etcd_sync_settings, certificate),
      .says = "our own certificate, for endpoints that want one" },
    { .key = "key", .type = CORE_PATH,
      .offset = offsetof(struct etcd_sync_settings, key),
      .says = "the private key of our certificate" },
    { .key = "fallthrough", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct etcd_sync_settings, fallthrough),
      .says = "names below which unknown ones are left to the next source or "
              "stage" },
    { .key = "ttl", .type = CORE_SECONDS, .fallback = 300,
      .maximum = INT32_MAX,
      .offset = offsetof(struct etcd_sync_settings, ttl_seconds),
      .says = "the TTL of services that have neither one nor a lease" },
    { .key = "priority", .type = CORE_INTEGER, .fallback = 10, .minimum = 1,
      .maximum = UINT16_MAX,
      .offset = offsetof(struct etcd_sync_settings, priority),
      .says = "the priority of services that have none" },
    { .key = "hostmaster", .type = CORE_NAME,
      .offset = offsetof(struct etcd_sync_settings, hostmaster),
      .says = "who is responsible for the zones, as the SOA has it; none: "
              "hostmaster of the zone" },
    { .key = "refresh", .type = CORE_SECONDS, .fallback = 7200,
      .maximum = INT32_MAX,
      .offset = offsetof(struct etcd_sync_settings, refresh_seconds),
      .says = "that field of the SOA" },
    { .key = "retry", .type = CORE_SECONDS, .fallback = 1800,
      .maximum = INT32_MAX,
      .offset = offsetof(struct etcd_sync_settings, retry_seconds),
      .says = "that field of the SOA" },
    { .key = "expire", .type = CORE_SECONDS, .fallback = DAY,
      .maximum = INT32_MAX,
      .offset = offsetof(struct etcd_sync_settings, expire_seconds),
      .says = "that field of the SOA" },
    { .key = "min_ttl", .type = CORE_SECONDS, .fallback = 30,
      .maximum = INT32_MAX,
      .offset = offsetof(struct etcd_sync_settings, negative_seconds),
      .says = "the minimum of the SOA, which is the TTL of negative replies" },
    { .key = "local", .type = CORE_NAME,
      .offset = offsetof(struct etcd_sync_settings, local),
      .says = "the name that local.dns of each zone is an alias of" },
    { .key = "min_lease_ttl", .type = CORE_SECONDS, .fallback = 30,
      .minimum = 1, .maximum = INT32_MAX,
      .offset = offsetof(struct etcd_sync_settings, least_lease_seconds),
      .says = "the TTL of a key whose lease is shorter" },
    { .key = "max_lease_ttl", .type = CORE_SECONDS, .fallback = DAY,
      .minimum = 1, .maximum = INT32_MAX,
      .offset = offsetof(struct etcd_sync_settings, most_lease_seconds),
      .says = "the TTL of a key whose lease is longer" },
    { .type = CORE_END },
};

/* ---- endpoints ----------------------------------------------------------- */

static void
check_endpoint(const char *endpoint, size_t index, core_faults_t *faults)
{
    const char *flaw = server_url_flaw(endpoint, SERVER_URL_WITHOUT_PATH);

    if (flaw != NULL)
        core_faults_add(faults, NULL, 0, "etcd-sync.endpoints[%zu]: %s: %s",
                        index, flaw, endpoint);
    else if (strlen(endpoint) > URL_SIZE)
        core_faults_add(faults, NULL, 0, "etcd-sync.endpoints[%zu]: longer "
                        "than %d octets", index, URL_SIZE);
}

/* ---- names --------------------------------------------------------------- */

/* A zone once more, or one whose local.dns would be an alias of itself. */
static void
check_zone(const struct etcd_sync_settings *settings, size_t index,
           core_faults_t *faults)
{
    static const uint8_t local[] = { 5, 'l', 'o', 'c', 'a', 'l',
                                     3, 'd', 'n', 's', 0 };
    const uint8_t *const *zones = settings->zones.items;
    uint8_t alias[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    core_name_to_text(text, zones[index]);
    for (size_t i = 0; i < index; i++)
        if (core_name_equal(zones[i], zones[index])) {
            core_faults_add(faults, NULL, 0, "etcd-sync.zones[%zu]: %s is "
                            "there twice", index, text);
            return;
        }
    if (settings->local != NULL
        && core_name_join(alias, local, 2, zones[index]) != -1
        && core_name_equal(alias, settings->local))
        core_faults_add(faults, NULL, 0, "etcd-sync.local: local.dns of the "
                        "zone %s would be an alias of itself", text);
}

static void
check_hostmaster(const uint8_t *name, core_faults_t *faults)
{
    for (; name != NULL && *name != 0; name += *name + 1)
        if (memchr(name + 1, '@', *name) != NULL) {
            core_faults_add(faults, NULL, 0, "etcd-sync.hostmaster: a name has "
                            "a dot where the mail address has its @ (RFC 1035 "
                            "section 8)");
            return;
        }
}

/* ---- all ----------------------------------------------------------------- */

static void
check_lease_ttls(const struct etcd_sync_settings *settings,
                 core_faults_t *faults)
{
    char least[CORE_QUANTITY_TEXT_SIZE], most[CORE_QUANTITY_TEXT_SIZE];

    if (settings->least_lease_seconds > settings->most_lease_seconds)
        core_faults_add(faults, NULL, 0, "etcd-sync.min_lease_ttl: %s is above "
                        "max_lease_ttl, %s", core_duration_to_text(
                            least, settings->least_lease_seconds * 1000),
                        core_duration_to_text(
                            most, settings->most_lease_seconds * 1000));
}

struct http_files
etcd_sync_settings_files(const struct etcd_sync_settings *settings)
{
    return (struct http_files) {
        .ca = settings->ca, .certificate = settings->certificate,
        .key = settings->key,
    };
}

void
etcd_sync_settings_check(const void *data, core_faults_t *faults)
{
    const struct etcd_sync_settings *settings = data;
    const char *const *endpoints = settings->endpoints.items;
    struct http_files files = etcd_sync_settings_files(settings);

    if (settings->zones.count == 0)
        core_faults_add(faults, NULL, 0, "etcd-sync.zones: there is none");
    for (size_t i = 0; i < settings->zones.count; i++)
        check_zone(settings, i, faults);
    if (settings->endpoints.count == 0)
        core_faults_add(faults, NULL, 0, "etcd-sync.endpoints: there is none");
    for (size_t i = 0; i < settings->endpoints.count; i++)
        check_endpoint(endpoints[i], i, faults);
    if ((settings->certificate == NULL) != (settings->key == NULL))
        core_faults_add(faults, NULL, 0, "etcd-sync.%s: %s is missing",
                        settings->key == NULL ? "certificate" : "key",
                        settings->key == NULL ? "key" : "certificate");
    if (settings->password != NULL && settings->user == NULL)
        core_faults_add(faults, NULL, 0, "etcd-sync.password: username "
                        "is missing");
    tls_files_check(&files, faults);
    check_hostmaster(settings->hostmaster, faults);
    check_lease_ttls(settings, faults);
    if (settings->fallthrough.count > CORE_FEED_FALL)
        core_faults_add(faults, NULL, 0, "etcd-sync.fallthrough: more than "
                        "%d names", CORE_FEED_FALL);
}
