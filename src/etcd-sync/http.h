/*
 * http - requests over HTTP on the loop of the process
 *
 * libcurl does the work, without waiting: its sockets and its timer are those
 * of the loop.  Connections stay open for the next request.
 */

#ifndef ETCD_SYNC_HTTP_H
#define ETCD_SYNC_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/loop.h"

typedef struct http http_t;
typedef struct http_request http_request_t;

/* Files of TLS; lent, each may be NULL. */
struct http_files {
    const char *ca;                     /* who is trusted; NULL: the system's */
    const char *certificate;
    const char *key;
};

struct http_post {
    const char *url;
    const char *token;                  /* for Authorization; or NULL */
    const char *body;
    int64_t timeout_ms;                 /* for all of it; 0: it may last */
};

/*
 * data takes the body as it comes, when the status is 200 or not; false ends
 * the request, which then fails.  done is called once, as the last thing, with
 * the status, or 0 and a reason when there was no whole reply.  Neither may
 * cancel the request; done may start others.
 */
struct http_hooks {
    bool (*data)(void *owner, const char *bytes, size_t size);
    void (*done)(void *owner, long status, const char *reason);
};

http_t *
    http_new(core_loop_t *loop, const struct http_files *files);

/* Requests must have been cancelled or be done. */
void
    http_destroy(http_t **self_p);

/* All of post is copied. */
http_request_t *
    http_post(http_t *self, const struct http_post *post,
              const struct http_hooks *hooks, void *owner);

/* Ends it without calling done; does nothing when it is NULL. */
void
    http_cancel(http_request_t **request_p);

#endif
