/*
 * client - requests to one API server
 *
 * libcurl on the loop: a request begins, its answer comes in portions, and it
 * ends, well or not.  A request from which nothing has been heard for too long
 * is ended.  The token is read again whenever its file is another one, and
 * when the server did not like it.
 */

#ifndef KUBERNETES_SYNC_CLIENT_H
#define KUBERNETES_SYNC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/loop.h"
#include "kubernetes-sync/access.h"
#include "kubernetes-sync/limiter.h"
#include "kubernetes-sync/traffic.h"

typedef struct client client_t;
typedef struct request request_t;

struct request_end {
    long status;                        /* of HTTP; 0: there was no answer */
    const char *fault;                  /* NULL: the answer is whole */
    int64_t retry_ms;                   /* what the server asks to wait; or
                                           0 */
    const char *body;                   /* of a status that is not 200: its
                                           beginning, with a NUL */
    bool is_silent;                     /* nothing was heard for too long */
};

/*
 * A request that is_watch goes on after its answer has begun until something
 * ends it: it is under way no longer then, and its duration says nothing.
 *
 * opened (it may be NULL) is called when an answer of status 200 begins.
 * body is called with portions of an answer of status 200; NULL, or what is
 * wrong: that ends the request.  done is called once, unless the request was
 * cancelled; the request is gone then.
 */
struct request_hooks {
    bool is_watch;
    void (*opened)(void *owner);
    const char *(*body)(void *owner, const char *bytes, size_t size);
    void (*done)(void *owner, const struct request_end *end);
};

/* access is taken over. */
client_t *
    client_new(core_loop_t *loop, struct access **access_p,
               const struct limits *limits);
void
    client_destroy(client_t **self_p);

/* Counts requests there, lent. */
void
    client_count(client_t *self, traffic_t *traffic);

/* Asks for a path ("/api/v1/services?limit=500"), as soon as the limits let
   it. */
request_t *
    client_get(client_t *self, const char *path, int64_t silence_ms,
               const struct request_hooks *hooks, void *owner);

/* Ends a request without a word; it may be NULL.  Not from body. */
void
    request_cancel(request_t **self_p);

/* Where the server is, as text. */
const char *
    client_url(const client_t *self);

#endif
