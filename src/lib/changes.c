/*
 * changes - data of ours are others: all that may keep our replies are told
 *
 * What was composed of the old data leaves first, and everything made of the
 * new later; so whoever keeps replies need only drop what it has when it is
 * told.  Names are gathered until the end of the loop's round; when there are
 * many of them, everything has changed.
 *
 * Who keeps replies has to ask once more for what was changed, and whoever
 * asks him meanwhile waits for two processes more.  So the answers to a few
 * questions are told with the change, and he takes those that he has known.
 */

#include "life.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "coredns/writer.h"

#define NAMES_MOST 256                  /* told one by one */
#define ANSWERS_MOST 64                 /* told with them */
#define ANSWER_SIZE 4096                /* of one of these, at most */
#define ANSWERS_SIZE 65536              /* of all that are composed for it */
#define QUESTION_SIZE (CORE_HEADER_SIZE + CORE_NAME_SIZE + 4)
#define DEPTH 8                         /* nothing is looked up for them */

struct question {
    uint16_t type;
    uint8_t name[CORE_NAME_SIZE];
};

struct changes {
    core_batch_t *batch;                /* names */
    unsigned count;
    bool is_all;
    bool is_lost;                       /* then, perhaps: */
    bool is_away;
    struct question *questions;         /* to be answered with the change */
    size_t question_count, question_capacity;
};

void
changes_new(core_life_t *life)
{
    life->changes = core_allocate(sizeof *life->changes);
    life->changes->batch = core_batch_new();
    core_batch_start(life->changes->batch, CORE_BATCH_CHANGES);
}

void
changes_destroy(core_life_t *life)
{
    if (life->changes == NULL)
        return;
    core_batch_destroy(&life->changes->batch);
    free(life->changes->questions);
    free(life->changes);
    life->changes = NULL;
}

/* ---- what is told, as it travels ----------------------------------------- */

/* The types that say it, at the root: RFC 1035's for nothing, and one that a
   NOTIFY usually has. */
#define TYPE_LOST 10
#define TYPE_AWAY 13
#define TYPE_NONE CORE_SOA

static void
add_notify(core_batch_t *batch, const uint8_t *name, uint16_t type)
{
    uint8_t message[CORE_HEADER_SIZE + CORE_NAME_SIZE + 4] = { 0 };
    size_t size = core_name_size(name);
    struct core_record record = {
        .message = message, .message_size = CORE_HEADER_SIZE + size + 4,
    };

    core_write16(message + 2, CORE_OPCODE_NOTIFY << 11);
    core_write16(message + 4, 1);
    memcpy(message + CORE_HEADER_SIZE, name, size);
    core_write16(message + CORE_HEADER_SIZE + size, type);
    core_write16(message + CORE_HEADER_SIZE + size + 2, CORE_IN);
    core_batch_add(batch, &record);
}

static const uint8_t root[] = { 0 };

void
changes_make_all(core_batch_t *batch)
{
    core_batch_start(batch, CORE_BATCH_CHANGES);
    add_notify(batch, root, CORE_ANY);
}

void
changes_make_none(core_batch_t *batch)
{
    core_batch_start(batch, CORE_BATCH_CHANGES);
    add_notify(batch, root, TYPE_NONE);
}

/* ---- telling ------------------------------------------------------------- */

void
changes_send(core_life_t *life)
{
    struct changes *changes = life->changes;

    if (changes == NULL
        || (core_batch_count(changes->batch) == 0 && !changes->is_lost
            && !changes->is_all && !changes->is_away))
        return;
    if (changes->is_all)
        changes_make_all(changes->batch);
    else if (changes->is_lost)
        add_notify(changes->batch, root, TYPE_LOST);
    if (changes->is_away)
        add_notify(changes->batch, root, TYPE_AWAY);
    core_inlet_tell(life->inlet, changes->batch);
    core_batch_start(changes->batch, CORE_BATCH_CHANGES);
    changes->count = 0;
    changes->is_lost = changes->is_all = changes->is_away = false;
}

/* Says whether the reply that is being composed depends on its name alone. */
static bool
is_of_name(const core_life_t *life, const core_query_t *query)
{
    size_t size;
    const uint8_t *scope = core_trail_find(life->trail, query->trail_size,
                                           CORE_TRAIL_SCOPE, &size);

    return scope != NULL && size == 1 && *scope == CORE_SCOPE_NAME;
}

/* Adds what would be answered now; returns how many octets were composed. */
static size_t
add_answer(core_life_t *life, const struct question *question)
{
    static const struct core_envelope nobody = { .hops = 0 };
    static const uint8_t trail[] = { CORE_TRAIL_DEPTH, 0, 1, 0, DEPTH };
    core_batch_t *batch = life->changes->batch;
    uint8_t bytes[QUESTION_SIZE];
    struct core_writer writer;
    core_query_t query;

    core_writer_query(&writer, bytes, sizeof bytes, 0, CORE_RD, question->name,
                      question->type, CORE_IN);

    struct core_record record = {
        .message = bytes, .message_size = core_writer_end(&writer, 0, 0),
        .flags = CORE_RECORD_INTERNAL, .transport = CORE_INTERNAL,
        .trail = trail, .trail_size = sizeof trail,
    };

    if (core_batch_is_full(batch, CORE_MESSAGE_SIZE)
        || !query_start(&query, life, &record, batch, &nobody)
        || life->stage->handle_query(life->version.state, &query)
            != CORE_ANSWERED)
        return 0;
    if (query.writer.size <= ANSWER_SIZE && is_of_name(life, &query))
        query_commit(&query);
    return query.writer.size;
}

/* Adds the answers that were asked for; none when all others are as new, or
   nobody is told. */
static void
add_answers(core_life_t *life)
{
    struct changes *changes = life->changes;
    size_t composed = 0;

    if (changes->is_all || !core_inlet_is_followed(life->inlet))
        changes->question_count = 0;
    for (size_t i = 0; i < changes->question_count && composed < ANSWERS_SIZE;
         i++)
        composed += add_answer(life, &changes->questions[i]);
    changes->question_count = 0;
}

void
core_life_tell_changes(core_life_t *life)
{
    if (life->changes == NULL)
        return;
    add_answers(life);
    changes_send(life);
}

void
changes_flush(void *owner)
{
    core_life_t *life = owner;

    core_life_tell_changes(life);
    core_inlet_tell_again(life->inlet);
}

/* Notes a change; what was made of the old data leaves before, and may send
   what was noted until now. */
static void
note(core_life_t *life, enum core_changed what, const uint8_t *name)
{
    struct changes *changes = life->changes;

    if (changes == NULL)
        return;
    life_flush_late(life);
    if (what == CORE_CHANGED_AWAY)
        changes->is_away = true;
    if (what == CORE_CHANGED_LOST) {
        changes->is_away = false;
        changes->is_lost = true;
    }
    if (changes->is_all || what == CORE_CHANGED_AWAY
        || what == CORE_CHANGED_LOST)
        return;
    if (what == CORE_CHANGED_ALL || changes->count == NAMES_MOST)
        changes->is_all = true;
    else {
        add_notify(changes->batch, name, CORE_ANY);
        changes->count++;
    }
}

/* Notes a question whose answer is to be told; the same one once. */
static void
note_question(struct changes *changes, const uint8_t *name, uint16_t type)
{
    struct question *question;

    for (size_t i = 0; i < changes->question_count; i++)
        if (changes->questions[i].type == type
            && core_name_equal(changes->questions[i].name, name))
            return;
    if (changes->question_count == ANSWERS_MOST)
        return;
    changes->questions = core_grow(changes->questions,
                                   changes->question_count,
                                   &changes->question_capacity,
                                   sizeof *changes->questions);
    question = &changes->questions[changes->question_count++];
    question->type = type;
    memcpy(question->name, name, core_name_size(name));
}

void
core_life_changed(core_life_t *life, const uint8_t *name, uint16_t type)
{
    bool is_all = name == NULL || *name == 0;

    note(life, is_all ? CORE_CHANGED_ALL : CORE_CHANGED_NAME, name);
    if (life->changes != NULL && !is_all && type != CORE_ANY)
        note_question(life->changes, name, type);
}

/* ---- changes behind us --------------------------------------------------- */

static void
handle(core_life_t *life, enum core_changed what, const uint8_t *name)
{
    if (life->stage->handle_change != NULL)
        life->stage->handle_change(life->version.state, what, name);
    note(life, what, name);
}

/* An answer as it is from now on.  Of several instances only one is asked for
   a name, and another one may lag behind it. */
static void
handle_answer(core_life_t *life, const struct core_record *record)
{
    static const struct core_envelope nobody = { .hops = 0 };
    core_query_t reply;

    if (life->stage->handle_answer != NULL
        && core_outlet_instances(life->next) == 1
        && query_start(&reply, life, record, life->replies, &nobody)
        && reply.message.qname != NULL)
        life->stage->handle_answer(life->version.state, &reply);
}

/* What cannot be read may mean anything. */
static void
handle_record(core_life_t *life, const struct core_record *record)
{
    struct core_message message;

    if (record->message_size >= CORE_HEADER_SIZE
        && (core_read16(record->message + 2) & CORE_QR) != 0)
        handle_answer(life, record);
    else if (core_message_parse(&message, record->message, record->message_size)
        != CORE_PARSE_OK || message.qname == NULL)
        handle(life, CORE_CHANGED_ALL, NULL);
    else if (*message.qname != 0)
        handle(life, CORE_CHANGED_NAME, message.qname);
    else if (message.qtype != TYPE_NONE)
        handle(life, message.qtype == TYPE_LOST ? CORE_CHANGED_LOST
               : message.qtype == TYPE_AWAY ? CORE_CHANGED_AWAY
               : CORE_CHANGED_ALL, NULL);
}

void
changes_take(void *owner, const struct core_envelope *envelope,
             struct core_batch_reader *reader)
{
    struct core_record record;

    (void) envelope;
    while (core_batch_next(reader, &record))
        handle_record(owner, &record);
}

void
changes_away(void *owner)
{
    handle(owner, CORE_CHANGED_AWAY, NULL);
}

void
changes_lost(void *owner)
{
    handle(owner, CORE_CHANGED_LOST, NULL);
}
