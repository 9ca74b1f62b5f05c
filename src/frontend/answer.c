/*
 * answer - a reply goes to the transport that brought the query
 *
 * The transport lends room, the reply is shaped straight into it, and the
 * transport takes it over.
 */

#include <string.h>

#include "frontend/flight.h"

#define OWN_REPLY_SIZE 1536             /* of any reply of our own */
#define OPT_ROOM 832                    /* an OPT record of ours, at most */

static const struct reply_policy *
policy_of(const dispatch_t *self, struct flight flight)
{
    return &flight_route(self, flight.slot)->reply;
}

static void
request_of(const dispatch_t *self, const struct inflight_slot *slot,
           struct reply_request *request)
{
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];

    *request = (struct reply_request) {
        .query = slot->message,
        .query_size = slot->size,
        .question_end = slot->question_end,
        .limit = slot->limit,
        .payload = slot->payload,
        .asked = slot->asked,
        .is_continued = (slot->progress & INFLIGHT_STREAMING) != 0,
    };
    if ((slot->asked & REPLY_KEEPALIVE) != 0 && carrier->keepalive != NULL)
        request->keepalive = carrier->keepalive(carrier->owner);
}

static uint8_t *
reserve(dispatch_t *self, struct flight flight, size_t size)
{
    const struct dispatch_carrier *carrier =
        &self->carriers[flight.slot->transport];
    uint8_t *room = NULL;

    if (size > flight.slot->limit)
        size = flight.slot->limit;
    if (carrier->reserve != NULL)
        room = carrier->reserve(carrier->owner, flight.number, size);
    if (room == NULL) {
        self->counters->unsent++;
        if (flight.table == DISPATCH_UDP)
            dispatch_unsent(self, flight.table, flight.number);
        else
            dispatch_finish(self, flight.table, flight.number);
    }
    return room;
}

/* A reply in the room that the transport has lent. */
struct outcome {
    const uint8_t *room;
    size_t size;
    unsigned rcode;
    bool is_last;
    size_t trail_size;                  /* of self->trail */
};

/* Hands the reply over to the transport. */
static void
commit(dispatch_t *self, struct flight flight, struct outcome reply)
{
    struct inflight_slot *slot = flight.slot;
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];

    if (reply.is_last) {
        slot->progress |= INFLIGHT_ANSWERED;
        wheel_clear(self->tables[flight.table].timers, flight.number);
        account_reply(self, slot, reply.room, reply.size, reply.rcode,
                      reply.trail_size);
    }
    carrier->commit(carrier->owner, flight.number, reply.size, reply.is_last,
                    self->trail, reply.trail_size);
}

/* Answers without a stage. */
void
answer_rcode(dispatch_t *self, struct flight flight, unsigned rcode,
                uint16_t ede_code)
{
    struct reply_request request;
    struct reply_ede ede = { .code = ede_code };
    uint8_t *room = reserve(self, flight, OWN_REPLY_SIZE);
    size_t trail_size = 0;

    if (room == NULL)
        return;
    request_of(self, flight.slot, &request);

    size_t size = reply_rcode(policy_of(self, flight), &request, rcode, &ede,
                              room);

    if (ede_code != CORE_EDE_NONE) {
        uint8_t value[2];

        core_write16(value, ede_code);
        trail_size = core_trail_add(self->trail, 0, CORE_TRAIL_EDE, value,
                                    sizeof value);
    }
    commit(self, flight,
           (struct outcome) { room, size, rcode, true, trail_size });
}

void
answer_unknown_key(dispatch_t *self, struct flight flight,
                   const struct core_message *message)
{
    struct reply_request request;
    uint8_t *room = reserve(self, flight, OWN_REPLY_SIZE);

    if (room == NULL)
        return;
    request_of(self, flight.slot, &request);

    size_t size = reply_unknown_key(policy_of(self, flight), &request, message,
                                    room);

    commit(self, flight,
           (struct outcome) { room, size, CORE_NOTAUTH, true, 0 });
}

void
answer_made(dispatch_t *self, struct flight flight, const uint8_t *made,
            size_t made_size)
{
    struct reply_request request;
    size_t size = 2 * made_size + OPT_ROOM;
    uint8_t *room = reserve(self, flight, size);
    bool is_cut;

    if (room == NULL)
        return;
    request_of(self, flight.slot, &request);
    if (request.limit > size)
        request.limit = (uint16_t) size;
    size = reply_shape(policy_of(self, flight), &request, made, made_size,
                       NULL, room, &is_cut);

    commit(self, flight,
           (struct outcome) { room, size, room[3] & 15, true, 0 });
}

static void
read_ede(const struct core_record *record, struct reply_ede *ede)
{
    size_t size;
    const uint8_t *value;

    *ede = (struct reply_ede) { .code = CORE_EDE_NONE };
    if (record->trail_size == 0)
        return;
    value = core_trail_find(record->trail, record->trail_size, CORE_TRAIL_EDE,
                            &size);
    if (value == NULL || size < 2)
        return;
    *ede = (struct reply_ede) { core_read16(value), value + 2, size - 2 };
}

/* The stage's reply, its records in the order that the route asks for. */
static const uint8_t *
arrange(dispatch_t *self, struct flight flight,
        const struct core_record *record, size_t *size)
{
    const struct order_policy *order = &flight_route(self, flight.slot)->order;

    *size = record->message_size;
    if (order->kind == ORDER_AS_IS
        || (flight.slot->progress & INFLIGHT_TRANSFER) != 0)
        return record->message;

    size_t arranged = order_arrange(order, &self->random, record->message,
                                    record->message_size, self->arranged);

    if (arranged == 0)
        return record->message;
    *size = arranged;
    return self->arranged;
}

/* What the stage said is no reply to the query. */
static void
answer_broken(dispatch_t *self, struct flight flight)
{
    self->counters->broken++;
    if ((flight.slot->progress & INFLIGHT_STREAMING) != 0)
        patience_end(self, flight);
    else
        answer_rcode(self, flight, CORE_SERVFAIL, CORE_EDE_INVALID_DATA);
}

/* The reply, or a part of it; next is the one behind it, or NULL. */
static void
answer_message(dispatch_t *self, struct flight flight,
               const struct core_record *record,
               const struct core_part *next)
{
    size_t message_size;
    const uint8_t *message = arrange(self, flight, record, &message_size);
    size_t size = 2 * message_size + OPT_ROOM;
    uint8_t *room = reserve(self, flight, size);
    struct reply_request request;
    struct reply_ede ede;
    bool is_cut;

    if (room == NULL)
        return;
    request_of(self, flight.slot, &request);
    if (request.limit > size)
        request.limit = (uint16_t) size;
    read_ede(record, &ede);
    size = reply_shape(policy_of(self, flight), &request, message,
                       message_size, &ede, room, &is_cut);

    if (size == 0) {
        answer_broken(self, flight);
        return;
    }
    if (next != NULL && !parts_pause(self, flight, next)) {
        answer_rcode(self, flight, CORE_SERVFAIL, CORE_EDE_OTHER);
        return;
    }
    if (is_cut)
        self->counters->truncated++;
    memcpy(self->trail, record->trail, record->trail_size);
    commit(self, flight, (struct outcome) { room, size, room[3] & 15,
                                            next == NULL,
                                            record->trail_size });
}

void
answer_record(dispatch_t *self, struct flight flight,
              const struct core_record *record)
{
    struct core_part next;

    switch (parts_judge(self, flight, record, &next)) {
    case PARTS_LAST:
        answer_message(self, flight, record, NULL);
        break;
    case PARTS_MORE:
        answer_message(self, flight, record, &next);
        break;
    case PARTS_STRAY:
        self->counters->late++;
        break;
    case PARTS_BROKEN:
        answer_broken(self, flight);
        break;
    }
}
