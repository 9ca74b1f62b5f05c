/*
 * publish - the memory of the cache is shown to the stages in front of it
 *
 * They answer from it without asking, and report what they used.
 *
 * Data of this server have no TTL that runs: their answers are good until
 * their source says that something has changed.  What depends on the records
 * of one name has its version under that name, among others by chance; all
 * the rest has one version together, which moves with every change.  And a
 * name that becomes ours is no longer what upstream said of it.
 */

#include "cache/state.h"

#include <string.h>

#include "coredns/log.h"
#include "coredns/name.h"

#define ANY_CHANGE 0                    /* the slot of what depends on all */

/* ---- reports ------------------------------------------------------------- */

static void
take_report(void *owner, const struct table_report *report)
{
    struct cache *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);

    for (int i = 0; i < ANSWERS_PARTS; i++) {
        self->counters.hits[i] += report->hits[i];
        self->counters.requests += report->hits[i];
    }
    for (uint32_t i = 0; i < report->use_count; i++) {
        const struct table_use *use = &report->uses[i];

        answers_reported(self->answers, (enum answers_part) use->piece,
                         use->tag, use->position, now_ms);
    }
}

/* ---- showing ------------------------------------------------------------- */

static void
show(struct cache *self)
{
    int descriptors[TABLE_PIECES];

    for (int i = 0; i < ANSWERS_PARTS; i++)
        descriptors[i] = answers_descriptor(self->answers,
                                            (enum answers_part) i);
    table_offer_set(self->offer, descriptors);
}

void
cache_publish(struct cache *self)
{
    const char *endpoint = core_life_wire(self->life, "pipe", NULL);
    struct core_fault fault;

    if (!self->policy->publish || endpoint == NULL
        || strncmp(endpoint, "ipc://", strlen("ipc://")) != 0) {
        table_offer_destroy(&self->offer);
        return;
    }
    if (self->offer == NULL)
        self->offer = table_offer_new(self->loop, endpoint, take_report, self,
                                      &fault);
    if (self->offer == NULL)
        core_log_fault(CORE_LOG_WARNING, &fault);
    else
        show(self);
}

/* ---- versions of local data ---------------------------------------------- */

uint32_t
cache_version_slot(const uint8_t *name)
{
    if (name == NULL)
        return ANY_CHANGE;
    return 1 + (uint32_t) (core_name_hash(name) % (TABLE_VERSIONS - 1));
}

static void
spoil(void *owner, struct flight *flight)
{
    const uint8_t *name = owner;

    if (name == NULL || core_name_equal(flight->key.question, name))
        flight->is_outdated = true;
}

/* What upstream said of the name before we had it is not good any more, nor
   what it is about to say. */
static void
forget_name(struct cache *self, const uint8_t *name)
{
    answers_forget_foreign(self->answers, name);
    pending_each(self->pending, spoil, (void *) (uintptr_t) name);
}

/* The same of all names; nothing is looked through for it. */
static void
forget_upstream(struct cache *self)
{
    answers_outdate_upstream(self->answers, core_loop_now_ms(self->loop));
    pending_each(self->pending, spoil, NULL);
}

void
cache_handle_change(void *state, enum core_changed what, const uint8_t *name)
{
    struct cache *self = state;

    if (what == CORE_CHANGED_AWAY) {
        answers_leave(self->answers, core_loop_now_ms(self->loop));
        return;
    }
    answers_outdate(self->answers, ANY_CHANGE);
    if (what == CORE_CHANGED_NAME) {
        answers_outdate(self->answers, cache_version_slot(name));
        forget_name(self, name);
        return;
    }
    for (uint32_t slot = 0; slot < TABLE_VERSIONS; slot++)
        answers_outdate(self->answers, slot);
    if (what == CORE_CHANGED_LOST)
        answers_follow(self->answers);
    if (what == CORE_CHANGED_ALL)
        forget_upstream(self);
}

/* Of questions that nobody asks there is no end: only those that somebody has
   asked are worth their room. */
void
cache_handle_answer(void *state, const core_query_t *reply)
{
    struct cache *self = state;
    struct key key;

    key_of_query(&key, core_query_message(reply),
                 answers_secret(self->answers));
    if (answers_has(self->answers, &key))
        cache_learn_local(self, &key, reply, core_loop_now_ms(self->loop));
}
