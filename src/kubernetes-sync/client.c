/*
 * client - requests to one API server
 *
 * A curl handle for each request; connections are libcurl's business.  HTTP/1.1
 * only: a watch has its connection for itself, so that one that hangs is known
 * by its silence and takes no other with it.
 */

#include "kubernetes-sync/client.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/version.h"
#include "kubernetes-sync/token.h"
#include "lib/curl_loop.h"

#define CONNECT_MS 10000L
#define CONNECTIONS 8L                  /* kept open */
#define LOOK_MS 100                     /* how often silence is looked for */
#define BODY_SIZE (16 * 1024)           /* of an answer that is a refusal */

struct request {
    client_t *client;
    struct request *next;
    struct request *previous;
    CURL *curl;
    struct curl_slist *headers;
    struct curl_slist *route;           /* or NULL */
    char *url;
    const struct request_hooks *hooks;
    void *owner;
    int64_t silence_ms;
    int64_t heard_ms;
    int64_t start_us;                   /* when it was asked for; when it
                                           began */
    bool has_begun;
    bool is_under_way;                  /* counted as such by the limiter */
    bool is_silent;
    const char *fault;                  /* what body said */
    char body[BODY_SIZE + 1];
    size_t body_size;
    char error[CURL_ERROR_SIZE];
};

struct client {
    core_loop_t *loop;
    struct access *access;
    curl_loop_t *curl;
    core_timer_t *look;
    struct limiter limiter;
    core_timer_t *turn;                 /* when the next one may begin; or
                                           NULL */
    struct request *requests;           /* the last one first */
    token_t *token;
    traffic_t *traffic;
};

/* ---- limits -------------------------------------------------------------- */

static void
begin(struct request *self)
{
    client_t *client = self->client;
    int64_t now_us = core_loop_now_us(client->loop);

    if (client->traffic != NULL)
        traffic_wait(client->traffic, now_us - self->start_us);
    self->start_us = now_us;
    self->heard_ms = core_loop_now_ms(client->loop);
    self->has_begun = true;
    self->is_under_way = true;
    curl_multi_add_handle(curl_loop_multi(client->curl), self->curl);
}

/* Whoever waits longest. */
static struct request *
find_next(const client_t *self)
{
    struct request *found = NULL;

    for (struct request *request = self->requests; request != NULL;
         request = request->next)
        if (!request->has_begun)
            found = request;
    return found;
}

static void
give_turns(void *owner)
{
    client_t *self = owner;
    struct request *next;
    int64_t wait_ms = 0;

    self->turn = NULL;
    while ((next = find_next(self)) != NULL
           && (wait_ms = limiter_begin(&self->limiter,
                                       core_loop_now_ms(self->loop))) == 0)
        begin(next);
    if (next != NULL && wait_ms > 0)
        self->turn = core_loop_timer(self->loop, wait_ms, 0, give_turns, self);
}

/* It is under way no longer; others may begin, but not from in here. */
static void
leave_way(struct request *self)
{
    client_t *client = self->client;

    if (!self->is_under_way)
        return;
    self->is_under_way = false;
    limiter_end(&client->limiter);
    if (client->turn == NULL && find_next(client) != NULL)
        client->turn = core_loop_timer(client->loop, 0, 0, give_turns, client);
}

/* ---- requests ------------------------------------------------------------ */

static void
end_request(struct request *self)
{
    client_t *client = self->client;

    leave_way(self);
    if (self->has_begun)
        curl_multi_remove_handle(curl_loop_multi(client->curl), self->curl);
    curl_easy_cleanup(self->curl);
    for (struct curl_slist *item = self->headers; item != NULL;
         item = item->next)
        explicit_bzero(item->data, strlen(item->data));
    curl_slist_free_all(self->headers);
    curl_slist_free_all(self->route);
    if (self->previous != NULL)
        self->previous->next = self->next;
    else
        client->requests = self->next;
    if (self->next != NULL)
        self->next->previous = self->previous;
    free(self->url);
    free(self);
}

void
request_cancel(request_t **self_p)
{
    if (*self_p == NULL)
        return;
    end_request(*self_p);
    *self_p = NULL;
}

static long
status_of(const struct request *self)
{
    long status = 0;

    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static size_t
receive(char *bytes, size_t one, size_t size, void *owner)
{
    struct request *self = owner;
    size_t room = BODY_SIZE - self->body_size;

    (void) one;
    self->heard_ms = core_loop_now_ms(self->client->loop);
    if (status_of(self) == 200) {
        self->fault = self->hooks->body(self->owner, bytes, size);
        return self->fault == NULL ? size : 0;
    }
    if (room > size)
        room = size;
    memcpy(self->body + self->body_size, bytes, room);
    self->body_size += room;
    return size;
}

/* A line of the head; the empty one is its end. */
static size_t
receive_head(char *bytes, size_t one, size_t size, void *owner)
{
    struct request *self = owner;

    (void) one;
    self->heard_ms = core_loop_now_ms(self->client->loop);
    if (size > 2 || (*bytes != '\r' && *bytes != '\n')
        || status_of(self) != 200)
        return size;
    if (self->hooks->is_watch)
        leave_way(self);
    if (self->hooks->opened != NULL)
        self->hooks->opened(self->owner);
    return size;
}

static void
count(const struct request *self, long status)
{
    client_t *client = self->client;

    if (client->traffic == NULL)
        return;
    traffic_count(client->traffic, status);
    if (!self->hooks->is_watch)
        traffic_time(client->traffic,
                     core_loop_now_us(client->loop) - self->start_us);
}

/* Tells the owner how it ended, and ends it. */
static void
finish(struct request *self, CURLcode code)
{
    const struct request_hooks *hooks = self->hooks;
    client_t *client = self->client;
    void *owner = self->owner;
    struct request_end end = {
        .status = status_of(self), .body = self->body,
        .is_silent = self->is_silent,
    };
    curl_off_t wait = 0;

    curl_easy_getinfo(self->curl, CURLINFO_RETRY_AFTER, &wait);
    end.retry_ms = wait > 0 && wait < 3600 ? (int64_t) wait * 1000 : 0;
    if (self->is_silent)
        end.fault = "nothing was heard for too long";
    else if (self->fault != NULL)
        end.fault = self->fault;
    else if (code != CURLE_OK)
        end.fault = *self->error != '\0' ? self->error
            : curl_easy_strerror(code);
    self->body[self->body_size] = '\0';
    count(self, end.fault != NULL && end.status != 200 ? 0 : end.status);
    if (end.status == 401)
        token_forget(client->token);

    /* The owner may begin the next one at once; the body is still lent. */
    hooks->done(owner, &end);
    end_request(self);
}

static void
take_end(void *transfer, CURLcode code)
{
    finish(transfer, code);
}

/* Ends what has long been silent: one at a time, for its end may begin or end
   others. */
static void
look(void *owner)
{
    client_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);

    for (struct request *request = self->requests; request != NULL;
         request = request->next)
        if (request->has_begun
            && now_ms - request->heard_ms > request->silence_ms) {
            request->is_silent = true;
            finish(request, CURLE_OPERATION_TIMEDOUT);
            return;
        }
}

/* ---- life ---------------------------------------------------------------- */

client_t *
client_new(core_loop_t *loop, struct access **access_p,
           const struct limits *limits)
{
    client_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->access = *access_p;
    *access_p = NULL;
    self->token = token_new(self->access->token_path, self->access->token);
    self->curl = curl_loop_new(loop, CONNECTIONS, take_end);
    self->look = core_loop_timer(loop, LOOK_MS, LOOK_MS, look, self);
    limiter_start(&self->limiter, limits, core_loop_now_ms(loop));
    return self;
}

void
client_destroy(client_t **self_p)
{
    client_t *self = *self_p;

    if (self == NULL)
        return;
    while (self->requests != NULL)
        end_request(self->requests);
    curl_loop_destroy(&self->curl);
    core_loop_timer_cancel(self->loop, &self->look);
    core_loop_timer_cancel(self->loop, &self->turn);
    token_destroy(&self->token);
    access_destroy(&self->access);
    free(self);
    *self_p = NULL;
}

void
client_count(client_t *self, traffic_t *traffic)
{
    self->traffic = traffic;
}

const char *
client_url(const client_t *self)
{
    return self->access->url;
}

static void
add_header(struct request *self, const char *name, const char *value)
{
    char *line;

    if (asprintf(&line, "%s: %s", name, value) == -1)
        abort();
    self->headers = curl_slist_append(self->headers, line);
    explicit_bzero(line, strlen(line));
    free(line);
}

/* Sets a certificate or key; octets live as long as the access. */
static void
set_item(CURL *curl, const struct access_item *item, CURLoption path,
         CURLoption octets)
{
    struct curl_blob blob = {
        .data = item->octets, .len = item->size, .flags = CURL_BLOB_NOCOPY,
    };

    if (item->octets != NULL)
        curl_easy_setopt(curl, octets, &blob);
    else if (item->path != NULL)
        curl_easy_setopt(curl, path, item->path);
}

static void
set_security(struct request *self)
{
    const struct access *access = self->client->access;
    CURL *curl = self->curl;

    set_item(curl, &access->authority, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB);
    set_item(curl, &access->certificate, CURLOPT_SSLCERT,
             CURLOPT_SSLCERT_BLOB);
    set_item(curl, &access->key, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB);
    /* A new certificate in the file counts from the next connection on. */
    curl_easy_setopt(curl, CURLOPT_CA_CACHE_TIMEOUT, 0L);
    if (access->is_unchecked) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (access->proxy != NULL)
        curl_easy_setopt(curl, CURLOPT_PROXY, access->proxy);
}

/* The server is known by another name than that of its address: the name goes
   into the address, and the address is where to connect. */
static void
set_name(struct request *self, const char *path)
{
    const struct access *access = self->client->access;
    const char *host = strstr(access->url, "://") + 3;
    const char *port = strrchr(host, ':');
    bool has_port = port != NULL && strchr(port, ']') == NULL;
    char *rule;

    free(self->url);
    if (asprintf(&self->url, "https://%s%s%s", access->server_name,
                 has_port ? port : "", path) == -1
        || asprintf(&rule, "::%.*s:%s", (int) (has_port ? port - host
                                               : (long) strlen(host)), host,
                    has_port ? port + 1 : "443") == -1)
        abort();
    self->route = curl_slist_append(NULL, rule);
    free(rule);
    curl_easy_setopt(self->curl, CURLOPT_CONNECT_TO, self->route);
    curl_easy_setopt(self->curl, CURLOPT_URL, self->url);
}

/* The token, if there is one; what is wrong with its file is told once. */
static void
add_token(struct request *self)
{
    token_t *token = self->client->token;
    const char *text = token_get(token);
    struct core_fault fault;
    char *bearer;

    if (token_has_news(token, &fault))
        core_log_fault(CORE_LOG_ERROR, &fault);
    if (text == NULL)
        return;
    if (asprintf(&bearer, "Bearer %s", text) == -1)
        abort();
    add_header(self, "Authorization", bearer);
    explicit_bzero(bearer, strlen(bearer));
    free(bearer);
}

static void
set_options(struct request *self, const char *path)
{
    CURL *curl = self->curl;

    curl_easy_setopt(curl, CURLOPT_URL, self->url);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, self);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, self->error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, self);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, 15L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, 5L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT,
                     "coredns-kubernetes-sync/" CORE_VERSION);
    set_security(self);
    add_header(self, "Accept", "application/json");
    add_token(self);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, self->headers);
    if (self->client->access->server_name != NULL)
        set_name(self, path);
}

request_t *
client_get(client_t *self, const char *path, int64_t silence_ms,
           const struct request_hooks *hooks, void *owner)
{
    struct request *request = core_allocate(sizeof *request);

    request->client = self;
    request->hooks = hooks;
    request->owner = owner;
    request->silence_ms = silence_ms;
    request->start_us = core_loop_now_us(self->loop);
    request->curl = curl_easy_init();
    assert(request->curl != NULL);
    if (asprintf(&request->url, "%s%s", self->access->url, path) == -1)
        abort();
    set_options(request, path);
    request->next = self->requests;
    if (self->requests != NULL)
        self->requests->previous = request;
    self->requests = request;
    if (self->turn == NULL)
        give_turns(self);
    return request;
}
