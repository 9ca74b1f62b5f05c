/*
 * follower_watch - the watch, and whether it still lives
 *
 * A watch that goes on where another one ended begins at the last change that
 * is known: it must come again, just as it was, or the history is not ours.
 */

#include <stdio.h>
#include <stdlib.h>

#include "etcd-sync/follower_parts.h"

#define PULSE_MS 2000
#define SILENT_PULSES 3                 /* until changes must come */

#define OTHER_HISTORY "its history is another one than is known"

/* Says whether the last change that is known is among those of the first
   message; that has all of its revision. */
static bool
is_our_history(const follower_t *self, core_etcd_reply_t *reply)
{
    size_t count = core_etcd_reply_count(reply);
    struct core_etcd_key key;

    for (size_t i = 0; i < count; i++)
        if (core_etcd_reply_key(reply, i, &key)
            && anchor_is(&self->anchor, &key))
            return true;
    return false;
}

/* What is known already comes once more at the beginning of a watch. */
static void
take_events(follower_t *self, core_etcd_reply_t *reply)
{
    const struct core_etcd_head *head = core_etcd_reply_head(reply);
    size_t count = core_etcd_reply_count(reply);
    int64_t revision = self->revision;
    struct core_etcd_key key;

    for (size_t i = 0; i < count; i++) {
        if (!core_etcd_reply_key(reply, i, &key)
            || key.revision <= self->revision)
            continue;
        anchor_change(&self->anchor, &key);
        self->hooks->key(self->owner, &key);
        self->counters.events++;
        if (key.revision > revision)
            revision = key.revision;
    }
    /* While it catches up, etcd names its own revision in the head of messages
       that do not reach so far; without events it has nothing left. */
    if (count == 0 && !head->is_created && head->revision > revision)
        revision = head->revision;
    self->revision = revision;
}

static void
take_message(follower_t *self, core_etcd_reply_t *reply)
{
    const struct core_etcd_head *head = core_etcd_reply_head(reply);
    bool was_following = self->is_created && self->is_ours;

    if (head->is_created) {
        self->is_created = true;
        self->failed = 0;
    } else if (!self->is_ours && !is_our_history(self, reply)) {
        self->is_lost = true;
        snprintf(self->reason, sizeof self->reason, OTHER_HISTORY);
        return;
    } else {
        self->is_ours = true;
    }
    take_events(self, reply);
    if (self->is_created && self->is_ours && !was_following)
        self->hooks->state(self->owner, true, NULL);
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
    } else if (*self->reason == '\0') {
        take_message(self, reply);
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
        follower_begin_anew(self, text);
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
    const struct core_etcd_head *head;

    self->check = NULL;
    if (outcome != EXCHANGE_REPLY) {
        follower_fail(self, reason);
        return;
    }
    head = core_etcd_reply_head(reply);
    if (head->code != CORE_ETCD_OK)
        follower_refused(self, head);
    else if (!follower_note_head(self, head)
             || head->revision < self->asked_revision)
        follower_begin_anew(self, "it is another etcd than before");
}

/* Is the leader there?  One key is asked for, which need not exist. */
static void
pulse(void *owner)
{
    follower_t *self = owner;
    struct core_etcd_range range = { .key = follower_range(self).key };
    char *body;

    if ((!self->is_created || !self->is_ours)
        && ++self->silent >= SILENT_PULSES) {
        if (self->is_created)
            follower_begin_anew(self, OTHER_HISTORY);
        else
            follower_fail(self, "the watch is not created");
        return;
    }
    if (self->check != NULL)
        return;
    self->asked_revision = self->revision;
    body = core_etcd_write_range(&range);
    self->check = follower_ask(self, CORE_ETCD_RANGE, &body, checked, self);
}

void
follower_watch(follower_t *self)
{
    static const struct http_hooks hooks = {
        .data = handle_data, .done = watch_done,
    };
    struct core_etcd_range range = follower_range(self);
    char *body;
    char url[FOLLOWER_URL_SIZE];
    struct http_post post = {
        .url = follower_url(self, CORE_ETCD_WATCH, url), .token = self->token,
    };

    range.revision = self->is_ours ? self->revision + 1
        : self->anchor.revision;
    body = core_etcd_write_watch(&range);
    post.body = body;
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
