/*
 * object - one object of the API, as far as it matters
 */

#include "kubernetes-sync/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SERVICE_LABEL "kubernetes.io/service-name"
#define IMPORT_LABEL "multicluster.kubernetes.io/service-name"
#define CLUSTER_LABEL "multicluster.kubernetes.io/source-cluster"
#define TRIGGER "endpoints.kubernetes.io/last-change-trigger-time"
#define NAME_SIZE 253                   /* of any name in the API */

/* The text of a member; "" when there is none. */
static const char *
text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text == NULL ? "" : text;
}

/* Keeps the first thing that is wrong. */
static void
note(struct object *self, const char *key, const char *why,
     const json_t *value)
{
    char *text;

    if (*self->wrong != '\0')
        return;
    text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    snprintf(self->wrong, OBJECT_WRONG_SIZE, "%s: %s: %s", key, why,
             text == NULL ? "nothing" : text);
    free(text);
}

/* False when there is none; one that is not there, or "None", is not wrong. */
static bool
read_address(struct object *self, const char *key, const json_t *value,
             struct address *address)
{
    const char *text = json_string_value(value);

    if (value == NULL || (text != NULL && (*text == '\0'
                                           || strcmp(text, "None") == 0)))
        return false;
    if (text != NULL && address_read(address, text))
        return true;
    note(self, key, "no address", value);
    return false;
}

/* Items are addresses, or have one as that member. */
static void
put_addresses(struct object *self, const char *key, const json_t *list,
              const char *member)
{
    struct spec *spec = &self->spec;
    size_t place = spec->size;
    unsigned count = 0;

    spec_put8(spec, 0);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        struct address address;

        if (!read_address(self, key, member == NULL ? item
                          : json_object_get(item, member), &address)
            || count == SPEC_LIST_SIZE)
            continue;
        spec_put_address(spec, &address);
        count++;
    }
    spec->bytes[place] = (uint8_t) count;
}

/* Appends addresses to the list that was begun at place. */
static void
add_addresses(struct object *self, size_t place, const char *key,
              const json_t *list, const char *member)
{
    struct spec *spec = &self->spec;
    size_t start = spec->size;
    unsigned count = spec->bytes[place];

    put_addresses(self, key, list, member);
    if (count + spec->bytes[start] > SPEC_LIST_SIZE) {
        spec->size = start;
        return;
    }
    spec->bytes[place] = (uint8_t) (count + spec->bytes[start]);
    spec->size--;
    memmove(spec->bytes + start, spec->bytes + start + 1, spec->size - start);
}

/* False when it has no number; that of a slice may be left open. */
static bool
read_port(struct object *self, const json_t *value, unsigned *number)
{
    json_int_t read = json_integer_value(value);

    *number = (unsigned) read;
    if (read > 0 && read <= UINT16_MAX)
        return true;
    if (self->kind != OBJECT_SLICE || (value != NULL && !json_is_null(value)))
        note(self, "ports", "no port of 1 to 65535", value);
    return false;
}

static void
put_ports(struct object *self, const json_t *list)
{
    struct spec *spec = &self->spec;
    size_t place = spec->size;
    unsigned count = 0;

    spec_put8(spec, 0);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *protocol = text_of(item, "protocol");
        unsigned number;

        if (!read_port(self, json_object_get(item, "port"), &number)
            || count == SPEC_LIST_SIZE)
            continue;
        if (spec_put_port(spec, number, *protocol == '\0' ? "TCP" : protocol,
                          text_of(item, "name")))
            count++;
        else
            note(self, "ports", "no protocol of TCP, UDP and SCTP",
                 json_object_get(item, "protocol"));
    }
    spec->bytes[place] = (uint8_t) count;
}

/* ---- services ------------------------------------------------------------ */

static enum service_kind
kind_of(const json_t *spec)
{
    const char *type = text_of(spec, "type");

    if (strcmp(type, "ExternalName") == 0)
        return SERVICE_EXTERNAL_NAME;
    return strcmp(text_of(spec, "clusterIP"), "None") == 0
        || strcmp(type, "Headless") == 0
        ? SERVICE_HEADLESS : SERVICE_CLUSTER_IP;
}

/* The first host name that a load balancer has. */
static const char *
host_of(const json_t *ingress)
{
    for (size_t i = 0; i < json_array_size(ingress); i++) {
        const char *host = text_of(json_array_get(ingress, i), "hostname");

        if (*host != '\0')
            return host;
    }
    return "";
}

static void
put_external_name(struct object *self, const json_t *from)
{
    const char *text = text_of(from, "externalName");
    uint8_t name[CORE_NAME_SIZE];

    if (kind_of(from) != SERVICE_EXTERNAL_NAME) {
        spec_put_text(&self->spec, "");
        return;
    }
    if (core_name_from_text(name, text, NULL) <= 1)
        note(self, "externalName", "no domain name",
             json_object_get(from, "externalName"));
    spec_put_text(&self->spec, text);
}

static void
read_service(struct object *self, const json_t *json)
{
    const json_t *from = json_object_get(json, "spec");
    const json_t *ingress =
        json_object_get(json_object_get(json_object_get(json, "status"),
                                        "loadBalancer"), "ingress");
    const json_t *selector = json_object_get(from, "selector");
    const json_t *addresses = json_object_get(from, "clusterIPs");
    struct spec *spec = &self->spec;
    struct address address;

    spec_put8(spec, kind_of(from));
    spec_put8(spec, json_object_size(selector) > 0 ? SERVICE_HAS_SELECTOR : 0);
    if (json_array_size(addresses) > 0) {
        put_addresses(self, "clusterIPs", addresses, NULL);
    } else if (read_address(self, "clusterIP",
                            json_object_get(from, "clusterIP"), &address)) {
        spec_put8(spec, 1);
        spec_put_address(spec, &address);
    } else {
        spec_put8(spec, 0);
    }
    put_ports(self, json_object_get(from, "ports"));

    size_t place = spec->size;

    put_addresses(self, "externalIPs", json_object_get(from, "externalIPs"),
                  NULL);
    add_addresses(self, place, "loadBalancer", ingress, "ip");
    spec_put_text(spec, host_of(ingress));
    put_external_name(self, from);
}

static void
read_import(struct object *self, const json_t *json)
{
    const json_t *from = json_object_get(json, "spec");
    struct spec *spec = &self->spec;

    spec_put8(spec, kind_of(from));
    spec_put8(spec, 0);
    put_addresses(self, "ips", json_object_get(from, "ips"), NULL);
    put_ports(self, json_object_get(from, "ports"));
    spec_put8(spec, 0);
    spec_put_text(spec, "");
    spec_put_text(spec, "");
}

/* ---- slices -------------------------------------------------------------- */

/* Days since 1970 (proleptic Gregorian calendar). */
static int64_t
days_of(int year, int month, int day)
{
    struct tm when = {
        .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day,
    };

    return (int64_t) timegm(&when) / 86400;
}

/* RFC 3339, in UTC as the API writes it: 2026-01-31T08:00:00.123456Z. */
static int64_t
read_time_us(const char *text)
{
    int year, month, day, hour, minute;
    double second;

    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%lfZ", &year, &month, &day, &hour,
               &minute, &second) != 6 || year < 1970 || year > 9999
        || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0
        || hour > 23 || minute < 0 || minute > 59 || !(second >= 0)
        || !(second < 61))
        return 0;
    return ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60000000
        + (int64_t) (second * 1e6);
}

static bool
is_ready(const json_t *endpoint)
{
    return !json_is_false(json_object_get(json_object_get(endpoint,
                                                          "conditions"),
                                          "ready"));
}

static const char *
endpoint_host(const struct object_style *style, const json_t *endpoint)
{
    const char *host = text_of(endpoint, "hostname");
    const char *pod = text_of(json_object_get(endpoint, "targetRef"), "name");

    if (*host != '\0' || !style->pod_names)
        return host;
    /* A pod's name may have dots, a label has none. */
    return strlen(pod) <= CORE_LABEL_SIZE && strchr(pod, '.') == NULL ? pod
        : "";
}

static unsigned
put_endpoint(struct object *self, const struct object_style *style,
             const json_t *endpoint)
{
    struct spec *spec = &self->spec;
    const json_t *addresses = json_object_get(endpoint, "addresses");
    unsigned count = 0;

    for (size_t i = 0; i < json_array_size(addresses)
         && count < SPEC_LIST_SIZE; i++) {
        struct address address;

        if (!read_address(self, "endpoints", json_array_get(addresses, i),
                          &address))
            continue;
        spec_put_address(spec, &address);
        spec_put_text(spec, endpoint_host(style, endpoint));
        spec_put_text(spec, style->zones ? text_of(endpoint, "zone") : "");
        count++;
    }
    return count;
}

static void
read_slice(struct object *self, const struct object_style *style,
           const json_t *json)
{
    const json_t *metadata = json_object_get(json, "metadata");
    const json_t *labels = json_object_get(metadata, "labels");
    const json_t *endpoints = json_object_get(json, "endpoints");
    struct spec *spec = &self->spec;

    self->service = text_of(labels, SERVICE_LABEL);
    self->is_import = *text_of(labels, IMPORT_LABEL) != '\0';
    if (self->is_import)
        self->service = text_of(labels, IMPORT_LABEL);
    self->cluster = self->is_import ? text_of(labels, CLUSTER_LABEL) : "";
    self->trigger_us = read_time_us(
        text_of(json_object_get(metadata, "annotations"), TRIGGER));
    put_ports(self, json_object_get(json, "ports"));

    size_t place = spec->size;

    spec_put16(spec, 0);
    /* A slice of names is of no use here, but not wrong. */
    if (strcmp(text_of(json, "addressType"), "FQDN") == 0)
        endpoints = NULL;
    for (size_t i = 0; i < json_array_size(endpoints)
         && self->ready < SPEC_ENDPOINTS - SPEC_LIST_SIZE; i++) {
        const json_t *endpoint = json_array_get(endpoints, i);

        if (is_ready(endpoint))
            self->ready += put_endpoint(self, style, endpoint);
    }
    spec->bytes[place] = (uint8_t) (self->ready >> 8);
    spec->bytes[place + 1] = (uint8_t) self->ready;
}

/* ---- pods ---------------------------------------------------------------- */

static void
read_pod(struct object *self, const json_t *json)
{
    const json_t *status = json_object_get(json, "status");
    const char *phase = text_of(status, "phase");

    self->is_absent = strcmp(phase, "Succeeded") == 0
        || strcmp(phase, "Failed") == 0
        || *text_of(json_object_get(json, "metadata"),
                    "deletionTimestamp") != '\0'
        || !read_address(self, "podIP", json_object_get(status, "podIP"),
                         &self->address);
}

static bool
check_names(struct object *self, const json_t *metadata)
{
    const json_t *space = json_object_get(metadata, "namespace");

    if (*self->name == '\0' || strlen(self->name) > NAME_SIZE)
        note(self, "name", "no text of 1 to 253 octets",
             json_object_get(metadata, "name"));
    else if (self->kind == OBJECT_NAMESPACE && *self->space != '\0')
        note(self, "namespace", "a namespace is in none", space);
    else if (self->kind != OBJECT_NAMESPACE
             && (*self->space == '\0'
                 || strlen(self->space) > CORE_LABEL_SIZE))
        note(self, "namespace", "no text of 1 to 63 octets", space);
    return *self->wrong == '\0';
}

bool
object_read(struct object *self, enum object_kind kind,
            const struct object_style *style, const json_t *json)
{
    const json_t *metadata = json_object_get(json, "metadata");
    struct spec spec = self->spec;

    spec.size = 0;
    *self = (struct object) {
        .kind = kind, .space = text_of(metadata, "namespace"),
        .name = text_of(metadata, "name"), .spec = spec, .service = "",
        .cluster = "",
        .version = strtoull(text_of(metadata, "resourceVersion"), NULL, 10),
    };
    if (!check_names(self, metadata))
        return false;
    if (kind == OBJECT_SERVICE)
        read_service(self, json);
    else if (kind == OBJECT_IMPORT)
        read_import(self, json);
    else if (kind == OBJECT_SLICE)
        read_slice(self, style, json);
    else if (kind == OBJECT_POD)
        read_pod(self, json);
    return true;
}

void
object_clear(struct object *self)
{
    free(self->spec.bytes);
    self->spec = (struct spec) { .bytes = NULL };
}
