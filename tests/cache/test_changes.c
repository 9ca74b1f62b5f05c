/* changes - what is told of local data, and what is kept then */

#include "cache/cache.h"

#include "cache/wires.h"

#define NAME "\1a\7example"

/* Adds a message of the next stage; scope 0: with no items. */
static void
add(core_batch_t *batch, struct core_record record, const uint8_t *message,
    size_t size, uint8_t scope)
{
    uint8_t trail[CORE_TRAIL_SIZE];

    record.message = message;
    record.message_size = size;
    record.trail = trail;
    record.trail_size = 0;
    if (scope != 0) {
        record.trail_size = core_trail_add(trail, 0, CORE_TRAIL_SOURCE,
                                           "12345678\7example", 17);
        record.trail_size = core_trail_add(trail, record.trail_size,
                                           CORE_TRAIL_SCOPE, &scope, 1);
    }
    core_batch_add(batch, &record);
}

static void
send_batch(core_batch_t *batch)
{
    size_t size;
    const void *frame = core_batch_frame(batch, &size);

    zmq_send(wires.next, "", 0, ZMQ_SNDMORE);
    zmq_send(wires.next, frame, size, 0);
    core_batch_destroy(&batch);
}

/* Tells that the name has changed, SOA: that nothing has; and, when there is
   one, what is answered to the question of that type. */
static void
tell(const char *name, uint16_t type, const char *answer, uint16_t answer_type,
     uint8_t scope)
{
    static const struct core_record none;
    core_batch_t *batch = core_batch_new();
    uint8_t bytes[CORE_NAME_SIZE + 16];
    struct core_writer writer;

    core_batch_start(batch, CORE_BATCH_CHANGES);
    core_writer_query(&writer, bytes, sizeof bytes, 0,
                      CORE_OPCODE_NOTIFY << 11, (const uint8_t *) name, type,
                      CORE_IN);
    add(batch, none, bytes, core_writer_end(&writer, 0, 0), 0);
    if (answer != NULL) {
        sample_reply(&reply, "a.example.", answer_type, CORE_AA,
                     (const char *[3]) { answer });
        add(batch, none, reply.bytes, reply.size, scope);
    }
    zmq_send(wires.next, "local/cache", 11, ZMQ_SNDMORE);
    send_batch(batch);
}

/* Has the cache know 192.0.2.1, of the name alone. */
static void
learn(void)
{
    core_batch_t *batch = core_batch_new();

    make("a.example.", CORE_A, CORE_AA, "a.example. 300 A 192.0.2.1", NULL);
    wires_send(&query, 1, 0);
    wires_take(&down);
    core_write16(reply.bytes, down.message.id);
    core_batch_start(batch, CORE_BATCH_REPLIES);
    add(batch, down.record, reply.bytes, reply.size, CORE_SCOPE_NAME);
    for (int i = 0; i < down.hops; i++)
        zmq_send(wires.next, down.envelope[i],
                 (size_t) down.envelope_sizes[i], ZMQ_SNDMORE);
    send_batch(batch);
    wires_receive(&up);
    ck_assert(is_kept(2));
}

/* The last octet of what it answers once that is another, 0 when it has to ask
   for it; what is told comes by another way than what is asked. */
static unsigned
answer_now(void)
{
    uint64_t id = 10;

    while (is_kept(++id)) {
        unsigned last = up.record.message[up.record.message_size - 1];

        if (last != 1)
            return last;
    }
    return 0;
}

static const struct {
    const char *answer;
    uint16_t type;
    uint8_t scope;
    unsigned last;
} rows[] = {
    { "a.example. 300 A 192.0.2.2", CORE_A, CORE_SCOPE_NAME, 2 },
    { "a.example. 300 A 192.0.2.2", CORE_A, CORE_SCOPE_ZONES, 2 },
    { "a.example. 300 A 192.0.2.2", CORE_A, 0, 0 },     /* not to be kept */
    { "a.example. 300 TXT x", CORE_TXT, CORE_SCOPE_NAME, 0 },
    { NULL, 0, 0, 0 },                                  /* not told */
};

START_TEST(takes_what_is_told_with_a_change)
{
    wires_open("");
    tell("", CORE_SOA, NULL, 0, 0);     /* changes will be told */
    learn();
    tell(NAME, CORE_ANY, rows[_i].answer, rows[_i].type, rows[_i].scope);
    ck_assert_uint_eq(answer_now(), rows[_i].last);
    wires_close();
}
END_TEST

START_TEST(keeps_nothing_that_nobody_has_asked)
{
    wires_open("");
    tell("", CORE_SOA, NULL, 0, 0);
    learn();
    tell(NAME, CORE_ANY, "a.example. 300 TXT x", CORE_TXT, CORE_SCOPE_NAME);
    ck_assert_uint_eq(answer_now(), 0);
    sample_query(&query, "a.example.", CORE_TXT, CORE_RD, false);
    ck_assert(!is_kept(1000000));
    wires_close();
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("changes");

    tcase_set_timeout(cases, 30);
    tcase_add_loop_test(cases, takes_what_is_told_with_a_change, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, keeps_nothing_that_nobody_has_asked);
    return core_test_run(cases);
}
