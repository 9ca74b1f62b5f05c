/*
 * answers - what is remembered, how good it still is, and what displaces what
 *
 * Positive answers have a store of their own, all others share a second one,
 * so that names that do not exist, of which there are more than of any others,
 * never take the room of those that do.
 */

#include "cache/answers.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define TYPES 66                        /* all that are in use, but a few */

struct answers {
    const struct policy *policy;        /* lent */
    struct key_secret secret;
    store_t *stores[ANSWERS_PARTS];
};

static enum answers_part
part_of(enum image_kind kind)
{
    return kind == IMAGE_POSITIVE ? ANSWERS_SUCCESS : ANSWERS_DENIAL;
}

/* Sets what holds for a store, and what is told to those who look into it. */
static void
set_policy(store_t *store, const struct policy *policy)
{
    store_stale_set(store, policy->stale_ms);
    store_policy_set(store, &(struct table_policy) {
        .keep_ttl = policy->keep_ttl,
        .prefetch = (uint32_t) policy->prefetch,
        .prefetch_percentage = (uint32_t) policy->prefetch_percentage,
    });
}

static size_t
capacity_of(const struct policy *policy, int part)
{
    return part == ANSWERS_SUCCESS ? policy_success_capacity(policy)
                                   : policy_denial_capacity(policy);
}

/* ---- life ---------------------------------------------------------------- */

answers_t *
answers_new(const struct policy *policy, struct core_fault *fault)
{
    answers_t *self = core_allocate(sizeof *self);

    self->policy = policy;
    self->secret = key_secret_new();
    for (int i = 0; i < ANSWERS_PARTS; i++) {
        self->stores[i] = store_new(capacity_of(policy, i), &self->secret,
                                    fault);
        if (self->stores[i] == NULL) {
            answers_destroy(&self);
            return NULL;
        }
        set_policy(self->stores[i], policy);
    }
    return self;
}

void
answers_destroy(answers_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    for (int i = 0; i < ANSWERS_PARTS; i++)
        store_destroy(&(*self_p)->stores[i]);
    free(*self_p);
    *self_p = NULL;
}

struct removal {
    const answers_t *answers;
    const store_t *source;
    store_t *target;
};

static bool
carry_over(void *owner, const struct entry *entry)
{
    struct removal *removal = owner;
    struct image image = entry_image(entry);
    struct key key;
    size_t size;
    const uint8_t *question = entry_question(entry, &size);

    /* The source of what is local is asked again. */
    if (entry->state == ENTRY_LOCAL
        || !store_is_current(removal->source, entry))
        return false;

    key_of_question(&key, question, size, entry->bits,
                    &removal->answers->secret);

    struct entry *copy = store_put(removal->target, &key, &image,
                                   entry->lifetime_ms, entry->stored_ms);

    if (copy != NULL) {
        copy->retry_ms = entry->retry_ms;
        copy->hit_ms = entry->hit_ms;
        copy->hits = entry->hits;
        copy->uses = entry->uses;
    }
    return false;
}

int
answers_policy_set(answers_t *self, const struct policy *policy,
                   struct core_fault *fault)
{
    store_t *stores[ANSWERS_PARTS] = { NULL };

    for (int i = 0; i < ANSWERS_PARTS; i++) {
        if (capacity_of(policy, i) == capacity_of(self->policy, i))
            continue;
        stores[i] = store_new(capacity_of(policy, i), &self->secret, fault);
        if (stores[i] == NULL) {
            store_destroy(&stores[ANSWERS_SUCCESS]);
            return -1;
        }
    }
    for (int i = 0; i < ANSWERS_PARTS; i++) {
        if (stores[i] != NULL) {
            struct removal removal = { self, self->stores[i], stores[i] };

            store_stale_set(stores[i], policy->stale_ms);
            store_each(self->stores[i], carry_over, &removal);
            store_destroy(&self->stores[i]);
            self->stores[i] = stores[i];
        }
        set_policy(self->stores[i], policy);
    }
    self->policy = policy;
    return 0;
}

const struct key_secret *
answers_secret(const answers_t *self)
{
    return &self->secret;
}

/* ---- what is known ------------------------------------------------------- */

static struct entry *
find(const answers_t *self, const struct key *key)
{
    for (int i = 0; i < ANSWERS_PARTS; i++) {
        struct entry *entry = store_find(self->stores[i], key);

        if (entry != NULL && store_is_current(self->stores[i], entry))
            return entry;
    }
    return NULL;
}

/* Popular enough, and near enough to its end. */
static bool
should_renew(const answers_t *self, const struct entry *entry, uint32_t left,
             int64_t now_ms)
{
    const struct policy *policy = self->policy;
    uint64_t first = entry_first_ttl(entry);
    uint64_t limit = (first * (uint64_t) policy->prefetch_percentage + 99)
        / 100;

    return policy->prefetch > 0 && entry->hits >= policy->prefetch
        && left <= limit && entry->kind != IMAGE_FAILURE
        && entry_is_due(entry, now_ms);
}

/* The lowest TTL in a message. */
static uint32_t
lowest_ttl(const struct image *image)
{
    struct core_message message;
    struct core_records records;
    struct core_rr rr;
    uint32_t lowest = UINT32_MAX;

    if (core_message_parse(&message, image->message, image->message_size)
        != CORE_PARSE_OK)
        return 0;
    core_records_start(&records, &message);
    while (core_records_next(&records, &rr))
        if (rr.ttl < lowest)
            lowest = rr.ttl;
    return lowest == UINT32_MAX ? 0 : lowest;
}

/* What is local is good until its data change, as long as that is told. */
static void
recall_local(const answers_t *self, struct recall *recall, int64_t now_ms)
{
    int64_t away_ms = store_away(self->stores[ANSWERS_SUCCESS]);
    struct image image = entry_image(recall->entry);
    int64_t age_seconds = (now_ms - away_ms) / 1000;
    uint32_t ttl = away_ms == 0 ? 0 : lowest_ttl(&image);

    if (away_ms != 0 && ttl <= age_seconds)
        return;
    recall->state = RECALL_FRESH;
    recall->is_away = away_ms != 0;
    if (recall->is_away)
        recall->ttl_seconds = ttl - (uint32_t) age_seconds;
}

struct recall
answers_recall(const answers_t *self, const struct key *key, int64_t now_ms)
{
    const struct policy *policy = self->policy;
    struct recall recall = { .state = RECALL_NOTHING };
    struct entry *entry = find(self, key);

    if (entry == NULL || entry_is_gone(entry, policy->stale_ms, now_ms))
        return recall;
    recall.entry = entry;
    recall.ttl_seconds = entry_ttl(entry, now_ms);
    if (entry->state == ENTRY_LOCAL) {
        recall_local(self, &recall, now_ms);
        return recall;
    }
    if (recall.ttl_seconds > 0) {
        recall.state = RECALL_FRESH;
        recall.is_due = should_renew(self, entry, recall.ttl_seconds, now_ms);
        if (policy->keep_ttl)
            recall.ttl_seconds = entry_first_ttl(entry);
        return recall;
    }
    recall.state = RECALL_STALE;
    recall.ttl_seconds = (uint32_t) policy->stale_ttl;
    recall.is_due = entry_is_due(entry, now_ms);
    return recall;
}

struct recall
answers_ask(answers_t *self, const struct key *key, int64_t now_ms)
{
    struct recall recall = answers_recall(self, key, now_ms);

    if (recall.state == RECALL_NOTHING)
        return recall;
    store_used(recall.entry);
    if (self->policy->prefetch > 0 && recall.entry->state == ENTRY_LIVE) {
        entry_hit(recall.entry, self->policy->prefetch_pause_ms, now_ms);
        if (recall.state == RECALL_FRESH)
            recall.is_due = should_renew(self, recall.entry,
                                         entry_ttl(recall.entry, now_ms),
                                         now_ms);
    }
    return recall;
}

/* ---- learning ------------------------------------------------------------ */

/* The answer that stays although a reply has come, or NULL. */
static struct entry *
find_good(const answers_t *self, const struct key *key, int64_t now_ms)
{
    struct entry *entry = find(self, key);

    if (entry == NULL || entry->kind == IMAGE_FAILURE
        || entry_is_gone(entry, self->policy->stale_ms, now_ms))
        return NULL;
    return entry;
}

bool
answers_fail(answers_t *self, const struct key *key, int64_t now_ms)
{
    struct entry *entry = find_good(self, key, now_ms);

    if (entry == NULL)
        return false;
    entry_postpone(entry, self->policy->stale_recheck_ms, now_ms);
    return true;
}

static bool
is_outdone(const answers_t *self, const struct key *key, enum image_kind kind,
           int64_t now_ms)
{
    if (kind != IMAGE_NEGATIVE || !self->policy->stale_prefer_positive)
        return false;

    const struct entry *entry = find_good(self, key, now_ms);

    return entry != NULL && entry->kind == IMAGE_POSITIVE;
}

enum learned
answers_learn(answers_t *self, const struct key *key,
              const struct scrubbed *scrubbed, int64_t *lifetime_ms,
              int64_t now_ms)
{
    const struct image *image = &scrubbed->image;
    enum answers_part part = part_of(image->kind);
    bool is_failure = image->kind == IMAGE_FAILURE;

    *lifetime_ms = policy_lifetime(self->policy, scrubbed);
    if ((is_failure || is_outdone(self, key, image->kind, now_ms))
        && answers_fail(self, key, now_ms))
        return LEARNED_OLD;

    /* What was there is no longer true, also when this one is not kept. */
    store_remove(self->stores[ANSWERS_PARTS - 1 - part], key);
    if (*lifetime_ms == 0
        || !policy_keeps(self->policy, image->kind, key->question)
        || store_put(self->stores[part], key, image, *lifetime_ms,
                     now_ms) == NULL) {
        store_remove(self->stores[part], key);
        return is_failure ? LEARNED_FAILURE : LEARNED_NOTHING;
    }
    return is_failure ? LEARNED_FAILURE : LEARNED_ANSWER;
}

bool
answers_learn_local(answers_t *self, const struct key *key,
                    const struct image *image, uint32_t slot, int64_t now_ms)
{
    enum answers_part part = part_of(image->kind);

    store_remove(self->stores[ANSWERS_PARTS - 1 - part], key);
    return policy_keeps(self->policy, image->kind, key->question)
        && store_put_local(self->stores[part], key, image, slot,
                           now_ms) != NULL;
}

void
answers_outdate(answers_t *self, uint32_t slot)
{
    for (int i = 0; i < ANSWERS_PARTS; i++)
        store_outdate(self->stores[i], slot);
}

bool
answers_has(const answers_t *self, const struct key *key)
{
    for (int i = 0; i < ANSWERS_PARTS; i++)
        if (store_find(self->stores[i], key) != NULL)
            return true;
    return false;
}

static void
set_away(answers_t *self, int64_t away_ms)
{
    for (int i = 0; i < ANSWERS_PARTS; i++)
        store_set_away(self->stores[i], away_ms);
}

void
answers_leave(answers_t *self, int64_t now_ms)
{
    if (store_away(self->stores[ANSWERS_SUCCESS]) == 0)
        set_away(self, now_ms);
}

void
answers_follow(answers_t *self)
{
    set_away(self, 0);
}

void
answers_outdate_upstream(answers_t *self, int64_t now_ms)
{
    for (int i = 0; i < ANSWERS_PARTS; i++)
        store_outdate_upstream(self->stores[i], now_ms);
}

/* ---- neighbours who look ------------------------------------------------- */

int
answers_descriptor(const answers_t *self, enum answers_part part)
{
    return store_descriptor(self->stores[part]);
}

void
answers_reported(answers_t *self, enum answers_part part, uint32_t tag,
                 uint32_t position, int64_t now_ms)
{
    struct entry *entry = store_reported(self->stores[part], tag, position);

    if (entry == NULL)
        return;
    store_used(entry);
    if (self->policy->prefetch > 0)
        entry_hit(entry, self->policy->prefetch_pause_ms, now_ms);
}

/* ---- forgetting, looking through ----------------------------------------- */

bool
answers_forget(answers_t *self, const struct key *key)
{
    bool is_known = false;

    for (int i = 0; i < ANSWERS_PARTS; i++)
        is_known = store_remove(self->stores[i], key) || is_known;
    return is_known;
}

/* The bits are not part of the hash: see key.c. */
static void
forget_type(answers_t *self, store_t *store, const uint8_t *name,
            uint16_t type)
{
    struct key key;

    key_of_name(&key, name, type, CORE_IN, 0, &self->secret);
    for (; key.bits < KEY_BITS; key.bits++)
        store_remove(store, &key);
}

void
answers_forget_foreign(answers_t *self, const uint8_t *name)
{
    static const uint16_t others[] = { 99, CORE_ANY, 256, CORE_CAA };

    for (int i = 0; i < ANSWERS_PARTS; i++) {
        store_t *store = self->stores[i];

        if (!store_may_have_foreign(store, name))
            continue;
        for (uint16_t type = 1; type <= TYPES; type++)
            forget_type(self, store, name, type);
        for (size_t j = 0; j < sizeof others / sizeof *others; j++)
            forget_type(self, store, name, others[j]);
    }
}

void
answers_each(answers_t *self,
             bool (*visit)(void *owner, const struct entry *entry),
             void *owner)
{
    for (int i = 0; i < ANSWERS_PARTS; i++)
        store_each(self->stores[i], visit, owner);
}

void
answers_clear(answers_t *self)
{
    for (int i = 0; i < ANSWERS_PARTS; i++)
        store_clear(self->stores[i]);
}

const struct store_counters *
answers_counters(const answers_t *self, enum answers_part part)
{
    return store_counters(self->stores[part]);
}
