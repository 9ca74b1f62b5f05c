/*
 * replica - what a subscriber knows of its source
 *
 * The subscriber's half of the feed protocol without its sockets: frames go
 * in, the hooks of the subscriber are called, and requests come out.  It
 * decides what is new, what is missing and what must be fetched.
 */

#ifndef LIB_REPLICA_H
#define LIB_REPLICA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"
#include "lib/feed_frame.h"

#define REPLICA_FRAMES 8                /* of one message, at most */

typedef struct replica replica_t;

struct replica_frame {
    const uint8_t *bytes;               /* lent */
    size_t size;
};

replica_t *
    replica_new(const struct core_subscriber_hooks *hooks, void *owner);
void
    replica_destroy(replica_t **self_p);

/*
 * A message was published.  False: it must wait until the request under way
 * is over; give the same message again then, before any other.
 */
bool
    replica_published(replica_t *self, const struct replica_frame *frames,
                      unsigned count, int64_t now_ms);

/* A frame has come in answer to a request. */
void
    replica_answered(replica_t *self, const struct replica_frame *frame,
                     int64_t now_ms);

/* True when a published message could be taken. */
bool
    replica_is_idle(const replica_t *self);

/* True when replica_request() has something to ask. */
bool
    replica_has_request(const replica_t *self);

/*
 * Composes the next request; returns its size, 0 when there is none or it must
 * wait.  When it could not be sent, say so by replica_unsent().
 */
size_t
    replica_request(replica_t *self, uint8_t bytes[CORE_FEED_FRAME_SIZE],
                    int64_t now_ms);
void
    replica_unsent(replica_t *self);

/* A quarter of a second has passed. */
void
    replica_tick(replica_t *self, int64_t now_ms);

#endif
