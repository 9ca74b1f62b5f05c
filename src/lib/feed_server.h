/*
 * feed_server - answers requests for snapshots
 *
 * The ROUTER of a source.  Each subscriber that asks has a job (feed_job.h)
 * and credit; who does not take what it asked for is dropped, and will ask
 * again.
 */

#ifndef LIB_FEED_SERVER_H
#define LIB_FEED_SERVER_H

#include "coredns/feed.h"
#include "lib/feed_job.h"

typedef struct feed_server feed_server_t;

/* source is lent.  Returns NULL and a fault when it cannot bind. */
feed_server_t *
    feed_server_new(void *context, core_loop_t *loop, const char *endpoint,
                    const struct feed_source *source,
                    struct core_fault *fault);
void
    feed_server_destroy(feed_server_t **self_p);

/* Drops those that have long been silent; to be called now and then. */
void
    feed_server_tidy(feed_server_t *self);

#endif
