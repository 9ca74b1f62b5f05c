/*
 * query - a batch comes in: each of its queries gets its verdict
 *
 * Replies are composed where they will be sent from, the batch that goes back
 * to the asker; what is passed on is gathered in one batch for each instance
 * of the next stage.  Both are sent when the incoming batch has been seen to
 * its end, because they share its envelope.
 */

#include <assert.h>
#include <string.h>

#include "coredns/clock.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "life.h"

/* ---- what a stage asks of a query ---------------------------------------- */

const struct core_message *
core_query_message(const core_query_t *query)
{
    return &query->message;
}

const struct core_record *
core_query_record(const core_query_t *query)
{
    return &query->record;
}

static uint8_t *
reserve_reply(core_query_t *query)
{
    return core_batch_reserve(query->batch, CORE_MESSAGE_SIZE);
}

struct core_writer *
core_query_reply(core_query_t *query)
{
    core_writer_reply(&query->writer, reserve_reply(query), CORE_MESSAGE_SIZE,
                      &query->message);
    return &query->writer;
}

void
core_query_reply_copy(core_query_t *query, const uint8_t *message,
                      size_t message_size)
{
    uint8_t *bytes = reserve_reply(query);

    assert(message_size >= CORE_HEADER_SIZE
           && message_size <= CORE_MESSAGE_SIZE);
    memcpy(bytes, message, message_size);
    core_write16(bytes, query->message.id);
    query->writer.bytes = bytes;
    query->writer.size = message_size;
}

void
core_query_reply_rcode(core_query_t *query, unsigned rcode)
{
    core_writer_end(core_query_reply(query), 0, rcode);
}

uint8_t *
core_query_change(core_query_t *query, size_t size)
{
    core_life_t *life = query->life;

    assert(size >= CORE_HEADER_SIZE && size <= CORE_MESSAGE_SIZE);
    if (life->changed == NULL)
        life->changed = core_allocate(CORE_MESSAGE_SIZE);
    query->record.message = life->changed;
    query->record.message_size = size;
    return life->changed;
}

uint64_t
query_hash(const core_query_t *self)
{
    struct core_message changed;

    if (self->record.message == self->message.bytes)
        return core_name_hash(self->message.qname);
    if (core_message_parse(&changed, self->record.message,
                           self->record.message_size) != CORE_PARSE_OK)
        return 0;                       /* the next stage says what is wrong */
    return core_name_hash(changed.qname);
}

void
core_query_trail(core_query_t *query, enum core_trail_kind kind,
                 const void *value, size_t value_size)
{
    query->trail_size = core_trail_add(query->life->trail, query->trail_size,
                                       kind, value, value_size);
}

void
core_query_local(core_query_t *query)
{
    query->trail_size = core_trail_local(query->life->trail,
                                         query->trail_size);
}

void
core_query_part(const core_query_t *query, struct core_part *part)
{
    if (!core_trail_part(query->record.trail, query->record.trail_size, part))
        *part = (struct core_part) { .number = 0 };
}

void
core_query_more(core_query_t *query, const void *bookmark, size_t size)
{
    struct core_part part;

    core_query_part(query, &part);
    part.bookmark = bookmark;
    part.bookmark_size = size;
    query->trail_size = core_trail_add_part(query->life->trail,
                                            query->trail_size, &part);
    query->has_more = size > 0;
}

void
core_query_ede(core_query_t *query, enum core_ede code, const char *text)
{
    uint8_t value[2 + 255];
    size_t size = text == NULL ? 0 : strnlen(text, sizeof value - 2);

    core_write16(value, (uint16_t) code);
    if (size > 0)
        memcpy(value + 2, text, size);
    core_query_trail(query, CORE_TRAIL_EDE, value, 2 + size);
}

unsigned
core_lookup_depth(const core_query_t *query)
{
    size_t size;
    const uint8_t *depth = core_trail_find(query->record.trail,
                                           query->record.trail_size,
                                           CORE_TRAIL_DEPTH, &size);

    return depth != NULL && size == 1 ? *depth : 0;
}

/* ---- the verdicts -------------------------------------------------------- */

bool
query_start(core_query_t *self, core_life_t *life,
            const struct core_record *record, core_batch_t *batch,
            const struct core_envelope *envelope)
{
    self->life = life;
    self->record = *record;
    self->batch = batch;
    self->writer.bytes = NULL;
    self->trail_size = 0;
    self->has_more = false;
    self->held = NULL;
    self->envelope = envelope;
    if ((record->flags & CORE_RECORD_TRACE) != 0) {
        self->came_us = core_clock_real_us();
        life->reason_of_hop[0] = '\0';
    }
    return core_message_parse(&self->message, record->message,
                              record->message_size) == CORE_PARSE_OK;
}

void
query_commit(core_query_t *self)
{
    struct core_record reply = self->record;

    assert(self->writer.bytes != NULL);
    reply.flags = self->record.flags & CORE_RECORD_TRACE;
    if (reply.flags != 0) {
        uint8_t *trail = self->life->trail;

        self->trail_size = hop_copy(&self->record, trail, self->trail_size);
        self->trail_size = hop_add(self->life, self, "answered", trail,
                                   self->trail_size);
    }
    if (self->has_more)
        reply.flags |= CORE_RECORD_MORE;
    reply.trail = self->life->trail;
    reply.trail_size = self->trail_size;
    core_batch_commit(self->batch, &reply, self->writer.size);
}

static void
send_replies(core_life_t *life, const struct core_envelope *envelope)
{
    if (core_batch_count(life->replies) > 0) {
        changes_send(life);
        core_inlet_send(life->inlet, envelope, life->replies);
    }
    core_batch_start(life->replies, CORE_BATCH_REPLIES);
}

/* Puts a record that nobody took behind the replies, marked as such. */
static void
return_record(core_life_t *life, const struct core_envelope *envelope,
              struct core_record record)
{
    record.flags |= CORE_RECORD_RETURNED;
    if (core_batch_is_full(life->replies, record.message_size))
        send_replies(life, envelope);
    core_batch_add(life->replies, &record);
    life->counters.returned++;
}

/* Sends what was gathered for an instance; what nobody takes is returned. */
static void
send_passed(core_life_t *life, const struct core_envelope *envelope,
            unsigned instance)
{
    core_batch_t *batch = life->passed[instance];
    struct core_batch_reader reader;
    struct core_record record;
    size_t size;

    if (batch == NULL || core_batch_count(batch) == 0)
        return;
    if (!core_outlet_send(life->next, instance, envelope, batch)) {
        const void *frame = core_batch_frame(batch, &size);

        if (core_batch_open(&reader, frame, size))
            while (core_batch_next(&reader, &record))
                return_record(life, envelope, record);
    }
    core_batch_start(batch, CORE_BATCH_QUERIES);
}

void
life_pass(core_life_t *life, const struct core_envelope *envelope,
          const struct core_record *record, uint64_t name_hash)
{
    unsigned instance = core_outlet_choose(life->next, name_hash);

    if (life->passed[instance] == NULL)
        life->passed[instance] = core_batch_new();
    if (core_batch_is_full(life->passed[instance], record->message_size))
        send_passed(life, envelope, instance);
    core_batch_add(life->passed[instance], record);
}

void
query_end(core_query_t *self)
{
    if (self->life->version.common.otherwise == LIFE_SERVFAIL) {
        core_query_reply_rcode(self, CORE_SERVFAIL);
        return;
    }
    core_query_ede(self, CORE_EDE_NOT_AUTHORITATIVE, NULL);
    core_query_reply_rcode(self, CORE_REFUSED);
}

static void judge_reply(core_query_t *reply);

/* A reply goes on its way back, seen by the stage if it wants to. */
static void
take_reply(core_life_t *life, const struct core_envelope *envelope,
           const struct core_record *record)
{
    core_query_t reply;
    struct core_record told = *record;

    /* Who will not be told of changes must not keep what changes. */
    if (record->trail_size > 0 && !core_outlet_is_told(life->next)) {
        told.trail_size = core_trail_without(life->scoped, record->trail,
                                             record->trail_size,
                                             CORE_TRAIL_SCOPE);
        told.trail = life->scoped;
    }
    if ((record->flags & CORE_RECORD_TRACE) != 0
        && (record->flags & CORE_RECORD_RETURNED) == 0) {
        told.trail_size = hop_back(life, &told, life->scoped);
        told.trail = life->scoped;
    }
    record = &told;

    /* A continued transfer need not have a question (RFC 5936 section 2.2):
       what cannot be looked at passes. */
    if (life->stage->handle_reply == NULL
        || (record->flags & CORE_RECORD_RETURNED) != 0
        || !query_start(&reply, life, record, life->replies, envelope))
        core_batch_add(life->replies, record);
    else
        judge_reply(&reply);
}

/* True when the next stage's table has the answer: it goes back as if it had
   come from there. */
static bool
find_reply(core_query_t *query)
{
    core_life_t *life = query->life;
    struct core_record reply = query->record;
    struct core_message changed;
    const struct core_message *message = &query->message;

    if ((query->record.flags & CORE_RECORD_TRACE) != 0)
        return false;
    if (query->record.message != message->bytes) {
        if (core_message_parse(&changed, query->record.message,
                               query->record.message_size) != CORE_PARSE_OK)
            return false;
        message = &changed;
    }
    if (message->qname == NULL
        || !core_outlet_find(life->next,
                             core_outlet_choose(life->next,
                                                query_hash(query)),
                             message, &reply))
        return false;

    /* A stage that keeps answers must not have one from a table before the
       change that it was made after. */
    if (reply.trail_size > 0 && life->stage->handle_change != NULL)
        return false;
    reply.flags = 0;
    take_reply(life, query->envelope, &reply);
    return true;
}

/* Gives the query to the next stage, or says that there is none. */
static void
pass_query(core_query_t *query)
{
    core_life_t *life = query->life;

    if (life->next == NULL) {
        query_end(query);
        query_commit(query);
        return;
    }
    life->counters.passed++;
    if (find_reply(query))
        return;
    if ((query->record.flags & CORE_RECORD_TRACE) != 0) {
        memcpy(life->trail, query->record.trail, query->record.trail_size);
        query->record.trail_size = hop_add(life, query, "passed", life->trail,
                                           query->record.trail_size);
        query->record.trail = life->trail;
    }
    life_pass(life, query->envelope, &query->record, query_hash(query));
}

/* With -v given twice: a line for each query. */
static void
log_query(const core_query_t *query, enum core_verdict verdict)
{
    static const char *const words[] = {
        [CORE_ANSWERED] = "answered", [CORE_PASSED] = "passed",
        [CORE_HELD] = "held", [CORE_DROPPED] = "dropped",
    };
    char name[CORE_NAME_TEXT_SIZE];
    char type[CORE_RRTYPE_TEXT_SIZE];

    core_log(CORE_LOG_DEBUG, "%s %s %s",
             core_name_to_text(name, query->message.qname),
             core_rrtype_to_text(type, query->message.qtype), words[verdict]);
}

static void
judge_query(core_query_t *query)
{
    core_life_t *life = query->life;
    enum core_verdict verdict
        = life->stage->handle_query(life->version.state, query);

    if (life->options.verbose > 1)
        log_query(query, verdict);
    switch (verdict) {
    case CORE_ANSWERED:
        life->counters.answered++;
        query_commit(query);
        break;
    case CORE_PASSED:
        pass_query(query);
        break;
    case CORE_HELD:
        life->counters.held++;
        break;
    case CORE_DROPPED:
        life->counters.dropped++;
        break;
    }
}

void
life_take_queries(void *owner, const struct core_envelope *envelope,
                  struct core_batch_reader *reader)
{
    core_life_t *life = owner;
    struct core_record record;
    core_query_t query;

    core_batch_start(life->replies, CORE_BATCH_REPLIES);
    while (core_batch_next(reader, &record)) {
        if (core_batch_is_full(life->replies, CORE_MESSAGE_SIZE))
            send_replies(life, envelope);
        life->counters.queries++;
        if (!life->was_announced)
            return_record(life, envelope, record);
        else if (query_start(&query, life, &record, life->replies, envelope))
            judge_query(&query);
        else
            life->counters.malformed++;
    }
    if (life->next != NULL)
        for (unsigned i = 0; i < core_outlet_instances(life->next); i++)
            send_passed(life, envelope, i);
    send_replies(life, envelope);
}

/* ---- replies on their way back ------------------------------------------- */

static void
judge_reply(core_query_t *reply)
{
    core_life_t *life = reply->life;

    switch (life->stage->handle_reply(life->version.state, reply)) {
    case CORE_PASSED:
        core_batch_add(life->replies, &reply->record);
        break;
    case CORE_ANSWERED:
        query_commit(reply);
        break;
    case CORE_HELD:                     /* a reply cannot be kept */
    case CORE_DROPPED:
        life->counters.dropped++;
        break;
    }
}

void
life_take_replies(void *owner, const struct core_envelope *envelope,
                  struct core_batch_reader *reader)
{
    core_life_t *life = owner;
    struct core_record record;

    if (envelope->hops == 0) {
        lookups_take_replies(life, reader);
        return;
    }
    core_batch_start(life->replies, CORE_BATCH_REPLIES);
    while (core_batch_next(reader, &record)) {
        if (core_batch_is_full(life->replies, CORE_MESSAGE_SIZE))
            send_replies(life, envelope);
        take_reply(life, envelope, &record);
    }
    send_replies(life, envelope);
}
