/*
 * errands - keys that an operator has put, read and removed
 */

#include "etcd-sync/errands.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "coredns/stage.h"
#include "etcd-sync/service.h"

#define KEY_SIZE 4096
#define LEASE_MAXIMUM 9000000000        /* seconds, as in etcd */

struct errand {
    errands_t *errands;
    core_call_t *call;
    exchange_t *exchange;
    char key[KEY_SIZE];
    char *value;                        /* of put; or NULL */
    size_t count;                       /* keys that were written, of get */
    struct errand *next;
};

struct errands {
    follower_t *follower;
    const zones_t *zones;
    const char *prefix;
    struct errand *first;
};

/* ---- life ---------------------------------------------------------------- */

errands_t *
errands_new(follower_t *follower, const zones_t *zones, const char *prefix)
{
    errands_t *self = core_allocate(sizeof *self);

    self->follower = follower;
    self->zones = zones;
    self->prefix = prefix;
    return self;
}

/* Answers who waits, and forgets the errand. */
static void
end(struct errand *errand, int exit_code)
{
    struct errand **link = &errand->errands->first;

    while (*link != errand)
        link = &(*link)->next;
    *link = errand->next;
    core_call_end(&errand->call, exit_code);
    free(errand->value);
    free(errand);
}

void
errands_destroy(errands_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    while ((*self_p)->first != NULL) {
        struct errand *errand = (*self_p)->first;

        exchange_cancel(&errand->exchange);
        fprintf(core_call_output(errand->call), "the settings of etcd have "
                "changed; it may have been done, or not\n");
        end(errand, CORE_EXIT_AGAIN);
    }
    free(*self_p);
    *self_p = NULL;
}

/* ---- keys ---------------------------------------------------------------- */

static int
fail(core_call_t *call, int code, const char *text, const char *what)
{
    fprintf(core_call_output(call), "%s%s\n", text, what);
    return code;
}

/* The prefix and the labels from the root on; false when there is no key. */
static bool
write_key(const errands_t *self, const uint8_t *name, char key[KEY_SIZE])
{
    size_t size = strlen(self->prefix);

    if (size + CORE_NAME_SIZE > KEY_SIZE)
        return false;
    memcpy(key, self->prefix, size);
    for (unsigned i = core_name_labels(name); i > 0; i--) {
        const uint8_t *label = core_name_skip(name, i - 1);

        if (memchr(label + 1, '/', *label) != NULL
            || memchr(label + 1, '\0', *label) != NULL)
            return false;
        memcpy(key + size, label + 1, *label);
        size += *label;
        key[size++] = '/';
    }
    key[size - 1] = '\0';
    return true;
}

/* Reads the name that is the first argument, in small letters; false: it was
   told why there is none. */
static bool
read_name(core_call_t *call, uint8_t name[CORE_NAME_SIZE])
{
    const char *text = core_call_argument(call, 0);

    if (text == NULL) {
        fail(call, 0, "a name is missing", "");
        return false;
    }
    if (core_name_from_text(name, text, NULL) == -1 || *name == 0) {
        fail(call, 0, "not the name of a service: ", text);
        return false;
    }
    core_name_lower(name);
    return true;
}

/* The errand of a call whose first argument is that name; NULL: it was told
   why there is none. */
static struct errand *
begin(errands_t *self, core_call_t *call, const uint8_t *name)
{
    struct errand *errand = core_allocate(sizeof *errand);

    if (!write_key(self, name, errand->key)) {
        fail(call, 0, "no key can have that name: ",
             core_call_argument(call, 0));
        free(errand);
        return NULL;
    }
    errand->errands = self;
    errand->call = call;
    errand->next = self->first;
    self->first = errand;
    return errand;
}

/* The same for a name of any key. */
static struct errand *
begin_any(errands_t *self, core_call_t *call)
{
    uint8_t name[CORE_NAME_SIZE];

    return read_name(call, name) ? begin(self, call, name) : NULL;
}

/* Says whether a service at that name would answer; else it was told why
   not. */
static bool
is_served(const errands_t *self, core_call_t *call, const uint8_t *name)
{
    const char *text = core_call_argument(call, 0);

    if (!zones_have_name(self->zones, name)) {
        fail(call, 0, "in none of the zones: ", text);
        return false;
    }
    for (; *name != 0; name += *name + 1)
        if (!tree_is_label(name + 1, *name)) {
            fail(call, 0, "a label that is \"*\" or \"any\", or has a dot, is "
                 "found by no query: ", text);
            return false;
        }
    return true;
}

/* The errand of a call that puts a service. */
static struct errand *
begin_served(errands_t *self, core_call_t *call)
{
    uint8_t name[CORE_NAME_SIZE];

    return read_name(call, name) && is_served(self, call, name)
        ? begin(self, call, name) : NULL;
}

static struct core_etcd_octets
key_of(const struct errand *errand)
{
    return (struct core_etcd_octets) { errand->key, strlen(errand->key) };
}

/* ---- replies ------------------------------------------------------------- */

/* The head of a reply that is none of an error; NULL: the errand has ended. */
static const struct core_etcd_head *
look(struct errand *errand, enum exchange_outcome outcome,
     core_etcd_reply_t *reply, const char *reason)
{
    const struct core_etcd_head *head =
        outcome == EXCHANGE_REPLY ? core_etcd_reply_head(reply) : NULL;

    errand->exchange = NULL;
    if (head != NULL && head->code == CORE_ETCD_OK)
        return head;
    fprintf(core_call_output(errand->call), "%s: %s\n",
            follower_endpoint(errand->errands->follower),
            head != NULL ? head->error : reason);
    end(errand, head != NULL ? CORE_EXIT_FAILED : CORE_EXIT_AGAIN);
    return NULL;
}

static void
put_done(void *owner, enum exchange_outcome outcome, core_etcd_reply_t *reply,
         const char *reason)
{
    if (look(owner, outcome, reply, reason) != NULL)
        end(owner, CORE_EXIT_DONE);
}

static void
put(struct errand *errand, int64_t lease)
{
    char *body = core_etcd_write_put(key_of(errand),
                                     (struct core_etcd_octets) {
                                         errand->value, strlen(errand->value),
                                     }, lease);

    errand->exchange = follower_ask(errand->errands->follower, CORE_ETCD_PUT,
                                    &body, put_done, errand);
}

static void
granted(void *owner, enum exchange_outcome outcome, core_etcd_reply_t *reply,
        const char *reason)
{
    const struct core_etcd_head *head = look(owner, outcome, reply, reason);

    if (head != NULL)
        put(owner, head->lease);
}

static void
removed(void *owner, enum exchange_outcome outcome, core_etcd_reply_t *reply,
        const char *reason)
{
    struct errand *errand = owner;
    const struct core_etcd_head *head = look(owner, outcome, reply, reason);

    if (head == NULL)
        return;
    if (head->deleted == 0)
        fprintf(core_call_output(errand->call), "there is no key %s\n",
                errand->key);
    end(errand, head->deleted == 0 ? CORE_EXIT_FAILED : CORE_EXIT_DONE);
}

/* Writes keys with their values; false: the errand has ended. */
static bool
write_keys(struct errand *errand, enum exchange_outcome outcome,
           core_etcd_reply_t *reply, const char *reason)
{
    FILE *output = core_call_output(errand->call);

    if (look(errand, outcome, reply, reason) == NULL)
        return false;
    for (size_t i = 0; i < core_etcd_reply_count(reply); i++) {
        struct core_etcd_key key;

        if (!core_etcd_reply_key(reply, i, &key))
            continue;
        fprintf(output, "%.*s %.*s\n", (int) key.key.size, key.key.bytes,
                (int) key.value.size, key.value.bytes);
        errand->count++;
    }
    return true;
}

static void
below_read(void *owner, enum exchange_outcome outcome,
           core_etcd_reply_t *reply, const char *reason)
{
    struct errand *errand = owner;
    FILE *output = core_call_output(errand->call);

    if (!write_keys(errand, outcome, reply, reason))
        return;
    if (core_etcd_reply_head(reply)->has_more)
        fprintf(output, "there are more: of %" PRId64 " keys below it these "
                "are the first %d\n", core_etcd_reply_head(reply)->count,
                ERRANDS_KEYS);
    if (errand->count == 0)
        fprintf(output, "there is no key %s, nor below it\n", errand->key);
    end(errand, errand->count == 0 ? CORE_EXIT_FAILED : CORE_EXIT_DONE);
}

/* Keys come in the order of their octets: other names may lie between the own
   key and those below it, so these are asked for by themselves. */
static void
own_read(void *owner, enum exchange_outcome outcome,
         core_etcd_reply_t *reply, const char *reason)
{
    struct errand *errand = owner;
    struct core_etcd_range range = { .limit = ERRANDS_KEYS };
    char below[KEY_SIZE + 1];
    char *end_key, *body;

    if (!write_keys(errand, outcome, reply, reason))
        return;
    snprintf(below, sizeof below, "%s/", errand->key);
    range.key = (struct core_etcd_octets) { below, strlen(below) };
    end_key = core_etcd_prefix_end(range.key, &range.end.size);
    range.end.bytes = end_key;
    body = core_etcd_write_range(&range);
    free(end_key);
    errand->exchange = follower_ask(errand->errands->follower,
                                    CORE_ETCD_RANGE, &body, below_read,
                                    errand);
}

/* ---- the verbs ----------------------------------------------------------- */

static bool
read_seconds(const char *text, int64_t *seconds)
{
    char *rest;

    *seconds = strtoll(text, &rest, 10);
    return rest != text && *rest == '\0' && *seconds > 0
        && *seconds <= LEASE_MAXIMUM;
}

int
errands_put(errands_t *self, core_call_t *call)
{
    const char *value = core_call_argument(call, 1);
    const char *lease = core_call_argument(call, 2);
    struct service *service;
    struct core_fault fault;
    struct errand *errand;
    int64_t seconds = 0;
    char *body;

    if (value == NULL)
        return fail(call, CORE_EXIT_USAGE, "a value is missing", "");
    if (lease != NULL && !read_seconds(lease, &seconds))
        return fail(call, CORE_EXIT_USAGE, "not a time in seconds: ", lease);
    service = service_read(value, strlen(value), &fault);
    free(service);
    if (service == NULL)
        return fail(call, CORE_EXIT_USAGE, "", fault.text);
    errand = begin_served(self, call);
    if (errand == NULL)
        return CORE_EXIT_USAGE;
    errand->value = core_copy_text(value);
    if (lease == NULL) {
        put(errand, 0);
        return CORE_CALL_LATER;
    }
    body = core_etcd_write_lease_grant(seconds);
    errand->exchange = follower_ask(self->follower, CORE_ETCD_LEASE_GRANT,
                                    &body, granted, errand);
    return CORE_CALL_LATER;
}

int
errands_get(errands_t *self, core_call_t *call)
{
    struct errand *errand = begin_any(self, call);
    struct core_etcd_range range = { .limit = 1 };
    char *body;

    if (errand == NULL)
        return CORE_EXIT_USAGE;
    range.key = key_of(errand);
    body = core_etcd_write_range(&range);
    errand->exchange = follower_ask(self->follower, CORE_ETCD_RANGE, &body,
                                    own_read, errand);
    return CORE_CALL_LATER;
}

int
errands_remove(errands_t *self, core_call_t *call)
{
    struct errand *errand = begin_any(self, call);
    char *body;

    if (errand == NULL)
        return CORE_EXIT_USAGE;
    body = core_etcd_write_delete(key_of(errand));
    errand->exchange = follower_ask(self->follower, CORE_ETCD_DELETE, &body,
                                    removed, errand);
    return CORE_CALL_LATER;
}
