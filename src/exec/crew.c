/*
 * crew - the scripts of one configuration, and the queries that wait for them
 */

#include "exec/crew.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "exec/pending.h"
#include "exec/question.h"

#define SOON_MS 20                      /* beats while queries wait */
#define LATER_MS 100
#define COMPLAINTS 10                   /* lines in a span */
#define COMPLAINT_SPAN_MS 10000

struct crew {
    core_loop_t *loop;
    struct terms terms;
    struct terms_counters *counters;
    struct quota complaints;
    char **arguments;
    char *folder;
    struct worker_home home;
    worker_t **workers;
    size_t turn;                        /* who comes first among equals */
    core_timer_t *timer;
    bool is_soon;                       /* the timer's beat */
    bool is_ending;                     /* queries are dropped */
    struct core_zone_record *scratch;
    struct pending_table waiting;
};

/* ---- what the workers say ------------------------------------------------ */

static size_t
write_question(void *owner, const struct ask *ask, uint64_t id, char *line)
{
    const struct pending *pending = (const struct pending *) ask;

    (void) owner;
    return question_write(line, id, core_query_message(pending->query),
                          core_query_record(pending->query));
}

/* The failure treatment of a query in hand. */
static enum core_verdict
treat_failure(crew_t *self, core_query_t *query, enum terms_reason reason)
{
    self->counters->failures[reason]++;
    if (self->is_ending)
        return CORE_DROPPED;
    if (self->terms.on_failure == TERMS_PASS)
        return CORE_PASSED;
    core_query_reply_rcode(query, CORE_SERVFAIL);
    core_query_ede(query, CORE_EDE_OTHER, terms_reason_text(reason));
    return CORE_ANSWERED;
}

static void
fail(void *owner, struct ask *ask, enum terms_reason reason)
{
    crew_t *self = owner;
    struct pending *pending = (struct pending *) ask;

    pending_end(&self->waiting, pending,
                treat_failure(self, core_held_query(pending->held), reason));
}

static int
write_reply(crew_t *self, core_query_t *query, const answer_t *answer,
            struct core_fault *fault)
{
    const char *text;
    unsigned ede = answer_ede(answer, &text);

    if (answer_write(answer, core_query_message(query), &self->terms.answer,
                     self->scratch, core_query_reply(query), fault) == -1)
        return -1;
    if (ede != CORE_EDE_NONE)
        core_query_ede(query, (enum core_ede) ede, text);
    return 0;
}

static int
take_answer(void *owner, struct ask *ask, answer_t *answer,
            struct core_fault *fault)
{
    crew_t *self = owner;
    struct pending *pending = (struct pending *) ask;
    enum core_verdict verdict = CORE_PASSED;

    switch (answer_check(answer, fault)) {
    case ANSWER_BROKEN:
        return -1;
    case ANSWER_PASS:
        self->counters->passed++;
        break;
    case ANSWER_REPLY:
        if (write_reply(self, core_held_query(pending->held), answer,
                        fault) == -1)
            return -1;
        self->counters->answered++;
        verdict = CORE_ANSWERED;
        break;
    }
    core_histogram_add(&self->counters->times,
                       core_loop_now_us(self->loop) - pending->came_us);
    pending_end(&self->waiting, pending, verdict);
    return 0;
}

/* ---- choosing ------------------------------------------------------------ */

static worker_t *
choose_by_name(const crew_t *self, const uint8_t *qname)
{
    int64_t now_ms = core_loop_now_ms(self->loop);

    /* Other bits than those that chose this instance of the stage. */
    size_t first = (core_name_hash(qname) >> 32) % self->terms.workers;

    for (size_t i = 0; i < self->terms.workers; i++) {
        worker_t *worker
            = self->workers[(first + i) % self->terms.workers];

        if (worker_is_open(worker, now_ms))
            return worker;
    }
    return NULL;
}

static worker_t *
choose_least(crew_t *self)
{
    int64_t now_ms = core_loop_now_ms(self->loop);
    worker_t *found = NULL;

    self->turn++;
    for (size_t i = 0; i < self->terms.workers; i++) {
        worker_t *worker
            = self->workers[(self->turn + i) % self->terms.workers];

        if (worker_is_open(worker, now_ms)
            && (found == NULL
                || worker_waiting(worker) < worker_waiting(found)))
            found = worker;
    }
    return found;
}

static worker_t *
choose(crew_t *self, const uint8_t *qname)
{
    return self->terms.balance == TERMS_NAME ? choose_by_name(self, qname)
                                             : choose_least(self);
}

/* A script died that has not seen the question. */
static void
give_back(void *owner, struct ask *ask)
{
    crew_t *self = owner;
    const struct pending *pending = (const struct pending *) ask;
    worker_t *worker = self->is_ending ? NULL
        : choose(self, core_query_message(pending->query)->qname);

    if (worker == NULL)
        fail(self, ask, REASON_DOWN);
    else
        worker_take(worker, ask);
}

/* ---- beats --------------------------------------------------------------- */

static void beat(void *owner);

/* Sees to it that the workers are looked at as long as they need it. */
static void
set_timer(crew_t *self)
{
    bool is_busy = false, is_soon = false;

    for (size_t i = 0; i < self->terms.workers; i++)
        is_busy = worker_is_busy(self->workers[i], &is_soon) || is_busy;
    if (self->timer != NULL && is_soon && !self->is_soon)
        core_loop_timer_cancel(self->loop, &self->timer);
    if (!is_busy || self->timer != NULL)
        return;
    self->is_soon = is_soon;
    self->timer = core_loop_timer(self->loop, is_soon ? SOON_MS : LATER_MS, 0,
                                  beat, self);
}

static void
beat(void *owner)
{
    crew_t *self = owner;

    self->timer = NULL;                 /* it has ended itself */
    for (size_t i = 0; i < self->terms.workers; i++)
        worker_beat(self->workers[i]);
    set_timer(self);
}

void
crew_flush(crew_t *self)
{
    for (size_t i = 0; i < self->terms.workers; i++)
        worker_flush(self->workers[i]);
    set_timer(self);
}

/* ---- queries ------------------------------------------------------------- */

/* When it must end: an asker who would give up earlier gets half of that. */
static int64_t
time_for(const crew_t *self, const struct core_record *record)
{
    int64_t half_ms = record->left_ms / 2;

    return record->left_ms > 0 && half_ms < self->terms.timeout_ms
        ? half_ms : self->terms.timeout_ms;
}

/* Room for one more: the oldest that no script has seen makes it. */
static bool
make_room(crew_t *self, worker_t *worker)
{
    struct ask *oldest;

    if (self->waiting.count < self->terms.waiting)
        return true;
    oldest = worker_shed(worker);
    if (oldest == NULL)
        return false;
    fail(self, oldest, REASON_FULL);
    return true;
}

enum core_verdict
crew_take(crew_t *self, core_query_t *query)
{
    const struct core_record *record = core_query_record(query);
    int64_t now_ms = core_loop_now_ms(self->loop);
    int64_t limit_ms = time_for(self, record);
    struct pending *pending;
    worker_t *worker;
    core_held_t *held;

    if ((record->flags & CORE_RECORD_RESENT) != 0
        && pending_finds(&self->waiting, record))
        return CORE_DROPPED;
    worker = choose(self, core_query_message(query)->qname);
    if (worker == NULL)
        return treat_failure(self, query, REASON_DOWN);
    held = make_room(self, worker) ? core_query_hold(query) : NULL;
    if (held == NULL)
        return treat_failure(self, query, REASON_FULL);
    pending = pending_add(&self->waiting, held);
    pending->came_us = core_loop_now_us(self->loop);
    pending->ask.hand_due_ms = now_ms + limit_ms / 2;
    pending->ask.due_ms = now_ms + limit_ms;
    worker_take(worker, &pending->ask);
    return CORE_HELD;
}

size_t
crew_waiting(const crew_t *self)
{
    return self->waiting.count;
}

/* ---- the class ----------------------------------------------------------- */

static void
copy_command(crew_t *self, const struct core_list *command)
{
    const char *const *words = command->items;

    self->arguments = core_allocate((command->count + 1)
                                    * sizeof *self->arguments);
    for (size_t i = 0; i < command->count; i++)
        self->arguments[i] = core_copy_text(words[i]);
}

static void
make_workers(crew_t *self)
{
    self->workers = core_allocate(self->terms.workers
                                  * sizeof (worker_t *));
    for (size_t i = 0; i < self->terms.workers; i++) {
        char name[32] = "script";

        if (self->terms.workers > 1)
            snprintf(name, sizeof name, "script %zu", i + 1);
        self->workers[i] = worker_new(&self->home, name);
    }
}

crew_t *
crew_new(core_loop_t *loop, const struct terms *terms,
         const struct core_list *command, const char *folder,
         struct terms_counters *counters)
{
    crew_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->terms = *terms;
    self->counters = counters;
    self->complaints = (struct quota) {
        .most = COMPLAINTS, .span_ms = COMPLAINT_SPAN_MS,
        .began_ms = INT64_MIN / 2,
    };
    copy_command(self, command);
    self->folder = core_copy_text(folder);
    self->scratch = core_allocate(sizeof *self->scratch);
    self->home = (struct worker_home) {
        .loop = loop, .terms = &self->terms, .counters = counters,
        .complaints = &self->complaints, .arguments = self->arguments,
        .folder = self->folder, .owner = self, .write = write_question,
        .answer = take_answer, .fail = fail, .give_back = give_back,
    };
    make_workers(self);
    beat(self);
    return self;
}

void
crew_destroy(crew_t **self_p)
{
    assert(self_p);

    crew_t *self = *self_p;

    if (self == NULL)
        return;
    self->is_ending = true;
    core_loop_timer_cancel(self->loop, &self->timer);
    for (size_t i = 0; i < self->terms.workers; i++)
        worker_destroy(&self->workers[i]);
    for (char **word = self->arguments; *word != NULL; word++)
        free(*word);
    free(self->arguments);
    free(self->folder);
    free(self->scratch);
    free(self->workers);
    free(self);
    *self_p = NULL;
}

void
crew_leave(crew_t *self, int64_t limit_ms)
{
    for (size_t i = 0; i < self->terms.workers; i++)
        worker_leave(self->workers[i], limit_ms);
    set_timer(self);
}

bool
crew_is_gone(const crew_t *self)
{
    for (size_t i = 0; i < self->terms.workers; i++)
        if (!worker_is_gone(self->workers[i]))
            return false;
    return true;
}
