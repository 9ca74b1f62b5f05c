/* pipe - queries go down, replies come back, nothing queues to the dead */

#include "coredns/pipe.h"

#include <stdio.h>
#include <string.h>

#include <zmq.h>

#include "core_test.h"

static const uint8_t message[] = "\x12\x34 no DNS is looked at here";

static void *context;
static core_loop_t *loop;
static core_batch_t *batch;
static char endpoint[128];
static core_inlet_t *inlet;
static struct core_fault fault;

static unsigned queries_seen;
static unsigned replies_seen;
static unsigned returns_seen;

static void
stop(void *owner)
{
    (void) owner;
    core_loop_stop(loop);
}

/* Answers each query with itself. */
static void
answer(void *owner, const struct core_envelope *envelope,
       struct core_batch_reader *reader)
{
    core_batch_t *replies = core_batch_new();
    struct core_record record;

    (void) owner;
    core_batch_start(replies, CORE_BATCH_REPLIES);
    while (core_batch_next(reader, &record)) {
        queries_seen++;
        core_batch_add(replies, &record);
    }
    core_inlet_send(inlet, envelope, replies);
    core_batch_destroy(&replies);
}

static void
take_replies(void *owner, const struct core_envelope *envelope,
             struct core_batch_reader *reader)
{
    struct core_record record;

    (void) owner;
    ck_assert_uint_eq(envelope->hops, 0);
    while (core_batch_next(reader, &record)) {
        ck_assert_mem_eq(record.message, message, sizeof message);
        replies_seen++;
    }
    core_loop_stop(loop);
}

static void
returned(void *owner, core_outlet_t *outlet, unsigned instance)
{
    (void) owner;
    ck_assert(core_outlet_is_reachable(outlet, instance));
    returns_seen++;
    core_loop_stop(loop);
}

static core_outlet_t *
connect_outlet(const char *endpoints)
{
    core_outlet_t *outlet = core_outlet_new(context, loop, "next", endpoints,
                                            "local/test", take_replies,
                                            returned, NULL, &fault);

    ck_assert_ptr_nonnull(outlet);
    return outlet;
}

static void
fill_batch(unsigned count)
{
    struct core_record record = { .message = message,
                                  .message_size = sizeof message };

    core_batch_start(batch, CORE_BATCH_QUERIES);
    for (record.id = 0; record.id < count; record.id++)
        core_batch_add(batch, &record);
}

static void
setup(void)
{
    context = zmq_ctx_new();
    loop = core_loop_new();
    batch = core_batch_new();
    snprintf(endpoint, sizeof endpoint, "ipc://%s/pipe", core_test_folder());
    inlet = core_inlet_new(context, loop, endpoint, answer, NULL, &fault);
    ck_assert_ptr_nonnull(inlet);
    queries_seen = replies_seen = returns_seen = 0;
    core_loop_timer(loop, 5000, 0, stop, NULL);     /* a test that hangs */
}

static void
teardown(void)
{
    core_inlet_destroy(&inlet);
    core_batch_destroy(&batch);
    zmq_ctx_term(context);
    core_loop_destroy(&loop);
}

START_TEST(brings_replies_back_to_who_asked)
{
    core_outlet_t *outlet = connect_outlet(endpoint);

    core_loop_run(loop);
    ck_assert_uint_eq(returns_seen, 1);
    fill_batch(3);
    ck_assert(core_outlet_send(outlet, 0, NULL, batch));
    core_loop_run(loop);
    ck_assert_uint_eq(queries_seen, 3);
    ck_assert_uint_eq(replies_seen, 3);
    core_outlet_destroy(&outlet);
    ck_assert_ptr_null(outlet);
}
END_TEST

START_TEST(takes_nothing_for_an_instance_that_is_not_there)
{
    core_outlet_t *outlet = connect_outlet("ipc:///nonexistent/pipe");

    fill_batch(1);
    ck_assert(!core_outlet_send(outlet, 0, NULL, batch));
    ck_assert_uint_eq(core_outlet_counters(outlet)->undelivered, 1);
    ck_assert_uint_eq(core_batch_count(batch), 1);
    core_outlet_destroy(&outlet);
}
END_TEST

START_TEST(falls_over_to_an_instance_that_is_there)
{
    char endpoints[256];

    snprintf(endpoints, sizeof endpoints, "ipc:///nonexistent/pipe,%s",
             endpoint);

    core_outlet_t *outlet = connect_outlet(endpoints);

    ck_assert_uint_eq(core_outlet_instances(outlet), 2);
    core_loop_run(loop);
    ck_assert_uint_eq(core_outlet_choose(outlet, 0), 1);
    ck_assert_uint_eq(core_outlet_choose(outlet, 1), 1);
    fill_batch(1);
    ck_assert(core_outlet_send(outlet, 0, NULL, batch));
    core_loop_run(loop);
    ck_assert_uint_eq(replies_seen, 1);
    core_outlet_destroy(&outlet);
}
END_TEST

START_TEST(notices_an_instance_that_goes_and_comes_back)
{
    core_outlet_t *outlet = connect_outlet(endpoint);

    core_loop_run(loop);
    ck_assert(core_outlet_is_reachable(outlet, 0));
    core_inlet_destroy(&inlet);

    /* The lock is held until the process ends, so it gets another place. */
    core_loop_timer(loop, 50, 0, stop, NULL);
    core_loop_run(loop);
    ck_assert(!core_outlet_is_reachable(outlet, 0));
    fill_batch(1);
    ck_assert(!core_outlet_send(outlet, 0, NULL, batch));

    void *successor = zmq_socket(context, ZMQ_ROUTER);

    core_socket_prepare(successor);
    ck_assert_int_eq(zmq_bind(successor, endpoint), 0);
    core_loop_run(loop);
    ck_assert_uint_eq(returns_seen, 2);
    core_outlet_destroy(&outlet);
    zmq_close(successor);
}
END_TEST

START_TEST(refuses_an_endpoint_that_another_process_holds)
{
    core_inlet_t *second = core_inlet_new(context, loop, endpoint, answer,
                                          NULL, &fault);

    ck_assert_ptr_null(second);
    ck_assert_str_eq(fault.text, "in use by another process");
}
END_TEST

/* Frames that a stranger might send; each is one message. */
static const struct {
    const char *frames[4];
    int sizes[4];
    int count;
} garbage[] = {
    { { "" }, { 0 }, 1 },
    { { "no empty frame" }, { 14 }, 1 },
    { { "", "CDNP" }, { 0, 4 }, 2 },
    { { "", "CDNP\1\1\1\0\20\0\0\0\0\0\0\0" }, { 0, 16 }, 2 },
    { { "", "x", "y" }, { 0, 1, 1 }, 3 },       /* frames behind the batch */
    { { "a", "b", "", "x" }, { 1, 1, 0, 1 }, 4 },
};

/* The heartbeat of a socket with a name, or none, that has been connected. */
static int
heartbeat_ms(const char *name, const char *to)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    int interval_ms = -1;
    size_t size = sizeof interval_ms;

    core_socket_prepare(socket);
    if (name != NULL)
        core_socket_name(socket, name);
    ck_assert_int_eq(core_endpoint_connect(socket, to, &fault), 0);
    ck_assert_int_eq(zmq_getsockopt(socket, ZMQ_HEARTBEAT_IVL, &interval_ms,
                                    &size), 0);
    zmq_close(socket);
    return interval_ms;
}

START_TEST(sends_heartbeats_where_they_are_needed)
{
    ck_assert_int_eq(heartbeat_ms(NULL, endpoint), 0);
    ck_assert_int_gt(heartbeat_ms("local/test", endpoint), 0);
    ck_assert_int_gt(heartbeat_ms(NULL, "tcp://127.0.0.1:9"), 0);
}
END_TEST

/* Fills the queue of an asker and what lies behind it; then the asker goes. */
static void
ask_more_than_is_read(void)
{
    void *asking = zmq_ctx_new();
    void *asker = zmq_socket(asking, ZMQ_DEALER);
    size_t size;
    const void *frame = core_batch_frame(batch, &size);
    zmq_pollitem_t room = { .socket = asker, .events = ZMQ_POLLOUT };

    core_socket_prepare(asker);
    ck_assert_int_eq(core_endpoint_connect(asker, endpoint, &fault), 0);
    while (zmq_poll(&room, 1, 300) > 0) {
        zmq_send(asker, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT);
        zmq_send(asker, frame, size, ZMQ_DONTWAIT);
    }
    zmq_close(asker);
    zmq_ctx_term(asking);
}

START_TEST(survives_an_asker_that_goes_before_it_is_read)
{
    core_outlet_t *outlet;

    fill_batch(1);
    ask_more_than_is_read();

    /* Longer than any heartbeat takes to come due. */
    zmq_poll(NULL, 0, 1500);
    outlet = connect_outlet(endpoint);
    while (replies_seen == 0) {
        core_loop_run(loop);
        core_outlet_send(outlet, 0, NULL, batch);
    }
    core_outlet_destroy(&outlet);
}
END_TEST

START_TEST(counts_and_forgets_garbage)
{
    void *stranger = zmq_socket(context, ZMQ_DEALER);
    core_outlet_t *outlet = connect_outlet(endpoint);

    core_socket_prepare(stranger);
    ck_assert_int_eq(zmq_connect(stranger, endpoint), 0);
    for (int i = 0; i < garbage[_i].count; i++)
        ck_assert_int_ge(zmq_send(stranger, garbage[_i].frames[i],
                                  (size_t) garbage[_i].sizes[i],
                                  i + 1 < garbage[_i].count ? ZMQ_SNDMORE
                                                            : 0), 0);
    core_loop_run(loop);
    fill_batch(1);
    while (core_inlet_counters(inlet)->refused == 0 || replies_seen == 0) {
        ck_assert(core_outlet_send(outlet, 0, NULL, batch));
        core_loop_run(loop);
    }
    ck_assert_uint_eq(core_inlet_counters(inlet)->refused, 1);
    core_outlet_destroy(&outlet);
    zmq_close(stranger);
}
END_TEST

START_TEST(counts_replies_whose_asker_is_gone)
{
    struct core_envelope envelope = { .hops = 1 };

    envelope.ids[0].size = 4;
    memcpy(envelope.ids[0].bytes, "gone", 4);
    fill_batch(2);
    ck_assert(!core_inlet_send(inlet, &envelope, batch));
    ck_assert_uint_eq(core_inlet_counters(inlet)->unroutable, 2);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("pipe");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, brings_replies_back_to_who_asked);
    tcase_add_test(cases, takes_nothing_for_an_instance_that_is_not_there);
    tcase_add_test(cases, falls_over_to_an_instance_that_is_there);
    tcase_add_test(cases, notices_an_instance_that_goes_and_comes_back);
    tcase_add_test(cases, refuses_an_endpoint_that_another_process_holds);
    tcase_add_test(cases, sends_heartbeats_where_they_are_needed);
    tcase_add_test(cases, survives_an_asker_that_goes_before_it_is_read);
    tcase_add_loop_test(cases, counts_and_forgets_garbage, 0,
                        CORE_TEST_ROWS(garbage));
    tcase_add_test(cases, counts_replies_whose_asker_is_gone);
    return core_test_run(cases);
}
