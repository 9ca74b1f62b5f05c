/*
 * replica_parts - what the two halves of a replica share
 *
 *   replica.c           states, and published messages
 *   replica_request.c   requests
 *   replica_answer.c    answers to requests
 */

#ifndef LIB_REPLICA_PARTS_H
#define LIB_REPLICA_PARTS_H

#include "lib/feed_zones.h"
#include "lib/replica.h"

#define REPLICA_ZONES 1000000           /* of one source, at most */
#define REPLICA_RETRY_MS 250            /* at most: chosen by chance */

enum replica_state { LISTENING, WANTING, FETCHING, FOLLOWING };

struct replica {
    struct core_subscriber_hooks hooks;
    void *owner;
    enum replica_state state;
    feed_zones_t *zones;
    uint64_t epoch;
    uint64_t sequence;                  /* all up to it is known */
    bool ours;                          /* sequence is of this epoch */
    bool complete;                      /* the source has announced all */
    bool synced;                        /* what the hook was told last */
    size_t wanted;                      /* zones to be fetched */
    uint32_t request;
    bool only;                          /* it names zones */
    int64_t ask_at_ms;
    int64_t heard_ms;                   /* any word of the source */
    int64_t fetched_ms;                 /* last frame of an answer */
    int64_t followed_ms;                /* last time all was well */
    unsigned unpaid;                    /* frames taken, credit not returned */
    bool poke;
    struct feed_zone *open;             /* the zone an answer is in */
    uint64_t open_sequence;
};

/* Versions are the same on every subscriber, and larger after each change: a
   source that starts again has an epoch, in microseconds, above all it ever
   said. */
static inline uint64_t
replica_version(const struct replica *self, uint64_t sequence)
{
    return self->epoch + sequence;
}

/* Has the next request sent at that time. */
void
    replica_want(replica_t *self, int64_t at_ms);

/* The source has started again: what we have stays until its new data come. */
void
    replica_start_epoch(replica_t *self, uint64_t epoch, int64_t now_ms);

/* Everything that was asked for is there. */
void
    replica_follow(replica_t *self, int64_t now_ms);

void
    replica_drop_zone(replica_t *self, struct feed_zone *zone);

/* Hands on the changes in a frame's body; false when one is broken. */
bool
    replica_apply(replica_t *self, const uint8_t *zone_name,
                  const uint8_t *bytes, size_t size);

/* Ends the answer under way, and asks anew at that time. */
void
    replica_give_up(replica_t *self, int64_t at_ms);

#endif
