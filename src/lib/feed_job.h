/*
 * feed_job - the answer to one subscriber's request, frame by frame
 *
 * A job knows which zones it still has to send and reads each from the
 * snapshot hooks when its turn comes.  It makes a frame when it is asked for
 * one, so that a subscriber that gives no credit costs a list of names and one
 * open snapshot, and nothing else.  No socket, no clock.
 */

#ifndef LIB_FEED_JOB_H
#define LIB_FEED_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"
#include "lib/feed_frame.h"
#include "lib/feed_zones.h"

#define FEED_SNAPSHOT_FRAME_SIZE (128 * 1024)

/* What the publisher knows, lent to each job. */
struct feed_source {
    feed_zones_t *zones;
    const struct core_snapshot_hooks *hooks;
    void *owner;

    /* Publishes what is gathered: what is said of zones behind a request, or
       behind the reading of one, must have a greater number than they tell. */
    void (*settle)(void *publisher);
    void *publisher;
    uint64_t epoch;
    uint64_t sequence;                  /* of the last message published */
    uint64_t removed;                   /* of the last one that removed */
    bool complete;
};

typedef struct feed_job feed_job_t;

/* want is a WANT frame whose header has been read; never NULL. */
feed_job_t *
    feed_job_new(const struct feed_source *source,
                 const struct feed_header *header, const uint8_t *body,
                 size_t body_size);
void
    feed_job_destroy(feed_job_t **self_p);

uint32_t
    feed_job_request(const feed_job_t *self);

/* Composes the next frame; 0 when the job is done. */
size_t
    feed_job_next(feed_job_t *self,
                  uint8_t bytes[FEED_SNAPSHOT_FRAME_SIZE]);

#endif
