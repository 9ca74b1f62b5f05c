/*
 * service - what the value of a key says
 *
 * jansson reads the text; what is kept is one piece of memory of just the size
 * that is needed, as there are hundreds of thousands.
 */

#include "etcd-sync/service.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "coredns/memory.h"
#include "coredns/name.h"

#define STRIP_MAXIMUM 127               /* labels of a name */

/* What was read, before it is packed. */
struct draft {
    int64_t port, priority, weight, ttl, strip;
    bool mail;
    const char *host, *text, *group;
    size_t host_length, text_size, group_size;
    enum service_host host_kind;
    uint8_t host_bytes[CORE_NAME_SIZE];
    size_t host_size;
    struct core_fault *fault;
};

/* ---- fields -------------------------------------------------------------- */

static bool
fail(struct draft *draft, const char *field, const char *text)
{
    core_fault_set(draft->fault, NULL, 0, "%s: %s", field, text);
    return false;
}

static bool
read_number(struct draft *draft, const char *field, const json_t *value,
            int64_t minimum, int64_t maximum, int64_t *number)
{
    if (!json_is_integer(value))
        return fail(draft, field, "not a whole number");
    *number = json_integer_value(value);
    if (*number >= minimum && *number <= maximum)
        return true;
    core_fault_set(draft->fault, NULL, 0,
                   "%s: %lld is not between %lld and %lld", field,
                   (long long) *number, (long long) minimum,
                   (long long) maximum);
    return false;
}

static bool
read_text(struct draft *draft, const char *field, const json_t *value,
          size_t maximum, const char **text, size_t *size)
{
    if (!json_is_string(value))
        return fail(draft, field, "not a text");
    *text = json_string_value(value);
    *size = json_string_length(value);
    if (*size <= maximum)
        return true;
    core_fault_set(draft->fault, NULL, 0, "%s: longer than %zu octets", field,
                   maximum);
    return false;
}

static bool
read_mail(struct draft *draft, const json_t *value)
{
    if (!json_is_boolean(value))
        return fail(draft, "mail", "neither true nor false");
    draft->mail = json_is_true(value);
    return true;
}

/* Fields that have no meaning for us may hold anything. */
static bool
read_field(struct draft *draft, const char *key, const json_t *value)
{
    if (json_is_null(value))
        return true;
    if (strcasecmp(key, "host") == 0)
        return read_text(draft, "host", value, CORE_NAME_TEXT_SIZE,
                         &draft->host, &draft->host_length);
    if (strcasecmp(key, "text") == 0)
        return read_text(draft, "text", value, SERVICE_TEXT_SIZE,
                         &draft->text, &draft->text_size);
    if (strcasecmp(key, "group") == 0)
        return read_text(draft, "group", value, SERVICE_GROUP_SIZE,
                         &draft->group, &draft->group_size);
    if (strcasecmp(key, "port") == 0)
        return read_number(draft, "port", value, SERVICE_NO_PORT, UINT16_MAX,
                           &draft->port);
    if (strcasecmp(key, "priority") == 0)
        return read_number(draft, "priority", value, 0, UINT16_MAX,
                           &draft->priority);
    if (strcasecmp(key, "weight") == 0)
        return read_number(draft, "weight", value, 0, UINT16_MAX,
                           &draft->weight);
    if (strcasecmp(key, "ttl") == 0)
        return read_number(draft, "ttl", value, 0, INT32_MAX, &draft->ttl);
    if (strcasecmp(key, "targetstrip") == 0)
        return read_number(draft, "targetstrip", value, 0, STRIP_MAXIMUM,
                           &draft->strip);
    return strcasecmp(key, "mail") != 0 || read_mail(draft, value);
}

/* ---- the host ------------------------------------------------------------ */

/* An address that is none looks like a name whose last label is a number; no
   host has one (RFC 1123 section 2.1). */
static bool
ends_in_number(const uint8_t *name)
{
    unsigned labels = core_name_labels(name);
    const uint8_t *last = core_name_skip(name, labels == 0 ? 0 : labels - 1);

    for (unsigned i = 1; i <= *last; i++)
        if (!isdigit(last[i]))
            return false;
    return *last > 0;
}

static bool
take_ipv6(struct draft *draft)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

    draft->host_kind = SERVICE_IPV6;
    draft->host_size = 16;
    if (memcmp(draft->host_bytes, mapped, sizeof mapped) != 0)
        return true;
    draft->host_kind = SERVICE_IPV4;
    draft->host_size = 4;
    memmove(draft->host_bytes, draft->host_bytes + sizeof mapped, 4);
    return true;
}

static bool
read_host(struct draft *draft)
{
    int size;

    draft->host_kind = SERVICE_NO_HOST;
    if (draft->host_length == 0)
        return true;
    if (strlen(draft->host) != draft->host_length)
        return fail(draft, "host", "neither an address nor a name");
    if (inet_pton(AF_INET, draft->host, draft->host_bytes) == 1) {
        draft->host_kind = SERVICE_IPV4;
        draft->host_size = 4;
        return true;
    }
    if (inet_pton(AF_INET6, draft->host, draft->host_bytes) == 1)
        return take_ipv6(draft);
    size = strchr(draft->host, ':') != NULL || draft->host[0] == '@' ? -1
        : core_name_from_text(draft->host_bytes, draft->host, NULL);
    if (size == -1 || ends_in_number(draft->host_bytes))
        return fail(draft, "host", "neither an address nor a name");
    draft->host_kind = SERVICE_NAME;
    draft->host_size = (size_t) size;
    return true;
}

/* ---- the whole ----------------------------------------------------------- */

static struct service *
pack(const struct draft *draft)
{
    struct service *self = core_allocate(sizeof *self + draft->host_size
                                         + draft->text_size
                                         + draft->group_size);

    self->ttl_seconds = (uint32_t) draft->ttl;
    self->port = (int32_t) draft->port;
    self->priority = (uint16_t) draft->priority;
    self->weight = (uint16_t) (draft->weight == 0 ? SERVICE_WEIGHT
                               : draft->weight);
    self->text_size = (uint16_t) draft->text_size;
    self->group_size = (uint8_t) draft->group_size;
    self->host_size = (uint8_t) draft->host_size;
    self->host_kind = (uint8_t) draft->host_kind;
    self->targetstrip = (uint8_t) draft->strip;
    self->mail = draft->mail;
    memcpy(self->bytes, draft->host_bytes, draft->host_size);
    if (draft->text_size > 0)
        memcpy(self->bytes + draft->host_size, draft->text, draft->text_size);
    if (draft->group_size > 0)
        memcpy(self->bytes + draft->host_size + draft->text_size,
               draft->group, draft->group_size);
    return self;
}

static bool
read_fields(struct draft *draft, json_t *object)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object)) {
        core_fault_set(draft->fault, NULL, 0, "not a JSON object");
        return false;
    }
    json_object_foreach(object, key, value)
        if (!read_field(draft, key, value))
            return false;
    return read_host(draft);
}

struct service *
service_read(const char *value, size_t size, struct core_fault *fault)
{
    struct draft draft = { .fault = fault };
    struct service *self = NULL;
    json_error_t error;
    json_t *object;

    if (size > SERVICE_VALUE_SIZE) {
        core_fault_set(fault, NULL, 0, "longer than %d octets",
                       SERVICE_VALUE_SIZE);
        return NULL;
    }
    object = json_loadb(value, size, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    if (object == NULL) {
        core_fault_set(fault, NULL, 0, "not JSON: %s", error.text);
        return NULL;
    }
    if (read_fields(&draft, object))
        self = pack(&draft);
    json_decref(object);
    return self;
}

static size_t
size_of(const struct service *self)
{
    return offsetof(struct service, bytes) + self->host_size
        + (size_t) self->text_size + self->group_size;
}

bool
service_equal(const struct service *left, const struct service *right)
{
    if (left == NULL || right == NULL)
        return left == right;
    return size_of(left) == size_of(right)
        && memcmp(left, right, size_of(left)) == 0;
}

const uint8_t *
service_host(const struct service *self)
{
    return self->bytes;
}

const uint8_t *
service_text(const struct service *self)
{
    return self->bytes + self->host_size;
}

const uint8_t *
service_group(const struct service *self)
{
    return self->bytes + self->host_size + self->text_size;
}
