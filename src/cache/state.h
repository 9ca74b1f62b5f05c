/*
 * state - what the parts of the stage share; private to it
 *
 *   cache.c     the descriptor, and what becomes of a query
 *   replies.c   what becomes of a reply, and of those who wait for it
 *   publish.c   its memory is shown to the stages in front of it
 *   verbs.c     what it can be asked and told
 *   metrics.c   its counters
 */

#ifndef CACHE_STATE_H
#define CACHE_STATE_H

#include "cache/answers.h"
#include "cache/pending.h"
#include "cache/policy.h"
#include "cache/scrub.h"
#include "coredns/stage.h"
#include "lib/table_offer.h"

struct cache_counters {
    uint64_t requests, misses;
    uint64_t hits[ANSWERS_PARTS];
    uint64_t prefetches;
    uint64_t drops;
    uint64_t served_stale;
    uint64_t waited;
    uint64_t taken_over;

    /* Filled in just before they are read. */
    uint64_t entries[ANSWERS_PARTS];
    uint64_t octets[ANSWERS_PARTS];
    uint64_t evictions[ANSWERS_PARTS];
    uint64_t pending;
};

struct cache {
    core_life_t *life;
    core_loop_t *loop;
    core_timer_t *timer;
    const struct policy *policy;        /* lent */
    answers_t *answers;
    pending_t *pending;
    scrub_t *scrub;
    table_offer_t *offer;               /* NULL: nobody may look */
    bool is_draining;
    struct cache_counters counters;
};

/* cache.c */

/* Who asks, as the reply will know him. */
struct asker
    cache_asker(const struct core_record *record);

/* Composes a reply of what is known; counts it when it is stale. */
void
    cache_answer(struct cache *self, core_query_t *query,
                 const struct recall *recall);

/* replies.c */

enum core_verdict
    cache_handle_reply(void *state, core_query_t *reply);

/* Keeps a reply that was made of data of this server, when it may be. */
void
    cache_learn_local(struct cache *self, const struct key *key,
                      const core_query_t *reply, int64_t now_ms);

/* Looks after those who wait; a timer. */
void
    cache_tend(void *owner);

/* Ends all waits without an answer. */
void
    cache_abandon(struct cache *self);

/* publish.c */

/* Shows the memory, or no longer, as the policy says; again after each change
   of policy.  Without it all goes the usual way: so a fault is only logged. */
void
    cache_publish(struct cache *self);

void
    cache_handle_change(void *state, enum core_changed what,
                        const uint8_t *name);

/* What is told of a question that is known here is known from then on. */
void
    cache_handle_answer(void *state, const core_query_t *reply);

/* Where answers that depend on the name alone, or (NULL) on anything, have
   their version. */
uint32_t
    cache_version_slot(const uint8_t *name);

/* verbs.c */
extern const struct core_verb cache_verbs[];

/* metrics.c */
void
    cache_metrics_add(struct cache *self);

/* Fills in what is counted elsewhere. */
void
    cache_metrics_refresh(void *owner);

#endif
