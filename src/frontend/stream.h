/*
 * stream - replies that come in parts
 *
 * A zone is far longer than a message, and its reader may be slow.  So each
 * part is asked for when the client has taken the one before it: the query
 * goes down once more, with the bookmark that came with that part
 * (coredns-pipe(7), "Parts").  A stage that dies in between loses nothing but
 * the part that was asked of it.
 */

#ifndef FRONTEND_STREAM_H
#define FRONTEND_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/batch.h"

#define STREAMS 64                      /* at a time */

/* A query, some parts of whose reply were sent. */
struct stream {
    uint32_t slot;
    bool is_paused;                     /* until the client has taken it all */
    struct core_part next;              /* the part that must come */
    uint8_t bookmark[CORE_BOOKMARK_SIZE];
};

struct streams {
    unsigned count;
    struct stream *items[STREAMS];      /* owned */
};

/* A part was sent, and this is the next one: it is to be asked for later.
   False when there are too many streams already. */
bool
    streams_pause(struct streams *self, uint32_t slot,
                  const struct core_part *next);

/* The stream of a slot, or NULL. */
struct stream *
    streams_find(const struct streams *self, uint32_t slot);

/* Ends the stream of a slot, if there is one. */
void
    streams_end(struct streams *self, uint32_t slot);

void
    streams_clear(struct streams *self);

#endif
