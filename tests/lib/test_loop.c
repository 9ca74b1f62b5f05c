/* loop - descriptors, timers, signals and sockets, each in its turn */

#include "coredns/loop.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <zmq.h>

#include "core_test.h"

static core_loop_t *loop;
static int calls;
static int flushes;

static void
stop(void *owner)
{
    (void) owner;
    calls++;
    core_loop_stop(loop);
}

static void
count(void *owner)
{
    (void) owner;
    calls++;
}

static void
count_flush(void *owner)
{
    (void) owner;
    flushes++;
}

static void
setup(void)
{
    loop = core_loop_new();
    calls = flushes = 0;
}

static void
teardown(void)
{
    core_loop_destroy(&loop);
    ck_assert_ptr_null(loop);
}

START_TEST(runs_a_timer_once_or_again_and_again)
{
    core_loop_timer(loop, 1, 0, count, NULL);
    core_loop_timer(loop, 1, 2, count, NULL);
    core_loop_timer(loop, 20, 0, stop, NULL);
    core_loop_run(loop);
    ck_assert_int_gt(calls, 3);
    ck_assert_int_lt(calls, 14);
}
END_TEST

START_TEST(runs_no_timer_that_was_cancelled)
{
    core_timer_t *timer = core_loop_timer(loop, 1, 1, count, NULL);

    core_loop_timer(loop, 10, 0, stop, NULL);
    core_loop_timer_cancel(loop, &timer);
    ck_assert_ptr_null(timer);
    core_loop_timer_cancel(loop, &timer);
    core_loop_run(loop);
    ck_assert_int_eq(calls, 1);
}
END_TEST

static void
read_and_unwatch(void *owner, int fd, uint32_t events)
{
    char octet;

    (void) owner;
    ck_assert_uint_eq(events & EPOLLIN, EPOLLIN);
    ck_assert_int_eq(read(fd, &octet, 1), 1);
    core_loop_unwatch(loop, fd);
    stop(NULL);
}

START_TEST(lets_a_callback_end_its_own_descriptor)
{
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    core_loop_watch(loop, fds[0], EPOLLIN, read_and_unwatch, NULL);
    ck_assert_int_eq(write(fds[1], "ab", 2), 2);
    core_loop_run(loop);
    ck_assert_int_eq(calls, 1);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(runs_the_flushers_at_the_end_of_each_round)
{
    core_loop_flusher(loop, count_flush, NULL);
    core_loop_timer(loop, 0, 0, stop, NULL);
    core_loop_run(loop);
    ck_assert_int_ge(flushes, 1);
}
END_TEST

START_TEST(turns_signals_into_calls)
{
    core_loop_signal(loop, SIGUSR1, stop, NULL);
    core_loop_signal(loop, SIGUSR2, count, NULL);
    raise(SIGUSR2);
    raise(SIGUSR1);
    core_loop_run(loop);
    ck_assert_int_eq(calls, 2);
}
END_TEST

/* A socket with 1,000 messages, read ten at a time. */
struct sink {
    void *socket;
    int received;
};

static bool
drain_ten(void *owner)
{
    struct sink *sink = owner;
    char octet;

    for (int i = 0; i < 10; i++) {
        if (zmq_recv(sink->socket, &octet, 1, ZMQ_DONTWAIT) == -1)
            return false;
        if (++sink->received == 1000)
            core_loop_stop(loop);
    }
    return true;
}

START_TEST(leaves_no_message_behind_on_a_socket)
{
    void *context = zmq_ctx_new();
    void *sender = zmq_socket(context, ZMQ_PAIR);
    struct sink sink = { .socket = zmq_socket(context, ZMQ_PAIR) };
    int unbounded = 0;

    zmq_setsockopt(sender, ZMQ_SNDHWM, &unbounded, sizeof unbounded);
    zmq_setsockopt(sink.socket, ZMQ_RCVHWM, &unbounded, sizeof unbounded);
    ck_assert_int_eq(zmq_bind(sink.socket, "inproc://loop"), 0);
    ck_assert_int_eq(zmq_connect(sender, "inproc://loop"), 0);
    core_loop_socket(loop, sink.socket, drain_ten, &sink);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(zmq_send(sender, "x", 1, 0), 1);
    core_loop_run(loop);
    ck_assert_int_eq(sink.received, 1000);
    core_loop_unsocket(loop, sink.socket);
    zmq_close(sender);
    zmq_close(sink.socket);
    zmq_ctx_term(context);
}
END_TEST

START_TEST(leaves_descriptors_for_others)
{
    struct rlimit usual, small = { .rlim_cur = 100 };

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    small.rlim_max = usual.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &small), 0);
    ck_assert_uint_eq(core_loop_share(50, 2), 50);
    ck_assert_uint_eq(core_loop_share(51, 2), 50);
    ck_assert_uint_eq(core_loop_share(1024, 4), 25);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("loop");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, runs_a_timer_once_or_again_and_again);
    tcase_add_test(cases, runs_no_timer_that_was_cancelled);
    tcase_add_test(cases, lets_a_callback_end_its_own_descriptor);
    tcase_add_test(cases, runs_the_flushers_at_the_end_of_each_round);
    tcase_add_test(cases, turns_signals_into_calls);
    tcase_add_test(cases, leaves_no_message_behind_on_a_socket);
    tcase_add_test(cases, leaves_descriptors_for_others);
    return core_test_run(cases);
}
