/*
 * follower_read - a load, and whether what is known can be gone on with
 */

#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "etcd-sync/follower_parts.h"

#define PAGE 10000                      /* keys asked for at once, at first */

struct core_etcd_range
follower_range(const follower_t *self)
{
    const char *prefix = self->settings->prefix;

    return (struct core_etcd_range) {
        .key = { prefix, strlen(prefix) },
        .end = { self->prefix_end, self->prefix_end_size },
    };
}

bool
follower_note_head(follower_t *self, const struct core_etcd_head *head)
{
    if (head->cluster_id != self->cluster_id
        || head->raft_term < self->raft_term)
        return false;
    self->raft_term = head->raft_term;
    return true;
}

/* ---- loading ------------------------------------------------------------- */

static void
    ask_for_page(follower_t *self);

/* The next page begins behind the last key of this one. */
static void
go_behind(follower_t *self, const struct core_etcd_key *key)
{
    self->next_key_size = key->key.size + 1;
    self->next_key = core_reallocate(self->next_key, self->next_key_size);
    memcpy(self->next_key, key->key.bytes, key->key.size);
    self->next_key[key->key.size] = '\0';
}

/* Hands on the keys of a page; false when there are none. */
static bool
take_keys(follower_t *self, core_etcd_reply_t *reply)
{
    size_t count = core_etcd_reply_count(reply);
    bool is_found = false;
    struct core_etcd_key key;

    for (size_t i = 0; i < count; i++) {
        if (!core_etcd_reply_key(reply, i, &key))
            continue;
        anchor_read(&self->anchor, &key);
        self->hooks->key(self->owner, &key);
        go_behind(self, &key);
        is_found = true;
    }
    return is_found;
}

static void
take_page(follower_t *self, core_etcd_reply_t *reply)
{
    const struct core_etcd_head *head = core_etcd_reply_head(reply);
    bool is_found;

    if (self->load_revision == 0) {
        self->load_revision = head->revision;
        self->cluster_id = head->cluster_id;
        self->raft_term = 0;
    }
    if (!follower_note_head(self, head)) {
        follower_fail(self, "it became another etcd while it was read");
        return;
    }
    is_found = take_keys(self, reply);
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
    self->is_ours = true;
    self->hooks->load_end(self->owner);
    follower_watch(self);
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
    struct core_etcd_range range = follower_range(self);
    char *body;

    range.key = (struct core_etcd_octets) {
        self->next_key, self->next_key_size,
    };
    range.limit = self->page;
    range.revision = self->load_revision;
    body = core_etcd_write_range(&range);
    self->exchange = follower_ask(self, CORE_ETCD_RANGE, &body, page_came,
                                  self);
}

void
follower_load(follower_t *self)
{
    struct core_etcd_octets prefix = follower_range(self).key;

    self->revision = 0;
    self->load_revision = 0;
    self->anchor = (struct anchor) { 0 };
    self->page = PAGE;
    self->next_key_size = prefix.size;
    self->next_key = core_reallocate(self->next_key, prefix.size);
    memcpy(self->next_key, prefix.bytes, prefix.size);
    self->hooks->load_begin(self->owner);
    ask_for_page(self);
}

/* ---- going on ------------------------------------------------------------ */

void
follower_begin_anew(follower_t *self, const char *reason)
{
    core_log(CORE_LOG_NOTICE, "%s: all keys are read anew: %s",
             follower_endpoint(self), reason);
    follower_end_watch(self);
    self->revision = 0;
    self->hooks->state(self->owner, false, reason);
    follower_go_on(self);
}

static void
probed(void *owner, enum exchange_outcome outcome, core_etcd_reply_t *reply,
       const char *reason)
{
    follower_t *self = owner;
    const struct core_etcd_head *head;

    self->exchange = NULL;
    if (outcome != EXCHANGE_REPLY) {
        follower_fail(self, reason);
        return;
    }
    head = core_etcd_reply_head(reply);
    if (head->code == CORE_ETCD_OUT_OF_RANGE)
        follower_begin_anew(self, head->error);
    else if (head->code != CORE_ETCD_OK)
        follower_refused(self, head);
    else if (!follower_note_head(self, head))
        follower_begin_anew(self, "it is another etcd than before");
    else if (head->count != self->anchor.count || self->anchor.revision == 0)
        follower_begin_anew(self, "it has other keys than it had");
    else {
        self->is_new_token = false;
        self->is_ours = false;
        follower_watch(self);
    }
}

/* How many keys were there as of what is known?  A revision that is still to
   come, or was compacted, is an error. */
void
follower_probe(follower_t *self)
{
    struct core_etcd_range range = follower_range(self);
    char *body;

    range.revision = self->revision;
    range.count_only = true;
    body = core_etcd_write_range(&range);
    self->exchange = follower_ask(self, CORE_ETCD_RANGE, &body, probed, self);
}
