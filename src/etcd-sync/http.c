/*
 * http - requests over HTTP on the loop of the process
 */

#include "etcd-sync/http.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/curl_loop.h"

#define CONNECT_MS 3000L
#define CONNECTIONS 16L                 /* kept open */
#define KEEPALIVE_SECONDS 5L

struct http {
    curl_loop_t *curl;
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

/* ---- the end of a request ------------------------------------------------ */

static void
end_request(http_request_t *request)
{
    curl_multi_remove_handle(curl_loop_multi(request->http->curl),
                             request->easy);
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

static void
take_end(void *transfer, CURLcode code)
{
    finish(transfer, code);
}

/* ---- life ---------------------------------------------------------------- */

http_t *
http_new(core_loop_t *loop, const struct http_files *files)
{
    http_t *self = core_allocate(sizeof *self);

    self->files = *files;
    self->curl = curl_loop_new(loop, CONNECTIONS, take_end);
    return self;
}

void
http_destroy(http_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    curl_loop_destroy(&(*self_p)->curl);
    free(*self_p);
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
    curl_multi_add_handle(curl_loop_multi(self->curl), request->easy);
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
