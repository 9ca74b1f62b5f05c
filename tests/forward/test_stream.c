/* stream - messages over real connections of this host */

#include "forward/stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "coredns/clock.h"
#include "core_test.h"

#define PATIENCE_MS 10000

static const struct stream_policy policy = { .expire_ms = 10000 };

static core_loop_t *loop;
static streams_t *self;
static stream_pool_t *pool;
static struct stream_counters counters;
static int listener;                    /* the upstream's */
static int accepted[64];
static unsigned accepted_count;
static unsigned wanted;                 /* messages until the loop ends */
static unsigned received, lost, waiting[STREAM_CHANNELS];
static size_t received_octets;
static size_t step;                     /* octets echoed at a time; 0: all */
static bool ends;                       /* the peer closes instead */
static int64_t end_ms;

static void
take_message(void *owner, uint32_t channel, uint8_t *bytes, size_t size)
{
    (void) owner;
    for (size_t i = 0; i < size; i++)
        ck_assert_uint_eq(bytes[i], (uint8_t) (size + i));
    received_octets += size;
    waiting[channel]--;
    stream_release(self, channel, core_clock_ms());
    if (++received == wanted)
        core_loop_stop(loop);
}

static void
take_loss(void *owner, uint32_t channel, const char *why)
{
    (void) owner;
    ck_assert_ptr_nonnull(why);
    for (; waiting[channel] > 0; waiting[channel]--)
        stream_release(self, channel, core_clock_ms());
    lost++;
    core_loop_stop(loop);
}

/* The peer sends back what it gets, in steps. */
static void
echo(void *owner, int fd, uint32_t events)
{
    static uint8_t bytes[1 << 20];
    ssize_t got = read(fd, bytes, sizeof bytes);

    (void) owner, (void) events;
    if (got <= 0 || ends) {
        core_loop_unwatch(loop, fd);
        close(fd);
        return;
    }
    for (size_t sent = 0; sent < (size_t) got;) {
        size_t part = (size_t) got - sent;

        if (step > 0 && part > step)
            part = step;

        ssize_t rc = write(fd, bytes + sent, part);

        ck_assert_int_gt(rc, 0);
        sent += (size_t) rc;
    }
}

static void
take_connection(void *owner, int fd, uint32_t events)
{
    int connection = accept(fd, NULL, NULL);
    int size = 1 << 20;

    (void) owner, (void) events;
    ck_assert_int_ne(connection, -1);
    setsockopt(connection, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    accepted[accepted_count++] = connection;
    core_loop_watch(loop, connection, EPOLLIN, echo, NULL);
}

static void
flush(void *owner)
{
    (void) owner;
    stream_flush(self);
    ck_assert_msg(core_clock_ms() < end_ms, "waited too long");
}

static void
setup(void)
{
    struct stream_hooks hooks = {
        .received = take_message, .lost = take_loss,
    };
    struct sockaddr_in address = { .sin_family = AF_INET };
    struct target target;
    struct core_fault fault;
    socklen_t size = sizeof address;
    char text[32];

    loop = core_loop_new();
    self = streams_new(loop, &hooks);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(listener, (struct sockaddr *) &address, size), 0);
    listen(listener, 16);
    getsockname(listener, (struct sockaddr *) &address, &size);
    snprintf(text, sizeof text, "127.0.0.1:%u",
             (unsigned) ntohs(address.sin_port));
    ck_assert_int_eq(target_from_text(&target, text, &fault), 0);
    pool = stream_pool_new(self, &target, NULL, NULL, &policy, &counters);
    core_loop_watch(loop, listener, EPOLLIN, take_connection, NULL);
    core_loop_flusher(loop, flush, NULL);
    end_ms = core_clock_ms() + PATIENCE_MS;
}

static void
teardown(void)
{
    stream_pool_destroy(&pool);
    streams_destroy(&self);
    core_loop_destroy(&loop);
}

static uint32_t
send_message(size_t size)
{
    static uint8_t bytes[65535];
    uint32_t channel = stream_choose(pool, core_clock_ms());

    ck_assert_uint_ne(channel, STREAM_NONE);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t) (size + i);
    waiting[channel]++;
    stream_send(self, channel, bytes, size);
    return channel;
}

/* Messages of these sizes, echoed in steps of so many octets. */
static const struct {
    size_t step;
    size_t sizes[4];
} rows[] = {
    { 0, { 12, 100, 1232, 0 } },
    { 1, { 12, 13, 14, 15 } },          /* torn anywhere */
    { 3, { 300, 5000, 1, 4094 } },
    { 0, { 65535, 12, 65535, 12 } },
};

START_TEST(messages_come_back_whole)
{
    size_t octets = 0;

    step = rows[_i].step;
    wanted = 4;
    for (int i = 0; i < 4; i++) {
        send_message(rows[_i].sizes[i]);
        octets += rows[_i].sizes[i];
    }
    core_loop_run(loop);
    ck_assert_uint_eq(received_octets, octets);
    ck_assert_uint_eq(accepted_count, 1);       /* they share it */
    ck_assert_uint_eq(counters.opened, 1);
    ck_assert_uint_eq(counters.reused, 3);
}
END_TEST

START_TEST(many_queries_open_another_connection)
{
    uint32_t first = send_message(100);

    for (int i = 1; i < 64; i++)
        ck_assert_uint_eq(send_message(100), first);
    ck_assert_uint_ne(send_message(100), first);
    wanted = 65;
    core_loop_run(loop);
    ck_assert_uint_eq(accepted_count, 2);
    ck_assert_uint_eq(counters.opened, 2);
}
END_TEST

START_TEST(a_connection_that_ends_is_told_and_replaced)
{
    ends = true;
    send_message(100);
    core_loop_run(loop);
    ck_assert_uint_eq(lost, 1);
    ck_assert_uint_eq(received, 0);
    ends = false;
    wanted = 1;
    send_message(100);
    core_loop_run(loop);
    ck_assert_uint_eq(received, 1);
    ck_assert_uint_eq(counters.opened, 2);
}
END_TEST

START_TEST(a_refused_connection_is_told)
{
    core_loop_unwatch(loop, listener);
    close(listener);
    send_message(100);
    core_loop_run(loop);
    ck_assert_uint_eq(lost, 1);
}
END_TEST

START_TEST(an_idle_connection_ends)
{
    wanted = 1;
    send_message(100);
    core_loop_run(loop);
    stream_age(self, core_clock_ms() + 9000);
    ck_assert_uint_eq(lost, 0);
    stream_age(self, core_clock_ms() + 10001);
    ck_assert_uint_eq(lost, 1);
}
END_TEST

START_TEST(a_silent_connection_is_used_no_more)
{
    uint32_t first = send_message(100);

    stream_doubt(self, first, core_clock_ms() + 1);
    ck_assert_uint_ne(send_message(100), first);
    wanted = 2;
    core_loop_run(loop);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("stream");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 30);
    tcase_add_loop_test(cases, messages_come_back_whole, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, many_queries_open_another_connection);
    tcase_add_test(cases, a_connection_that_ends_is_told_and_replaced);
    tcase_add_test(cases, a_refused_connection_is_told);
    tcase_add_test(cases, an_idle_connection_ends);
    tcase_add_test(cases, a_silent_connection_is_used_no_more);
    return core_test_run(cases);
}
