/*
 * http - answers GET and HEAD for a few fixed paths
 *
 * It runs inside the loop, without threads.  Each answer ends its connection,
 * and a connection that is not over after HTTP_PATIENCE_MS is cut, so whoever
 * is slow, or sends nothing, is gone soon; when all places are taken the
 * oldest connection makes room for a new one.
 */

#ifndef HEALTH_HTTP_H
#define HEALTH_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "coredns/fault.h"
#include "coredns/loop.h"
#include "health/listener.h"

#define HTTP_CONNECTIONS 32             /* at a time */
#define HTTP_PATIENCE_MS 10000
#define HTTP_REQUEST_SIZE (16 * 1024)   /* octets of a request's head */

/* A path and what is there. */
struct http_route {
    const char *path;                   /* "/ready"; NULL closes a table */
    const char *type;                   /* of the content */
    int64_t kept_ms;                    /* how long one text serves all that
                                           ask meanwhile; 0: none does */

    /* Writes the text and returns the status, 200 or 503.  is_verbose: the
       query was "?verbose"; such a text is not kept. */
    unsigned (*render)(void *owner, bool is_verbose, FILE *file);
};

struct http_counters {
    uint64_t requests;
    uint64_t refused;                   /* other paths, other methods */
    uint64_t cut;                       /* connections that were too slow */
};

typedef struct http http_t;

/*
 * routes (ended by a NULL path) and counters are lent as long as it lives;
 * owner is given to render.  Returns NULL and a fault when that cannot be.
 */
http_t *
    http_new(core_loop_t *loop, const struct http_route *routes, void *owner,
             struct http_counters *counters, struct core_fault *fault);

void
    http_destroy(http_t **self_p);

/* Accepts from these sockets from here on, and closes all others that it had;
   they are its own from here on. */
void
    http_serve(http_t *self, const struct listeners *listeners);

/* The sockets it accepts from; lent. */
const struct listeners *
    http_listeners(const http_t *self);

#endif
