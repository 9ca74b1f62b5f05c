/*
 * etcd_message - what is said to the HTTP gateway of etcd, and what it answers
 */

#include "lib/etcd_message.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "coredns/memory.h"

#define OCTETS_SIZE (512 * 1024 * 1024) /* that OpenSSL's int can count */

struct core_etcd_reply {
    json_t *root;
    const json_t *keys;                 /* array of kvs or events; or NULL */
    struct core_etcd_head head;
    char *octets;                       /* of the key asked for last */
    size_t capacity;
};

/* ---- requests ------------------------------------------------------------ */

static json_t *
write_octets(struct core_etcd_octets octets)
{
    size_t room = 4 * ((octets.size + 2) / 3) + 1;
    char *text = core_allocate(room);
    json_t *value;

    assert(octets.size < OCTETS_SIZE);
    if (octets.size > 0)
        EVP_EncodeBlock((unsigned char *) text,
                        (const unsigned char *) octets.bytes,
                        (int) octets.size);
    value = json_string(text);
    free(text);
    return value;
}

static void
set_number(json_t *object, const char *field, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    json_object_set_new(object, field, json_string(text));
}

/* The object as text; it ends. */
static char *
end_object(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);

    assert(text != NULL);
    json_decref(object);
    return text;
}

static json_t *
write_keys(const struct core_etcd_range *range)
{
    json_t *object = json_object();

    json_object_set_new(object, "key", write_octets(range->key));
    if (range->end.size > 0)
        json_object_set_new(object, "range_end", write_octets(range->end));
    return object;
}

char *
core_etcd_write_range(const struct core_etcd_range *range)
{
    json_t *object = write_keys(range);

    if (range->limit > 0)
        set_number(object, "limit", range->limit);
    if (range->revision > 0)
        set_number(object, "revision", range->revision);
    if (range->without_values)
        json_object_set_new(object, "keys_only", json_true());
    if (range->count_only)
        json_object_set_new(object, "count_only", json_true());
    return end_object(object);
}

char *
core_etcd_write_watch(const struct core_etcd_range *range)
{
    json_t *object = json_object();
    json_t *create = write_keys(range);

    set_number(create, "start_revision", range->revision);
    json_object_set_new(create, "progress_notify", json_true());
    json_object_set_new(object, "create_request", create);
    return end_object(object);
}

char *
core_etcd_write_put(struct core_etcd_octets key, struct core_etcd_octets value,
                    int64_t lease)
{
    json_t *object = json_object();

    json_object_set_new(object, "key", write_octets(key));
    json_object_set_new(object, "value", write_octets(value));
    if (lease != 0)
        set_number(object, "lease", lease);
    return end_object(object);
}

char *
core_etcd_write_delete(struct core_etcd_octets key)
{
    json_t *object = json_object();

    json_object_set_new(object, "key", write_octets(key));
    return end_object(object);
}

char *
core_etcd_write_authenticate(const char *user, const char *password)
{
    json_t *object = json_object();

    json_object_set_new(object, "name", json_string(user));
    json_object_set_new(object, "password", json_string(password));
    return end_object(object);
}

char *
core_etcd_write_lease_grant(int64_t seconds)
{
    json_t *object = json_object();

    set_number(object, "TTL", seconds);
    return end_object(object);
}

char *
core_etcd_write_lease_time(int64_t lease)
{
    json_t *object = json_object();

    set_number(object, "ID", lease);
    return end_object(object);
}

char *
core_etcd_prefix_end(struct core_etcd_octets prefix, size_t *size)
{
    char *end = core_allocate(prefix.size + 1);

    if (prefix.size > 0)
        memcpy(end, prefix.bytes, prefix.size);
    for (*size = prefix.size; *size > 0; (*size)--)
        if ((unsigned char) end[*size - 1] != 0xff) {
            end[*size - 1]++;
            return end;
        }
    *size = 1;
    end[0] = '\0';
    return end;
}

/* ---- replies ------------------------------------------------------------- */

/* Numbers of 64 bits come as texts, small ones as numbers too; none is 0. */
static int64_t
read_number(const json_t *object, const char *field)
{
    const json_t *value = json_object_get(object, field);

    if (json_is_integer(value))
        return json_integer_value(value);
    return json_is_string(value)
        ? strtoll(json_string_value(value), NULL, 10) : 0;
}

static const char *
read_text(const json_t *object, const char *field)
{
    return json_string_value(json_object_get(object, field));
}

/* One of 64 bits without a sign. */
static uint64_t
read_unsigned(const json_t *object, const char *field)
{
    const char *text = read_text(object, field);

    return text == NULL ? 0 : strtoull(text, NULL, 10);
}

static bool
read_truth(const json_t *object, const char *field)
{
    return json_is_true(json_object_get(object, field));
}

/*
 * Errors have three forms: {"error": text, "code": n}, {"error": {"grpc_code":
 * n, "message": text}}, and a watch that is canceled for a reason.
 */
static void
read_error(struct core_etcd_head *head, const json_t *object)
{
    const json_t *error = json_object_get(object, "error");
    int64_t code = read_number(object, "code");

    if (error == NULL)
        return;
    head->error = json_string_value(error);
    if (json_is_object(error)) {
        head->error = read_text(error, "message");
        code = read_number(error, "grpc_code");
    }
    if (head->error == NULL)
        head->error = "an error without a word";
    head->code = code > 0 && code <= CORE_ETCD_UNAUTHENTICATED
        ? (enum core_etcd_code) code : CORE_ETCD_INVALID;
}

static void
read_head(struct core_etcd_head *head, const json_t *object)
{
    const json_t *header = json_object_get(object, "header");

    head->revision = read_number(header, "revision");
    head->cluster_id = read_unsigned(header, "cluster_id");
    head->raft_term = read_unsigned(header, "raft_term");
    head->count = read_number(object, "count");
    head->is_created = read_truth(object, "created");
    head->is_canceled = read_truth(object, "canceled");
    head->compact_revision = read_number(object, "compact_revision");
    head->has_more = read_truth(object, "more");
    head->lease = read_number(object, "ID");
    head->lease_seconds = read_number(object, "TTL");
    head->lease_granted = read_number(object, "grantedTTL");
    head->deleted = read_number(object, "deleted");
    head->token = read_text(object, "token");
    if (head->is_canceled)
        head->error = read_text(object, "cancel_reason");
}

core_etcd_reply_t *
core_etcd_reply_read(const char *text, size_t size, struct core_fault *fault)
{
    json_error_t error;
    json_t *root = json_loadb(text, size, JSON_ALLOW_NUL, &error);
    core_etcd_reply_t *self;
    const json_t *object;

    if (!json_is_object(root)) {
        core_fault_set(fault, NULL, 0, "no message of etcd: %s",
                       root == NULL ? error.text : "not an object");
        json_decref(root);
        return NULL;
    }
    self = core_allocate(sizeof *self);
    self->root = root;
    object = json_object_get(root, "result");
    if (object == NULL)
        object = root;
    read_head(&self->head, object);
    read_error(&self->head, root);
    self->keys = json_object_get(object, "events");
    if (self->keys == NULL)
        self->keys = json_object_get(object, "kvs");
    return self;
}

void
core_etcd_reply_destroy(core_etcd_reply_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    json_decref((*self_p)->root);
    free((*self_p)->octets);
    free(*self_p);
    *self_p = NULL;
}

const struct core_etcd_head *
core_etcd_reply_head(const core_etcd_reply_t *self)
{
    return &self->head;
}

size_t
core_etcd_reply_count(const core_etcd_reply_t *self)
{
    return json_array_size(self->keys);
}

/* Decodes base64 to `to`; -1 when it is none.  An absent text has no octets. */
static int
decode(const json_t *value, char *to)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    int size;

    if (length == 0)
        return value == NULL || json_is_string(value) ? 0 : -1;
    if (length % 4 != 0)
        return -1;
    size = EVP_DecodeBlock((unsigned char *) to,
                           (const unsigned char *) text, (int) length);
    if (size == -1)
        return -1;
    return size - (text[length - 1] == '=') - (text[length - 2] == '=');
}

bool
core_etcd_reply_key(core_etcd_reply_t *self, size_t index,
                    struct core_etcd_key *key)
{
    const json_t *entry = json_array_get(self->keys, index);
    const json_t *kv = json_object_get(entry, "kv");
    const char *type = read_text(entry, "type");
    size_t room;
    int size;

    if (kv == NULL)
        kv = entry;

    const json_t *name = json_object_get(kv, "key");
    const json_t *value = json_object_get(kv, "value");

    room = json_string_length(name) + json_string_length(value) + 8;
    if (room > OCTETS_SIZE)
        return false;
    if (room > self->capacity) {
        self->capacity = room;
        self->octets = core_reallocate(self->octets, room);
    }
    size = decode(name, self->octets);
    if (size <= 0)
        return false;
    key->key = (struct core_etcd_octets) { self->octets, (size_t) size };
    key->value.bytes = self->octets + json_string_length(name);
    size = decode(value, self->octets + json_string_length(name));
    if (size < 0)
        return false;
    key->value.size = (size_t) size;
    key->is_deleted = type != NULL && strcmp(type, "DELETE") == 0;
    key->revision = read_number(kv, "mod_revision");
    key->created_revision = read_number(kv, "create_revision");
    key->version = read_number(kv, "version");
    key->lease = read_number(kv, "lease");
    return true;
}
