/*
 * follower_read - a load, the watch, and whether the watch still lives
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "etcd-sync/follower_parts.h"

#define PAGE 10000                      /* keys asked for at once, at first */
#define PULSE_MS 2000
#define SILENT_PULSES 3                 /* until a watch must be created */

/* ---- loading ------------------------------------------------------------- */

static struct core_etcd_octets
prefix_of(const follower_t *self)
{
    return (struct core_etcd_octets) {
        self->settings->prefix, strlen(self->settings->prefix),
    };
}

static void
    ask_for_page(follower_t *self);

static void
    start_watch(follower_t *self);

/* The next page begins behind the last key of this one. */
static void
go_behind(follower_t *self, const struct core_etcd_key *key)
{
    self->next_key_size = key->key.size + 1;
    self->next_key = core_reallocate(self->next_key, self->next_key_size);
    memcpy(self->next_key, key->key.bytes, key->key.size);
    self->next_key[key->key.size] = '\0';
}

static void
take_page(follower_t *self, core_etcd_reply_t *reply)
{
    const struct core_etcd_head *head = core_etcd_reply_head(reply);
    size_t count = core_etcd_reply_count(reply);
    bool is_found = false;
    struct core_etcd_key key;

    if (self->load_revision == 0)
        self->load_revision = head->revision;
    self->cluster_id = head->cluster_id;
    for (size_t i = 0; i < count; i++) {
        if (!core_etcd_reply_key(reply, i, &key))
            continue;
        self->hooks->key(self->owner, &key);
        go_behind(self, &key);
        is_found = true;
    }
    if (head->has_more && is_found) {
        ask_for_page(self);
        return;
    }
    if (head->revision == 0 || head->has_more) {
        follower_fail(self, "a page without keys");
        return;
    }
    self->counters.loads++;
    self->revision = self->load_revision;
    self->hooks->load_end(self->owner);
    start_watch(self);
}

static void
page_came(void *owner, enum exchange_outcome outcome,
          core_etcd_reply_t *reply, const char *reason)
{
    follower_t *self = owner;

    self->exchange = NULL;
    if (outcome == EXCHANGE_TOO_LARGE && self->page > 1) {
        self->page /= 2;
        ask_for_page(self);
    } else if (outcome != EXCHANGE_REPLY) {
        follower_fail(self, reason);
    } else if (core_etcd_reply_head(reply)->code == CORE_ETCD_OUT_OF_RANGE) {
        follower_load(self);            /* compacted while it was read */
    } else if (core_etcd_reply_head(reply)->code != CORE_ETCD_OK) {
        follower_refused(self, core_etcd_reply_head(reply));
    } else {
        self->is_new_token = false;
        take_page(self, reply);
    }
}

static void
ask_for_page(follower_t *self)
{
    struct core_etcd_range range = {
        .key = { self->next_key, self->next_key_size },
        .end = { self->prefix_end, self->prefix_end_size },
        .limit = self->page, .revision = self->load_revision,
    };
    char *body = core_etcd_write_range(&range);

    self->exchange = follower_ask(self, CORE_ETCD_RANGE, &body, page_came,
                                  self);
}

void
follower_load(follower_t *self)
{
    struct core_etcd_octets prefix = prefix_of(self);

    self->revision = 0;
    self->load_revision = 0;
    self->page = PAGE;
    self->next_key_size = prefix.size;
    self->next_key = core_reallocate(self->next_key, prefix.size);
    memcpy(self->next_key, prefix.bytes, prefix.size);
    self->hooks->load_begin(self->owner);
    ask_for_page(self);
}

/* ---- probing ------------------------------------------------------------- */

static char *
write_probe(follower_t *self)
{
    self->asked_revision = self->revision;
    return core_etcd_write_range(&(struct core_etcd_range) {
        .key = prefix_of(self), .limit = 1, .without_values = true,
        .end = { self->prefix_end, self->prefix_end_size },
    });
}

/*
 * An etcd that was set up anew, or restored from a copy, has a history that
 * ours does not go on with: not even what was known when it was asked.  The
 * watch may have gone on since.
 */
static bool
is_another(const follower_t *self, const struct core_etcd_head *head)
{
    return head->cluster_id != self->cluster_id
        || head->revision < self->asked_revision;
}

static void
probed(void *owner, enum exchange_outcome outcome, core_etcd_reply_t *reply,
       const char *reason)
{
    follower_t *self = owner;

    self->exchange = NULL;
    if (outcome != EXCHANGE_REPLY) {
        follower_fail(self, reason);
    } else if (core_etcd_reply_head(reply)->code != CORE_ETCD_OK) {
        follower_refused(self, core_etcd_reply_head(reply));
    } else {
        self->is_new_token = false;
        if (is_another(self, core_etcd_reply_head(reply)))
            follower_load(self);
        else
            start_watch(self);
    }
}

void
follower_probe(follower_t *self)
{
    char *body = write_probe(self);

    self->exchange = follower_ask(self, CORE_ETCD_RANGE, &body, probed, self);
}

/* ---- watching ------------------------------------------------------------ */

static void
take_events(follower_t *self, core_etcd_reply_t *reply)
{
    const struct core_etcd_head *head = core_etcd_reply_head(reply);
    size_t count = core_etcd_reply_count(reply);
    int64_t revision = 0;
    struct core_etcd_key key;

    for (size_t i = 0; i < count; i++) {
        if (!core_etcd_reply_key(reply, i, &key))
            continue;
        self->hooks->key(self->owner, &key);
        self->counters.events++;
        if (key.revision > revision)
            revision = key.revision;
    }
    /* While it catches up, etcd names its own revision in the head of messages
       that do not reach so far; without events it has nothing left. */
    if (count == 0 && !head->is_created)
        revision = head->revision;
    if (revision > self->revision)
        self->revision = revision;
}

static void
handle_message(void *owner, const char *text, size_t size)
{
    follower_t *self = owner;
    struct core_fault fault;
    core_etcd_reply_t *reply = core_etcd_reply_read(text, size, &fault);
    const struct core_etcd_head *head;

    if (reply == NULL) {
        snprintf(self->reason, sizeof self->reason, "%s", fault.text);
        return;
    }
    head = core_etcd_reply_head(reply);
    if (head->is_canceled || head->code != CORE_ETCD_OK) {
        self->is_lost = head->compact_revision > 0
            || head->code == CORE_ETCD_OUT_OF_RANGE;
        snprintf(self->reason, sizeof self->reason, "the watch ended: %s",
                 head->error == NULL ? "no reason was given" : head->error);
    } else {
        take_events(self, reply);
        if (head->is_created && !self->is_created) {
            self->is_created = true;
            self->failed = 0;
            self->hooks->state(self->owner, true, NULL);
        }
    }
    core_etcd_reply_destroy(&reply);
}

static bool
handle_data(void *owner, const char *bytes, size_t size)
{
    follower_t *self = owner;

    if (!splitter_feed(self->splitter, bytes, size)) {
        /* Too many changes for one message: reading all costs less. */
        self->is_lost = splitter_is_full(self->splitter);
        snprintf(self->reason, sizeof self->reason, self->is_lost
                 ? "a message of the watch is too large"
                 : "the watch is not JSON");
    }
    return *self->reason == '\0';
}

static void
watch_done(void *owner, long status, const char *reason)
{
    follower_t *self = owner;
    bool is_lost = self->is_lost;
    char text[FOLLOWER_REASON_SIZE];

    self->watch = NULL;
    if (*self->reason != '\0')
        snprintf(text, sizeof text, "%s", self->reason);
    else if (reason != NULL)
        snprintf(text, sizeof text, "%s", reason);
    else
        snprintf(text, sizeof text, "the watch ended with HTTP status %ld",
                 status);
    if (is_lost) {
        follower_end_watch(self);
        self->revision = 0;
        self->hooks->state(self->owner, false, text);
        follower_go_on(self);
        return;
    }
    /* It may have been the token; another one is had at little cost. */
    free(self->token);
    self->token = NULL;
    follower_fail(self, text);
}

static void
checked(void *owner, enum exchange_outcome outcome, core_etcd_reply_t *reply,
        const char *reason)
{
    follower_t *self = owner;

    self->check = NULL;
    if (outcome != EXCHANGE_REPLY)
        follower_fail(self, reason);
    else if (core_etcd_reply_head(reply)->code != CORE_ETCD_OK)
        follower_refused(self, core_etcd_reply_head(reply));
    else if (is_another(self, core_etcd_reply_head(reply)))
        follower_fail(self, "it is another etcd than before");
}

static void
pulse(void *owner)
{
    follower_t *self = owner;

    if (!self->is_created && ++self->silent >= SILENT_PULSES) {
        follower_fail(self, "the watch is not created");
        return;
    }
    if (self->check != NULL)
        return;

    char *body = write_probe(self);

    self->check = follower_ask(self, CORE_ETCD_RANGE, &body, checked, self);
}

static void
start_watch(follower_t *self)
{
    static const struct http_hooks hooks = {
        .data = handle_data, .done = watch_done,
    };
    struct core_etcd_range range = {
        .key = prefix_of(self), .revision = self->revision + 1,
        .end = { self->prefix_end, self->prefix_end_size },
    };
    char *body = core_etcd_write_watch(&range);
    char url[FOLLOWER_URL_SIZE];
    struct http_post post = {
        .url = follower_url(self, CORE_ETCD_WATCH, url), .token = self->token,
        .body = body,
    };

    self->counters.watches++;
    self->is_created = self->is_lost = false;
    self->reason[0] = '\0';
    self->silent = 0;
    self->splitter = splitter_new(FOLLOWER_REPLY_SIZE, handle_message, self);
    self->watch = http_post(self->http, &post, &hooks, self);
    self->pulse = core_loop_timer(self->loop, PULSE_MS, PULSE_MS, pulse,
                                  self);
    follower_start_leases(self);
    free(body);
}

void
follower_end_watch(follower_t *self)
{
    http_cancel(&self->watch);
    splitter_destroy(&self->splitter);
    exchange_cancel(&self->check);
    core_loop_timer_cancel(self->loop, &self->pulse);
    follower_end_leases(self);
    self->is_created = false;
}
