/*
 * http - requests over HTTP on the loop of the process
 *
 * The timer of libcurl may be set from inside any call of it, so it never runs
 * at once: the loop calls back.  A request is ended outside of libcurl's calls
 * only, which is when its messages are read.
 */

#include "etcd-sync/http.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <curl/curl.h>

#include "coredns/memory.h"

#define CONNECT_MS 3000L
#define CONNECTIONS 16L                 /* kept open */
#define KEEPALIVE_SECONDS 5L

struct http {
    core_loop_t *loop;
    CURLM *multi;
    core_timer_t *timer;                /* or NULL */
    struct http_files files;
};

struct http_request {
    http_t *http;
    CURL *easy;
    struct curl_slist *headers;
    struct http_hooks hooks;
    void *owner;
    char error[CURL_ERROR_SIZE];
};

/* ---- the loop ------------------------------------------------------------ */

static void
end_request(http_request_t *request)
{
    curl_multi_remove_handle(request->http->multi, request->easy);
    curl_easy_cleanup(request->easy);
    curl_slist_free_all(request->headers);
    free(request);
}

static void
finish(http_request_t *request, CURLcode code)
{
    struct http_hooks hooks = request->hooks;
    void *owner = request->owner;
    char reason[CURL_ERROR_SIZE];
    long status = 0;

    if (code == CURLE_OK)
        curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
    memcpy(reason, request->error, sizeof reason);
    if (*reason == '\0')
        strncpy(reason, curl_easy_strerror(code), sizeof reason - 1);
    end_request(request);
    hooks.done(owner, status, status == 0 ? reason : NULL);
}

/* Ends the requests that are done; each may start others. */
static void
collect(http_t *self)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(self->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        char *request = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
        finish((http_request_t *) (void *) request, code);
    }
}

static void
handle_ready(void *owner, int fd, uint32_t events)
{
    http_t *self = owner;
    int what = 0;
    int running;

    if ((events & EPOLLIN) != 0)
        what |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0)
        what |= CURL_CSELECT_OUT;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0)
        what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(self->multi, fd, what, &running);
    collect(self);
}

static int
handle_socket(CURL *easy, curl_socket_t fd, int what, void *owner,
              void *socket_owner)
{
    http_t *self = owner;
    uint32_t events = 0;

    (void) easy;
    (void) socket_owner;
    if (what == CURL_POLL_REMOVE) {
        core_loop_unwatch(self->loop, fd);
        return 0;
    }
    if (what != CURL_POLL_OUT)
        events |= EPOLLIN;
    if (what != CURL_POLL_IN)
        events |= EPOLLOUT;
    core_loop_watch(self->loop, fd, events, handle_ready, self);
    return 0;
}

static void
handle_time(void *owner)
{
    http_t *self = owner;
    int running;

    self->timer = NULL;                 /* it has ended itself */
    curl_multi_socket_action(self->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(self);
}

static int
handle_timer(CURLM *multi, long timeout_ms, void *owner)
{
    http_t *self = owner;

    (void) multi;
    core_loop_timer_cancel(self->loop, &self->timer);
    if (timeout_ms >= 0)
        self->timer = core_loop_timer(self->loop, timeout_ms, 0, handle_time,
                                      self);
    return 0;
}

/* ---- life ---------------------------------------------------------------- */

http_t *
http_new(core_loop_t *loop, const struct http_files *files)
{
    http_t *self = core_allocate(sizeof *self);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    self->loop = loop;
    self->files = *files;
    self->multi = curl_multi_init();
    assert(self->multi != NULL);
    curl_multi_setopt(self->multi, CURLMOPT_SOCKETFUNCTION, handle_socket);
    curl_multi_setopt(self->multi, CURLMOPT_SOCKETDATA, self);
    curl_multi_setopt(self->multi, CURLMOPT_TIMERFUNCTION, handle_timer);
    curl_multi_setopt(self->multi, CURLMOPT_TIMERDATA, self);
    curl_multi_setopt(self->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS);
    return self;
}

void
http_destroy(http_t **self_p)
{
    assert(self_p);

    http_t *self = *self_p;

    if (self == NULL)
        return;
    curl_multi_cleanup(self->multi);
    core_loop_timer_cancel(self->loop, &self->timer);
    curl_global_cleanup();
    free(self);
    *self_p = NULL;
}

/* ---- requests ------------------------------------------------------------ */

static size_t
handle_data(char *bytes, size_t size, size_t count, void *owner)
{
    http_request_t *request = owner;

    return request->hooks.data(request->owner, bytes, size * count)
        ? size * count : 0;
}

static void
set_headers(http_request_t *request, const char *token)
{
    struct curl_slist *headers = NULL;

    headers = curl_slist_append(headers, "Content-Type: application/json");
    /* Without it a body that is not tiny waits for a reply first. */
    headers = curl_slist_append(headers, "Expect:");
    if (token != NULL) {
        size_t size = strlen(token) + 32;
        char *line = core_allocate(size);

        snprintf(line, size, "Authorization: %s", token);
        headers = curl_slist_append(headers, line);
        free(line);
    }
    request->headers = headers;
    curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, headers);
}

/* What curl_easy_setopt() takes NULL for is left as it is. */
static void
set_files(CURL *easy, const struct http_files *files)
{
    if (files->ca != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, files->ca);
    if (files->certificate != NULL)
        curl_easy_setopt(easy, CURLOPT_SSLCERT, files->certificate);
    if (files->key != NULL)
        curl_easy_setopt(easy, CURLOPT_SSLKEY, files->key);
}

static void
set_options(http_request_t *request, const struct http_post *post)
{
    CURL *easy = request->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
    curl_easy_setopt(easy, CURLOPT_URL, post->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, post->body);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) post->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, handle_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->error);
}

http_request_t *
http_post(http_t *self, const struct http_post *post,
          const struct http_hooks *hooks, void *owner)
{
    http_request_t *request = core_allocate(sizeof *request);

    request->http = self;
    request->hooks = *hooks;
    request->owner = owner;
    request->easy = curl_easy_init();
    assert(request->easy != NULL);
    set_options(request, post);
    set_headers(request, post->token);
    set_files(request->easy, &self->files);
    curl_multi_add_handle(self->multi, request->easy);
    return request;
}

void
http_cancel(http_request_t **request_p)
{
    assert(request_p);
    if (*request_p == NULL)
        return;
    end_request(*request_p);
    *request_p = NULL;
}
