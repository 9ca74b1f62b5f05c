/*
 * chaos - delays, drops, repeats and breaks on purpose
 *
 * All effects are asked about a query when it comes, in the order of the
 * configuration, so that each counts what it sees; then it is dropped, or it
 * waits, or what is left of it happens at once.  What waits is looked at when
 * the round ends: by then the queries that were to overtake it have been sent.
 */

#include "chaos/chaos.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "chaos/counters.h"
#include "chaos/effect.h"
#include "chaos/making.h"
#include "chaos/memory.h"
#include "chaos/settings.h"
#include "chaos/waiting.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

struct state {
    const struct settings *settings;
    core_life_t *life;                  /* from watch() on */
    struct effect *effects;
    size_t count;
    memory_t *memory;
    waiting_t *waiting;
    uint64_t turn;                      /* queries so far */
    core_timer_t *timer;                /* for the earliest that waits */
    int64_t timer_ms;
    struct counters counters;
};

/* ---- settings ------------------------------------------------------------ */

/* The settings have been checked. */
static void
take_settings(struct state *self, const struct settings *settings)
{
    const struct effect_settings *items = settings->effects.items;
    core_faults_t *faults = core_faults_new();
    uint64_t seed = settings_seed(settings);

    self->settings = settings;
    self->effects = core_allocate((settings->effects.count + 1)
                                  * sizeof *self->effects);
    for (size_t i = 0; i < settings->effects.count; i++) {
        int rc = effect_open(&self->effects[i], &items[i], seed, i, faults);

        assert(rc == 0);
        self->count++;
    }
    core_faults_destroy(&faults);
    self->waiting = waiting_new((size_t) settings->waiting);
    self->memory = memory_new();
}

static void
leave_settings(struct state *self)
{
    for (size_t i = 0; i < self->count; i++)
        effect_clear(&self->effects[i]);
    free(self->effects);
    self->effects = NULL;
    self->count = 0;
    waiting_destroy(&self->waiting);
    memory_destroy(&self->memory);
}

/* ---- what befalls -------------------------------------------------------- */

/* A bit for each effect that befalls the message. */
static uint64_t
choose(struct state *self, enum effect_target target,
       const struct core_message *message, const struct core_record *record)
{
    uint64_t *counters = target == EFFECT_QUERIES ? self->counters.queries
                                                  : self->counters.replies;
    uint64_t chosen = 0;

    for (size_t i = 0; i < self->count; i++) {
        struct effect *effect = &self->effects[i];

        if (effect->settings->target != (int) target
            || !effect_befalls(effect, message, record))
            continue;
        chosen |= (uint64_t) 1 << i;
        counters[effect->settings->kind]++;
    }
    return chosen;
}

/* The first chosen effect of that kind, or NULL. */
static const struct effect *
first_of(const struct state *self, uint64_t chosen, enum effect_kind kind)
{
    for (size_t i = 0; i < self->count; i++)
        if ((chosen >> i & 1) != 0
            && self->effects[i].settings->kind == (int) kind)
            return &self->effects[i];
    return NULL;
}

/* What happens to a query when it has waited long enough. */
static enum core_verdict
finish(const struct state *self, core_query_t *query, uint64_t chosen)
{
    const struct core_message *message = core_query_message(query);
    const struct effect *truncate = first_of(self, chosen, EFFECT_TRUNCATE);
    const struct effect *answer = first_of(self, chosen, EFFECT_ANSWER);
    const struct effect *rcode = first_of(self, chosen, EFFECT_RCODE);
    bool is_short = truncate != NULL && !truncate->settings->keeps_records;

    if (rcode != NULL)
        core_query_reply_rcode(query, rcode->rcode);
    else if (is_short)
        core_writer_end(core_query_reply(query), CORE_TC, CORE_NOERROR);
    else if (answer != NULL)
        making_answer(core_query_reply(query), message,
                      answer->settings->is_large ? MAKING_LARGE : MAKING_SMALL,
                      truncate != NULL ? CORE_TC : 0);
    else
        return CORE_PASSED;
    return CORE_ANSWERED;
}

/* Sums up how late the effects make a query; false when it is not. */
static bool
wait_of(const struct state *self, struct waiting_item *item)
{
    uint64_t chosen = item->effects;
    const struct effect *reorder = first_of(self, chosen, EFFECT_REORDER);
    int64_t delay_ms = 0;
    bool is_late = false;

    for (size_t i = 0; i < self->count; i++) {
        const struct effect *effect = &self->effects[i];

        if ((chosen >> i & 1) == 0 || effect->settings->kind != EFFECT_DELAY)
            continue;
        delay_ms += effect_delay(effect);
        is_late = true;
    }
    item->turn = WAITING_NO_TURN;
    if (!is_late && reorder != NULL) {
        item->turn = self->turn + (uint64_t) reorder->settings->by;
        delay_ms = reorder->settings->within_ms;
        is_late = true;
    }
    item->due_ms = core_loop_now_ms(core_life_loop(self->life)) + delay_ms;
    return is_late;
}

/* Keeps it with a copy of its own; false when too much is kept already. */
static bool
keep(struct state *self, core_query_t *query, struct waiting_item *item)
{
    item->held = waiting_is_full(self->waiting) ? NULL
        : core_query_hold(query);
    if (item->held == NULL) {
        self->counters.overflow++;
        return false;
    }
    waiting_add(self->waiting, item);
    return true;
}

/* Another one like it, for which item says when it goes. */
static void
repeat(struct state *self, core_query_t *query, struct waiting_item item)
{
    item.fingerprint = 0;
    keep(self, query, &item);
}

/* ---- what waits ---------------------------------------------------------- */

/* The reply once more, with the first item of each kind. */
static void
repeat_reply(core_held_t *held)
{
    core_query_t *reply = core_held_query(held);
    const struct core_record *record = core_query_record(reply);

    core_query_reply_copy(reply, record->message, record->message_size);
    for (unsigned kind = CORE_TRAIL_SERVER; kind <= CORE_TRAIL_SCOPE; kind++) {
        size_t size;
        const uint8_t *value = core_trail_find(record->trail,
                                               record->trail_size,
                                               (enum core_trail_kind) kind,
                                               &size);

        if (value != NULL && kind != CORE_TRAIL_HOP)
            core_query_trail(reply, (enum core_trail_kind) kind, value, size);
    }
    core_held_end(&held, CORE_ANSWERED);
}

static void
release(void *owner, const struct waiting_item *item)
{
    struct state *self = owner;
    core_held_t *held = item->held;
    struct memory_entry *entry;
    enum core_verdict verdict;

    if (item->is_reply) {
        repeat_reply(held);
        return;
    }
    verdict = finish(self, core_held_query(held), item->effects);
    core_held_end(&held, verdict);
    if (item->fingerprint == 0)
        return;
    entry = memory_find(self->memory, item->fingerprint);
    if (entry != NULL)
        entry->is_waiting = false;
}

static void
release_all(struct state *self)
{
    waiting_release(self->waiting, INT64_MAX, self->turn, release, self);
}

static void
forget_timer(void *owner)
{
    struct state *self = owner;

    self->timer = NULL;                 /* it has ended itself */
}

static void
set_timer(struct state *self)
{
    core_loop_t *loop = core_life_loop(self->life);
    int64_t due_ms = waiting_due(self->waiting);

    if (due_ms == INT64_MAX
        || (self->timer != NULL && self->timer_ms <= due_ms))
        return;

    int64_t left_ms = due_ms - core_loop_now_ms(loop);

    core_loop_timer_cancel(loop, &self->timer);
    self->timer = core_loop_timer(loop, left_ms > 0 ? left_ms : 0, 0,
                                  forget_timer, self);
    self->timer_ms = due_ms;
}

/* At the end of each round. */
static void
end_round(void *owner)
{
    struct state *self = owner;

    waiting_release(self->waiting,
                    core_loop_now_ms(core_life_loop(self->life)), self->turn,
                    release, self);
    set_timer(self);
}

/* ---- queries and replies ------------------------------------------------- */

/* A query that has been here: what befell it befalls it again, but for what
   was done to make it late. */
static enum core_verdict
meet_again(struct state *self, core_query_t *query,
           const struct memory_entry *entry)
{
    self->counters.repeated++;
    if (entry->is_waiting
        || first_of(self, entry->effects, EFFECT_DROP) != NULL)
        return CORE_DROPPED;
    return finish(self, query, entry->effects);
}

static enum core_verdict
meet(struct state *self, core_query_t *query)
{
    const struct core_message *message = core_query_message(query);
    const struct core_record *record = core_query_record(query);
    uint64_t fingerprint = memory_fingerprint(message, record);
    struct memory_entry *entry = memory_put(self->memory, fingerprint);
    struct waiting_item item = { .fingerprint = fingerprint };

    self->turn++;
    item.effects = choose(self, EFFECT_QUERIES, message, record);
    entry->effects = item.effects;
    if (item.effects == 0)
        return CORE_PASSED;
    if (first_of(self, item.effects, EFFECT_DROP) != NULL)
        return CORE_DROPPED;
    entry->is_waiting = wait_of(self, &item) && keep(self, query, &item);
    if (!entry->is_waiting) {
        item.due_ms = 0;
        item.turn = WAITING_NO_TURN;
    }
    if (first_of(self, item.effects, EFFECT_DUPLICATE) != NULL)
        repeat(self, query, item);
    return entry->is_waiting ? CORE_HELD : finish(self, query, item.effects);
}

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    struct state *self = state;
    const struct core_message *message = core_query_message(query);
    const struct core_record *record = core_query_record(query);

    if (core_message_opcode(message) != CORE_OPCODE_QUERY)
        return CORE_PASSED;
    if ((record->flags & CORE_RECORD_RESENT) != 0) {
        struct memory_entry *entry
            = memory_find(self->memory, memory_fingerprint(message, record));

        if (self->settings->resent == RESENT_SPARED)
            return CORE_PASSED;
        if (entry != NULL)
            return meet_again(self, query, entry);
    }
    return meet(self, query);
}

/* A transfer is a row of replies, and half of it is none. */
static bool
is_left_alone(const core_query_t *reply)
{
    const struct core_message *message = core_query_message(reply);

    return core_message_opcode(message) != CORE_OPCODE_QUERY
        || (core_query_record(reply)->flags & CORE_RECORD_MORE) != 0
        || message->qtype == CORE_AXFR || message->qtype == CORE_IXFR;
}

/* What is said instead of a reply. */
static enum core_verdict
replace(const struct state *self, core_query_t *reply, uint64_t chosen)
{
    const struct core_message *message = core_query_message(reply);
    const struct effect *rcode = first_of(self, chosen, EFFECT_RCODE);
    const struct effect *truncate = first_of(self, chosen, EFFECT_TRUNCATE);
    uint8_t bytes[CORE_MESSAGE_SIZE];

    if (rcode != NULL)
        core_query_reply_rcode(reply, rcode->rcode);
    else if (truncate == NULL)
        return CORE_PASSED;
    else if (truncate->settings->keeps_records) {
        memcpy(bytes, message->bytes, message->size);
        core_write16(bytes + 2, message->flags | CORE_TC);
        core_query_reply_copy(reply, bytes, message->size);
    }
    else
        making_truncated(core_query_reply(reply), message);
    return CORE_ANSWERED;
}

static enum core_verdict
handle_reply(void *state, core_query_t *reply)
{
    struct state *self = state;
    uint64_t chosen;

    if (is_left_alone(reply))
        return CORE_PASSED;
    chosen = choose(self, EFFECT_REPLIES, core_query_message(reply),
                    core_query_record(reply));
    if (chosen == 0)
        return CORE_PASSED;
    if (first_of(self, chosen, EFFECT_DROP) != NULL)
        return CORE_DROPPED;
    if (first_of(self, chosen, EFFECT_DUPLICATE) != NULL)
        repeat(self, reply, (struct waiting_item) {
            .is_reply = true, .turn = WAITING_NO_TURN });
    return replace(self, reply, chosen);
}

/* ---- life ---------------------------------------------------------------- */

static void *
open_chaos(const void *settings, struct core_fault *fault)
{
    struct state *self = core_allocate(sizeof *self);

    (void) fault;
    take_settings(self, settings);
    return self;
}

static void
count_waiting(void *owner)
{
    struct state *self = owner;

    self->counters.waiting = waiting_count(self->waiting);
}

static int
watch(void *state, core_life_t *life, struct core_fault *fault)
{
    struct state *self = state;

    (void) fault;
    self->life = life;
    core_loop_flusher(core_life_loop(life), end_round, self);
    counters_tell(&self->counters, core_life_telemetry(life));
    core_telemetry_refresher(core_life_telemetry(life), count_waiting, self);
    core_life_ready(life, true, NULL);
    return 0;
}

static int
reload(void *state, const void *settings, struct core_fault *fault)
{
    struct state *self = state;

    (void) fault;
    release_all(self);
    leave_settings(self);
    take_settings(self, settings);
    return 0;
}

/* What waits is not late any more. */
static bool
drain(void *state)
{
    release_all(state);
    return true;
}

static void
close_chaos(void **state_p)
{
    struct state *self = *state_p;

    if (self == NULL)
        return;
    if (self->life != NULL) {
        release_all(self);
        core_loop_timer_cancel(core_life_loop(self->life), &self->timer);
    }
    leave_settings(self);
    free(self);
    *state_p = NULL;
}

const struct core_stage chaos_stage = {
    .name = "chaos",
    .summary = "delays, drops, repeats and breaks on purpose",
    .settings = settings_table,
    .settings_size = sizeof (struct settings),
    .open = open_chaos,
    .check = settings_check,
    .handle_query = handle_query,
    .handle_reply = handle_reply,
    .watch = watch,
    .reload = reload,
    .drain = drain,
    .close = close_chaos,
};
