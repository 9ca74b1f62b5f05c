/*
 * answers - what is remembered, how good it still is, and what displaces what
 *
 * At most one answer is kept for a question.  A positive or negative one takes
 * the place of whatever was there.  A failure takes the place of a failure, or
 * of an answer that may not be used any more; while there is one that may, even
 * a stale one, the failure only puts off the next time upstream is asked.
 */

#ifndef CACHE_ANSWERS_H
#define CACHE_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/entry.h"
#include "lib/key.h"
#include "cache/policy.h"
#include "cache/scrub.h"
#include "cache/store.h"
#include "coredns/fault.h"

typedef struct answers answers_t;

enum recall_state {
    RECALL_NOTHING,                     /* or nothing of use any more */
    RECALL_FRESH,
    RECALL_STALE,
};

/* What is known of a question. */
struct recall {
    enum recall_state state;
    struct entry *entry;                /* lent until the next change */
    uint32_t ttl_seconds;               /* to be sent */
    bool is_away;                       /* local, and nobody tells whether it
                                           changes */
    bool is_due;                        /* FRESH: it should be renewed; STALE:
                                           upstream may be asked again */
};

enum learned {
    LEARNED_NOTHING,                    /* not kept; nothing of use is there */
    LEARNED_ANSWER,                     /* it is kept, and good */
    LEARNED_FAILURE,                    /* upstream failed, and there is
                                           nothing else to answer with */
    LEARNED_OLD,                        /* what is there stays, and is to be
                                           used instead of it */
};

enum answers_part { ANSWERS_SUCCESS, ANSWERS_DENIAL, ANSWERS_PARTS };

/* policy is lent as long as the answers live, or until another one is set. */
answers_t *
    answers_new(const struct policy *policy, struct core_fault *fault);

void
    answers_destroy(answers_t **self_p);

/*
 * Goes on with another policy.  When the memory has another size, all that
 * fits is carried over, the useful last, for which both sizes are taken for a
 * moment.  Returns -1 and changes nothing when that memory cannot be had.
 */
int
    answers_policy_set(answers_t *self, const struct policy *policy,
                       struct core_fault *fault);

const struct key_secret *
    answers_secret(const answers_t *self);

/* What is known of a question; does not count as a hit. */
struct recall
    answers_recall(const answers_t *self, const struct key *key,
                   int64_t now_ms);

/* The same for somebody who asks: counts the hit. */
struct recall
    answers_ask(answers_t *self, const struct key *key, int64_t now_ms);

/*
 * Learns from a reply.  *lifetime_ms is how long it is fresh by the policy,
 * also when it is not kept because of its name.
 */
enum learned
    answers_learn(answers_t *self, const struct key *key,
                  const struct scrubbed *scrubbed, int64_t *lifetime_ms,
                  int64_t now_ms);

/*
 * Learns from a reply that was made from data of this server: it is as it is,
 * and good until answers_outdate() of its slot.  False when it is not kept;
 * then what was known of the question may be outdated, but is there.
 */
bool
    answers_learn_local(answers_t *self, const struct key *key,
                        const struct image *image, uint32_t slot,
                        int64_t now_ms);

void
    answers_outdate(answers_t *self, uint32_t slot);

/* True when there is an answer, or was one until it was outdated. */
bool
    answers_has(const answers_t *self, const struct key *key);

/* From now on local data are good for their TTL and no longer; or, as before,
   until they are outdated. */
void
    answers_leave(answers_t *self, int64_t now_ms);
void
    answers_follow(answers_t *self);

/* All that is not local and came until now is not good any more. */
void
    answers_outdate_upstream(answers_t *self, int64_t now_ms);

/*
 * A reply came that tells nothing: an rcode that is no answer, or no reply at
 * all.  As for a failure, true when an old answer is to be used instead.
 */
bool
    answers_fail(answers_t *self, const struct key *key, int64_t now_ms);

/* The memory of a part, to be given to neighbours; another one after a change
   of policy. */
int
    answers_descriptor(const answers_t *self, enum answers_part part);

/* A neighbour has answered with what is kept there: counts as a hit. */
void
    answers_reported(answers_t *self, enum answers_part part, uint32_t tag,
                     uint32_t position, int64_t now_ms);

/* Forgets one question; true when something was known. */
bool
    answers_forget(answers_t *self, const struct key *key);

/* Forgets what others said of a name, of all types that are in use, but a
   few. */
void
    answers_forget_foreign(answers_t *self, const uint8_t *name);

/* Forgets those for which visit returns true. */
void
    answers_each(answers_t *self,
                 bool (*visit)(void *owner, const struct entry *entry),
                 void *owner);

void
    answers_clear(answers_t *self);

const struct store_counters *
    answers_counters(const answers_t *self, enum answers_part part);

#endif
