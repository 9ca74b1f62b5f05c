/*
 * cache - remembers replies
 *
 * When upstream has to be asked although the asker may get an old answer, the
 * query goes down as a copy of itself, under its own id: it carries all that
 * the answer depends on, and its reply comes by here like any other.  The
 * asker is answered beside it, and the reply to the copy ends here.
 */

#include "cache/cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cache/state.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define BEAT_MS 25                      /* how exactly waits end */
#define PATIENCE_MS 4500                /* of an asker that does not say */

/* Info codes of RFC 8914. */
#define EDE_CACHED_ERROR ((enum core_ede) 13)
#define EDE_STALE_NXDOMAIN ((enum core_ede) 19)

/* ---- which queries are ours ---------------------------------------------- */

/* Only a query that asks for recursion gets an answer that is good for all. */
static bool
may_lead(const core_query_t *query)
{
    return (core_query_message(query)->flags & CORE_RD) != 0;
}

struct asker
cache_asker(const struct core_record *record)
{
    return (struct asker) {
        .id = record->id, .arrived_us = record->arrived_us,
        .port = record->client_port,
    };
}

/* ---- answering ----------------------------------------------------------- */

/* What nobody tells of any more is good for so long, and says so. */
static void
answer_away(core_query_t *query, const struct recall *recall)
{
    struct image image = entry_image(recall->entry);
    struct core_writer *writer = core_query_reply(query);
    struct core_message message;
    struct core_records records;
    struct core_rr rr;

    image_compose(&image, writer, recall->ttl_seconds, image_flags(&image));
    if (core_message_parse(&message, writer->bytes, writer->size)
        != CORE_PARSE_OK)
        return;
    core_records_start(&records, &message);
    while (core_records_next(&records, &rr))
        if (rr.ttl > recall->ttl_seconds)
            core_write32(writer->bytes + rr.ttl_offset, recall->ttl_seconds);
}

void
cache_answer(struct cache *self, core_query_t *query,
             const struct recall *recall)
{
    const struct core_message *message = core_query_message(query);
    struct image image = entry_image(recall->entry);
    uint16_t flags = image_flags_for(&image, message);

    if (recall->entry->state == ENTRY_LOCAL) {
        core_query_local(query);
        flags = image_flags(&image);
    }
    if (recall->is_away) {
        answer_away(query, recall);
        return;
    }
    if (recall->state == RECALL_STALE) {
        self->counters.served_stale++;
        core_query_ede(query, image_rcode(&image) == CORE_NXDOMAIN
                       ? EDE_STALE_NXDOMAIN : CORE_EDE_STALE_ANSWER, NULL);
    }
    else if (image.kind == IMAGE_FAILURE)
        core_query_ede(query, EDE_CACHED_ERROR, NULL);
    image_compose(&image, core_query_reply(query), recall->ttl_seconds,
                  flags);
}

static enum core_verdict
hit(struct cache *self, core_query_t *query, const struct recall *recall)
{
    bool is_positive = recall->entry->kind == IMAGE_POSITIVE;

    self->counters.hits[is_positive ? ANSWERS_SUCCESS : ANSWERS_DENIAL]++;
    cache_answer(self, query, recall);
    return CORE_ANSWERED;
}

/* ---- asking -------------------------------------------------------------- */

/*
 * The answer is to be kept with its AD, for those who want to know: so it is
 * asked for, whether this client does or not (RFC 6840 section 5.7).  He does
 * not see it then, for the frontend knows what he asked.
 */
static void
want_ad(core_query_t *query)
{
    const struct core_message *message = core_query_message(query);
    uint8_t *bytes;

    if ((message->flags & CORE_AD) != 0)
        return;
    bytes = core_query_change(query, message->size);
    memcpy(bytes, message->bytes, message->size);
    core_write16(bytes + 2, message->flags | CORE_AD);
}

/* Sends a copy of the query down; false when that cannot be done. */
static bool
send_copy(struct cache *self, core_query_t *query, const struct key *key,
          struct flight *flight, int64_t now_ms)
{
    struct asker asker = cache_asker(core_query_record(query));
    core_held_t *copy;

    want_ad(query);
    copy = core_query_hold(query);
    if (copy == NULL)
        return false;
    core_held_end(&copy, CORE_PASSED);
    asker.is_copy = true;
    pending_lead(self->pending, flight, key, &asker, now_ms);
    return true;
}

/* Asks upstream for somebody who is answered already. */
static bool
renew(struct cache *self, core_query_t *query, const struct key *key,
      int64_t now_ms)
{
    struct flight *flight = pending_find(self->pending, key);

    if (self->is_draining || !may_lead(query)
        || (flight != NULL && !pending_is_overdue(flight, now_ms)))
        return false;
    return send_copy(self, query, key, flight, now_ms);
}

/* Lets the query wait for the reply to another one. */
static bool
wait(struct cache *self, core_query_t *query, struct flight *flight,
     int64_t now_ms)
{
    const struct core_record *record = core_query_record(query);
    struct waiter waiter = {
        .asker = cache_asker(record),
        .since_ms = now_ms,
        .patience_ms = record->left_ms > 0 ? record->left_ms : PATIENCE_MS,
    };

    waiter.held = core_query_hold(query);
    if (waiter.held == NULL)
        return false;
    pending_wait(self->pending, flight, &waiter);
    self->counters.waited++;
    return true;
}

/* Nothing is known: the first goes down, those behind it wait. */
static enum core_verdict
ask(struct cache *self, core_query_t *query, const struct key *key,
    int64_t now_ms)
{
    struct asker asker = cache_asker(core_query_record(query));
    struct flight *flight = pending_find(self->pending, key);

    if (!may_lead(query))
        return CORE_PASSED;
    want_ad(query);
    if (flight == NULL || pending_is_leader(flight, &asker)
        || pending_is_overdue(flight, now_ms)) {
        pending_lead(self->pending, flight, key, &asker, now_ms);
        return CORE_PASSED;
    }
    if (pending_is_waiting(self->pending, &asker))
        return CORE_DROPPED;            /* sent again, and held already */
    if (self->is_draining || !pending_can_wait(self->pending)
        || !wait(self, query, flight, now_ms))
        return CORE_PASSED;
    return CORE_HELD;
}

/* Upstream gets a chance to be better than what is stale. */
static enum core_verdict
verify(struct cache *self, core_query_t *query, const struct key *key,
       const struct recall *recall, int64_t now_ms)
{
    struct asker asker = cache_asker(core_query_record(query));
    struct flight *flight = pending_find(self->pending, key);

    if (flight != NULL && pending_is_leader(flight, &asker)) {
        pending_lead(self->pending, flight, key, &asker, now_ms);
        return CORE_PASSED;             /* sent again, so down again */
    }
    if (pending_is_waiting(self->pending, &asker))
        return CORE_DROPPED;
    if (self->is_draining || !may_lead(query)
        || !pending_can_wait(self->pending))
        return hit(self, query, recall);
    if (flight == NULL || pending_is_overdue(flight, now_ms)) {
        if (!send_copy(self, query, key, flight, now_ms))
            return hit(self, query, recall);
        flight = pending_find(self->pending, key);
    }
    return wait(self, query, flight, now_ms) ? CORE_HELD
                                             : hit(self, query, recall);
}

/* What happens to a traced query as to any other, and nothing is changed by
   it. */
static enum core_verdict
look_for_tracer(struct cache *self, core_query_t *query,
                const struct key *key, int64_t now_ms)
{
    static const char *const kinds[] = {
        [IMAGE_POSITIVE] = "answer", [IMAGE_NEGATIVE] = "denial",
        [IMAGE_FAILURE] = "failure",
    };
    struct recall recall = answers_recall(self->answers, key, now_ms);

    if (recall.state == RECALL_NOTHING) {
        core_query_reason(query, "miss");
        return CORE_PASSED;
    }

    const char *kind = kinds[recall.entry->kind];
    int64_t age_seconds = (now_ms - recall.entry->stored_ms) / 1000;

    if (recall.state == RECALL_STALE) {
        core_query_reason(query, "stale %s, kept for %lld s", kind,
                          (long long) age_seconds);
        return CORE_PASSED;
    }
    core_query_reason(query, recall.entry->state == ENTRY_LOCAL
                      ? "hit: local %s, kept for %lld s"
                      : "hit: %s, kept for %lld s, good for %u s", kind,
                      (long long) age_seconds, recall.ttl_seconds);
    cache_answer(self, query, &recall);
    return CORE_ANSWERED;
}

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    struct cache *self = state;
    const struct core_message *message = core_query_message(query);
    int64_t now_ms = core_loop_now_ms(self->loop);
    struct recall recall;
    struct key key;

    if (!key_covers(message)
        || !policy_covers(self->policy, message->qname)) {
        core_query_reason(query, "is not cached");
        return CORE_PASSED;
    }
    key_of_query(&key, message, answers_secret(self->answers));
    if (core_query_is_traced(query))
        return look_for_tracer(self, query, &key, now_ms);
    self->counters.requests++;
    recall = answers_ask(self->answers, &key, now_ms);
    if (recall.state == RECALL_NOTHING) {
        self->counters.misses++;
        return ask(self, query, &key, now_ms);
    }
    if (recall.state == RECALL_STALE && recall.is_due
        && self->policy->stale_mode == STALE_VERIFY)
        return verify(self, query, &key, &recall, now_ms);
    if (recall.is_due && renew(self, query, &key, now_ms)
        && recall.state == RECALL_FRESH)
        self->counters.prefetches++;
    return hit(self, query, &recall);
}

/* ---- life ---------------------------------------------------------------- */

static void
close_cache(void **state_p)
{
    struct cache *self = *state_p;

    if (self->loop != NULL)
        core_loop_timer_cancel(self->loop, &self->timer);
    cache_abandon(self);
    table_offer_destroy(&self->offer);
    answers_destroy(&self->answers);
    pending_destroy(&self->pending);
    scrub_destroy(&self->scrub);
    free(self);
    *state_p = NULL;
}

static void *
open_cache(const void *settings, struct core_fault *fault)
{
    struct cache *self = core_allocate(sizeof *self);
    void *state = self;

    self->policy = settings;
    self->pending = pending_new();
    self->scrub = scrub_new();
    self->answers = answers_new(self->policy, fault);
    if (self->answers == NULL)
        close_cache(&state);
    return state;
}

static int
watch_cache(void *state, core_life_t *life, struct core_fault *fault)
{
    struct cache *self = state;

    (void) fault;
    self->life = life;
    self->loop = core_life_loop(life);
    self->timer = core_loop_timer(self->loop, BEAT_MS, BEAT_MS, cache_tend,
                                  self);
    cache_metrics_add(self);
    cache_publish(self);
    core_life_ready(life, true, NULL);
    return 0;
}

static bool
is_uncovered(void *owner, const struct entry *entry)
{
    const struct policy *policy = owner;
    size_t size;

    return !policy_covers(policy, entry_question(entry, &size));
}

/* What is known stays known, but of names that are no longer ours to know. */
static int
reload_cache(void *state, const void *settings, struct core_fault *fault)
{
    struct cache *self = state;

    if (answers_policy_set(self->answers, settings, fault) == -1)
        return -1;
    self->policy = settings;
    if (self->policy->zones.count > 0)
        answers_each(self->answers, is_uncovered, (void *) (uintptr_t)
                     settings);
    if (self->life != NULL)
        cache_publish(self);
    return 0;
}

static bool
drain_cache(void *state)
{
    struct cache *self = state;

    self->is_draining = true;
    return pending_waiters(self->pending) == 0;
}

const struct core_stage cache_stage = {
    .name = "cache",
    .summary = "remembers replies",
    .settings = policy_settings,
    .settings_size = sizeof (struct policy),
    .open = open_cache,
    .handle_query = handle_query,
    .handle_reply = cache_handle_reply,
    .handle_change = cache_handle_change,
    .handle_answer = cache_handle_answer,
    .watch = watch_cache,
    .reload = reload_cache,
    .drain = drain_cache,
    .close = close_cache,
    .verbs = cache_verbs,
};
