/*
 * feed_transaction - changes of one zone, gathered into frames
 */

#ifndef LIB_FEED_TRANSACTION_H
#define LIB_FEED_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"

#define FEED_TRANSACTION_FRAMES 8       /* of one, at most */

/* All zero: none is under way. */
struct feed_transaction {
    struct core_zone_id zone;
    uint8_t *bytes;                     /* frames, one behind the other */
    size_t size;
    size_t capacity;
    size_t starts[FEED_TRANSACTION_FRAMES];
    unsigned frames;                    /* 0: none is under way */
    bool is_empty;
    bool is_too_large;                  /* what came since is not in it */
};

void
    feed_transaction_start(struct feed_transaction *self,
                           const struct core_zone_id *zone);

void
    feed_transaction_add(struct feed_transaction *self,
                         const struct core_change *change);

/* The frame of that index; its header is still to be written. */
uint8_t *
    feed_transaction_frame(const struct feed_transaction *self,
                           unsigned index, size_t *size);

/* Ends it, and keeps its memory for the next when that is not large. */
void
    feed_transaction_end(struct feed_transaction *self);

/* Frees what it owns. */
void
    feed_transaction_free(struct feed_transaction *self);

#endif
