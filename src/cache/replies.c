/*
 * replies - what becomes of a reply, and of those who wait for it
 *
 * A reply is one of three things for those who asked: an answer, which all get
 * in the form in which it is kept; a failure beside an old answer that may
 * still be used, which all get instead; or something that we do not keep and
 * that all get as it is.
 */

#include "cache/state.h"

#include <assert.h>
#include <string.h>

#include "coredns/rrtype.h"

/* A reply while it is handled. */
struct outcome {
    const core_query_t *reply;
    bool is_image;                      /* all get scrubbed.image */
    struct scrubbed scrubbed;
    uint32_t ttl_seconds;
    struct recall old;                  /* of use when not RECALL_NOTHING */
};

/* ---- learning ------------------------------------------------------------ */

static const uint8_t *
item(const struct core_record *record, enum core_trail_kind kind,
     size_t *size)
{
    return core_trail_find(record->trail, record->trail_size, kind, size);
}

/* Data of this server change when their source says so, whatever their TTL. */
static bool
is_local(const struct core_record *record)
{
    size_t size;

    return item(record, CORE_TRAIL_SOURCE, &size) != NULL;
}

/*
 * Such a reply is kept as it is when changes will be told, and when nothing
 * but the question decided on it: not how it came, and no passing state.
 */
void
cache_learn_local(struct cache *self, const struct key *key,
                  const core_query_t *reply, int64_t now_ms)
{
    const struct core_message *message = core_query_message(reply);
    const struct core_record *record = core_query_record(reply);
    struct image image;
    size_t size;
    const uint8_t *scope = item(record, CORE_TRAIL_SCOPE, &size);

    if (scope == NULL || size != 1
        || item(record, CORE_TRAIL_EDE, &size) != NULL
        || message->qtype == CORE_ANY
        || !scrub_whole(self->scrub, message, key, &image))
        return;
    answers_learn_local(self->answers, key, &image,
                        cache_version_slot(*scope == CORE_SCOPE_NAME
                                           ? key->question : NULL), now_ms);
}

/* What failed is we ourselves, for now, and not the name. */
static bool
is_momentary(const struct core_record *record)
{
    size_t size;
    const uint8_t *code = item(record, CORE_TRAIL_EDE, &size);

    return code != NULL && size >= 2
        && (code[0] << 8 | code[1]) == CORE_EDE_NOT_READY;
}

/* An rcode that says nothing of the name is a failure (RFC 8767 section 4),
   also one that is not kept. */
static bool
is_failure(const struct core_message *reply)
{
    unsigned rcode = core_message_rcode(reply);

    return rcode != CORE_NOERROR && rcode != CORE_NXDOMAIN;
}

static void
use_old(struct cache *self, const struct key *key, struct outcome *outcome,
        int64_t now_ms)
{
    outcome->old = answers_recall(self->answers, key, now_ms);
}

static void
learn(struct cache *self, const struct flight *flight,
      struct outcome *outcome, int64_t now_ms)
{
    const struct core_message *message = core_query_message(outcome->reply);
    const struct core_record *record = core_query_record(outcome->reply);
    const struct key *key = &flight->key;
    int64_t lifetime_ms;

    if (is_local(record)) {
        cache_learn_local(self, key, outcome->reply, now_ms);
        return;
    }
    if (flight->is_outdated)
        return;
    if (is_momentary(record)
        || !scrub_reply(self->scrub, message, key, &outcome->scrubbed)) {
        if (is_failure(message) && answers_fail(self->answers, key, now_ms))
            use_old(self, key, outcome, now_ms);
        return;
    }
    switch (answers_learn(self->answers, key, &outcome->scrubbed,
                          &lifetime_ms, now_ms)) {
    case LEARNED_OLD:
        use_old(self, key, outcome, now_ms);
        break;
    case LEARNED_ANSWER:
    case LEARNED_NOTHING:
        outcome->is_image = lifetime_ms > 0;
        outcome->ttl_seconds = (uint32_t) (lifetime_ms / 1000);
        break;
    case LEARNED_FAILURE:
        break;
    }
}

/* ---- answering ----------------------------------------------------------- */

/* Hands on what the reply says beside its message, but where it has been. */
static void
copy_trail(core_query_t *query, const struct core_record *reply)
{
    static const enum core_trail_kind kinds[] = {
        CORE_TRAIL_EDE, CORE_TRAIL_ANSWERED_BY, CORE_TRAIL_SOURCE,
        CORE_TRAIL_SCOPE,
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t size;
        const uint8_t *value = core_trail_find(reply->trail,
                                               reply->trail_size, kinds[i],
                                               &size);

        if (value != NULL)
            core_query_trail(query, kinds[i], value, size);
    }
}

/* The reply as it is, for another one with the same question. */
static void
compose_copy(core_query_t *query, const struct core_message *reply)
{
    struct core_writer *writer = core_query_reply(query);
    size_t start = reply->question_end;

    assert(writer->size == start);
    memcpy(writer->bytes + start, reply->bytes + start, reply->size - start);
    writer->size = reply->size;
    for (unsigned i = CORE_ANSWER; i < CORE_SECTIONS; i++)
        writer->counts[i] = reply->counts[i];
    core_writer_end(writer, reply->flags & (CORE_AA | CORE_TC | CORE_RA
                                            | CORE_AD),
                    core_message_rcode(reply));
}

static void
compose(struct cache *self, core_query_t *query, const struct outcome *outcome)
{
    if (outcome->old.state != RECALL_NOTHING) {
        cache_answer(self, query, &outcome->old);
        return;
    }
    copy_trail(query, core_query_record(outcome->reply));
    if (outcome->is_image)
        image_compose(&outcome->scrubbed.image, core_query_reply(query),
                      outcome->ttl_seconds,
                      image_flags(&outcome->scrubbed.image));
    else
        compose_copy(query, core_query_message(outcome->reply));
}

static void
answer_waiters(struct cache *self, struct flight *flight,
               const struct outcome *outcome)
{
    const struct core_message *reply = core_query_message(outcome->reply);

    while (flight->waiters > 0) {
        core_held_t *held = pending_take(self->pending, flight);

        /* Who was cut off asks again by other means; that may be this one. */
        if ((reply->flags & CORE_TC) != 0
            && outcome->old.state == RECALL_NOTHING) {
            core_held_end(&held, CORE_PASSED);
            continue;
        }
        compose(self, core_held_query(held), outcome);
        core_held_end(&held, CORE_ANSWERED);
    }
}

/* The reply says just what we would say. */
static bool
is_right_as_it_is(const struct outcome *outcome)
{
    const struct scrubbed *scrubbed = &outcome->scrubbed;

    if (outcome->old.state != RECALL_NOTHING)
        return false;
    return !outcome->is_image
        || (!scrubbed->is_changed
            && scrubbed->ttl_lowest == outcome->ttl_seconds
            && scrubbed->ttl_highest == outcome->ttl_seconds);
}

enum core_verdict
cache_handle_reply(void *state, core_query_t *reply)
{
    struct cache *self = state;
    const struct core_record *record = core_query_record(reply);
    struct outcome outcome = { .reply = reply };
    struct asker leader, asker = cache_asker(record);
    struct key key;

    if ((record->flags & (CORE_RECORD_MORE | CORE_RECORD_TRACE)) != 0)
        return CORE_PASSED;
    key_of_query(&key, core_query_message(reply),
                 answers_secret(self->answers));

    struct flight *flight = pending_find_reply(self->pending, &key, &asker,
                                               &leader);

    if (flight == NULL) {
        self->counters.drops++;
        return CORE_PASSED;
    }
    learn(self, flight, &outcome, core_loop_now_ms(self->loop));
    answer_waiters(self, flight, &outcome);
    pending_land(self->pending, flight);
    if (leader.is_copy)
        return CORE_DROPPED;            /* he has his answer */
    if (is_right_as_it_is(&outcome))
        return CORE_PASSED;
    compose(self, reply, &outcome);
    return CORE_ANSWERED;
}

/* ---- those whose reply does not come ------------------------------------- */

static void
answer_old(struct cache *self, struct flight *flight,
           const struct recall *recall)
{
    core_held_t *held = pending_take(self->pending, flight);

    cache_answer(self, core_held_query(held), recall);
    core_held_end(&held, CORE_ANSWERED);
}

/* Sends the one that waits longest down, to lead the others. */
static void
pass_on(struct cache *self, struct flight *flight, int64_t now_ms)
{
    struct asker asker = pending_oldest(self->pending, flight)->asker;
    core_held_t *held = pending_take(self->pending, flight);

    pending_lead(self->pending, flight, &flight->key, &asker, now_ms);
    core_held_end(&held, CORE_PASSED);
    self->counters.taken_over++;
}

/* There is an old answer: nobody waits longer than stale_wait for a new one. */
static void
tend_with_old(struct cache *self, struct flight *flight,
              const struct recall *recall, int64_t now_ms)
{
    const struct waiter *waiter;

    while ((waiter = pending_oldest(self->pending, flight)) != NULL) {
        int64_t limit_ms = self->policy->stale_wait_ms;

        if (limit_ms == 0 || limit_ms > waiter->patience_ms / 2)
            limit_ms = waiter->patience_ms / 2;
        if (recall->state == RECALL_STALE
            && now_ms - waiter->since_ms < limit_ms)
            return;
        if (recall->state == RECALL_STALE)
            answers_fail(self->answers, &flight->key, now_ms);
        answer_old(self, flight, recall);
    }
}

/*
 * Each one goes down when half of its patience is spent; and one of them
 * sooner, when the flight was silent for too long.
 */
static void
tend_without_old(struct cache *self, struct flight *flight, int64_t now_ms)
{
    const struct waiter *waiter;

    while ((waiter = pending_oldest(self->pending, flight)) != NULL) {
        if (now_ms - waiter->since_ms < waiter->patience_ms / 2
            && !pending_is_overdue(flight, now_ms))
            return;
        pass_on(self, flight, now_ms);
    }
}

static void
tend_flight(void *owner, struct flight *flight)
{
    struct cache *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);
    struct recall recall = answers_recall(self->answers, &flight->key, now_ms);

    if (recall.state == RECALL_NOTHING)
        tend_without_old(self, flight, now_ms);
    else
        tend_with_old(self, flight, &recall, now_ms);
}

void
cache_tend(void *owner)
{
    struct cache *self = owner;

    pending_each_awaited(self->pending, tend_flight, self);
}

static void
drop_waiters(void *owner, struct flight *flight)
{
    struct cache *self = owner;

    while (flight->waiters > 0) {
        core_held_t *held = pending_take(self->pending, flight);

        core_held_end(&held, CORE_DROPPED);
    }
}

void
cache_abandon(struct cache *self)
{
    pending_each_awaited(self->pending, drop_waiters, self);
}
