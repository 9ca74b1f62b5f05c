/*
 * follower - the keys of an etcd, from the first load on
 *
 * Endpoints are tried one after the other.  One that fails is followed at once
 * by the next; when all have failed in a row, a pause that doubles.
 */

#include "etcd-sync/follower.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "etcd-sync/follower_parts.h"

#define FIRST_PAUSE_MS 50
#define LAST_PAUSE_MS 3000

/* ---- requests ------------------------------------------------------------ */

const char *
follower_url(const follower_t *self, const char *path,
             char url[FOLLOWER_URL_SIZE])
{
    const char *endpoint = follower_endpoint(self);
    int size = (int) strlen(endpoint);

    if (size > 0 && endpoint[size - 1] == '/')
        size--;
    snprintf(url, FOLLOWER_URL_SIZE, "%.*s%s", size, endpoint, path);
    return url;
}

exchange_t *
follower_ask(follower_t *self, const char *path, char **body_p,
             exchange_done *done, void *owner)
{
    char url[FOLLOWER_URL_SIZE];
    struct http_post post = {
        .url = follower_url(self, path, url), .token = self->token,
        .body = *body_p, .timeout_ms = FOLLOWER_REPLY_MS,
    };
    exchange_t *exchange = exchange_new(self->http, &post,
                                        FOLLOWER_REPLY_SIZE, done, owner);

    free(*body_p);
    *body_p = NULL;
    return exchange;
}

/* ---- failures ------------------------------------------------------------ */

static void
retry(void *owner)
{
    follower_t *self = owner;

    self->retry = NULL;                 /* it has ended itself */
    follower_go_on(self);
}

static int64_t
next_pause(const follower_t *self)
{
    size_t rounds = self->failed / self->settings->endpoint_count;
    int64_t pause_ms = FIRST_PAUSE_MS;

    if (self->failed % self->settings->endpoint_count != 0)
        return 0;
    for (size_t i = 1; i < rounds && pause_ms < LAST_PAUSE_MS; i++)
        pause_ms *= 2;
    return pause_ms < LAST_PAUSE_MS ? pause_ms : LAST_PAUSE_MS;
}

static void
end_all(follower_t *self)
{
    follower_end_watch(self);
    exchange_cancel(&self->exchange);
    core_loop_timer_cancel(self->loop, &self->retry);
}

void
follower_fail(follower_t *self, const char *reason)
{
    char line[FOLLOWER_REASON_SIZE + FOLLOWER_URL_SIZE];

    snprintf(line, sizeof line, "%s: %s", follower_endpoint(self), reason);
    self->counters.failures++;
    end_all(self);
    self->failed++;
    self->endpoint = (self->endpoint + 1) % self->settings->endpoint_count;
    self->retry = core_loop_timer(self->loop, next_pause(self), 0, retry,
                                  self);
    self->hooks->state(self->owner, false, line);
}

static bool
says(const struct core_etcd_head *head, const char *what)
{
    return head->error != NULL && strstr(head->error, what) != NULL;
}

/* Says whether the error may come from a token that counts no more, or that is
   missing. */
static bool
is_about_token(const struct core_etcd_head *head)
{
    return head->code == CORE_ETCD_UNAUTHENTICATED || says(head, "auth")
        || says(head, "permission") || says(head, "user name is empty");
}

void
follower_refused(follower_t *self, const struct core_etcd_head *head)
{
    /* One that has just been given is no better than the next one would be. */
    if (self->token != NULL && !self->is_new_token && is_about_token(head)) {
        free(self->token);
        self->token = NULL;
        end_all(self);
        self->retry = core_loop_timer(self->loop, 0, 0, retry, self);
        return;
    }
    free(self->token);
    self->token = NULL;
    if (is_about_token(head))
        self->is_open = false;
    follower_fail(self, head->error);
}

/* ---- the way ------------------------------------------------------------- */

static void
logged_in(void *owner, enum exchange_outcome outcome,
          core_etcd_reply_t *reply, const char *reason)
{
    follower_t *self = owner;
    const struct core_etcd_head *head;

    self->exchange = NULL;
    if (outcome != EXCHANGE_REPLY) {
        follower_fail(self, reason);
        return;
    }
    head = core_etcd_reply_head(reply);
    if (head->code == CORE_ETCD_PRECONDITION
        && says(head, "authentication is not enabled")) {
        core_log(CORE_LOG_NOTICE, "%s: etcd has no logins: going on without",
                 follower_endpoint(self));
        self->is_open = true;
        follower_go_on(self);
        return;
    }
    if (head->code != CORE_ETCD_OK || head->token == NULL) {
        follower_fail(self, head->error != NULL ? head->error
                      : "the reply has no token");
        return;
    }
    self->token = core_copy_text(head->token);
    self->is_new_token = true;
    follower_go_on(self);
}

static void
log_in(follower_t *self)
{
    const char *password = self->settings->password;
    char *body = core_etcd_write_authenticate(self->settings->user,
                                              password != NULL ? password
                                              : "");

    self->counters.logins++;
    self->exchange = follower_ask(self, CORE_ETCD_AUTHENTICATE, &body,
                                  logged_in, self);
}

void
follower_go_on(follower_t *self)
{
    if (self->settings->user != NULL && self->token == NULL && !self->is_open)
        log_in(self);
    else if (self->revision == 0)
        follower_load(self);
    else
        follower_probe(self);
}

/* ---- life ---------------------------------------------------------------- */

follower_t *
follower_new(core_loop_t *loop, const struct follower_settings *settings,
             const struct follower_hooks *hooks, void *owner)
{
    follower_t *self = core_allocate(sizeof *self);
    struct core_etcd_octets prefix = {
        settings->prefix, strlen(settings->prefix),
    };

    assert(settings->endpoint_count > 0);
    self->loop = loop;
    self->settings = settings;
    self->hooks = hooks;
    self->owner = owner;
    self->http = http_new(loop, &settings->files);
    self->prefix_end = core_etcd_prefix_end(prefix, &self->prefix_end_size);
    for (size_t i = 0; i < FOLLOWER_LEASE_CALLS; i++)
        self->lease_calls[i].follower = self;
    self->retry = core_loop_timer(loop, 0, 0, retry, self);
    return self;
}

void
follower_destroy(follower_t **self_p)
{
    assert(self_p);

    follower_t *self = *self_p;

    if (self == NULL)
        return;
    end_all(self);
    http_destroy(&self->http);
    free(self->prefix_end);
    free(self->next_key);
    free(self->token);
    free(self);
    *self_p = NULL;
}

const struct follower_counters *
follower_counters(const follower_t *self)
{
    return &self->counters;
}

const char *
follower_endpoint(const follower_t *self)
{
    return self->settings->endpoints[self->endpoint];
}

int64_t
follower_revision(const follower_t *self)
{
    return self->revision;
}
