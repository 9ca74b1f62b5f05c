/* datagram - packets over real sockets of this host, ports that change */

#include "forward/datagram.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "coredns/clock.h"
#include "core_test.h"

#define PATIENCE_MS 10000

static core_loop_t *loop;
static generator_t *generator;
static datagram_t *self;
static datagram_pool_t *pool;
static struct datagram_counters counters;
static int peer;                        /* the upstream's socket */
static uint16_t peer_port;
static unsigned wanted;                 /* packets until the loop ends */
static unsigned received, failed;
static uint32_t received_channel;
static uint16_t ports[1024];            /* that the peer has seen */
static unsigned port_count;
static int64_t end_ms;

static void
take_packet(void *owner, uint32_t channel, uint8_t *bytes, size_t size)
{
    (void) owner;
    ck_assert_uint_eq(size, 5);
    ck_assert_mem_eq(bytes, "hello", 5);
    received_channel = channel;
    datagram_release(self, channel);
    if (++received == wanted)
        core_loop_stop(loop);
}

static void
take_failure(void *owner, uint32_t channel, int error)
{
    (void) owner;
    ck_assert_int_eq(error, ECONNREFUSED);
    failed++;
    received_channel = channel;
    core_loop_stop(loop);
}

/* The peer sends back what it gets. */
static void
echo(void *owner, int fd, uint32_t events)
{
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    uint8_t bytes[512];
    ssize_t got = recvfrom(fd, bytes, sizeof bytes, 0,
                           (struct sockaddr *) &from, &size);
    bool is_known = false;

    (void) owner, (void) events;
    for (unsigned i = 0; i < port_count; i++)
        is_known |= ports[i] == from.sin_port;
    if (!is_known && port_count < 1024)
        ports[port_count++] = from.sin_port;
    ck_assert_int_eq(sendto(fd, bytes, (size_t) got, 0,
                            (struct sockaddr *) &from, size), got);
}

static void
flush(void *owner)
{
    (void) owner;
    datagram_flush(self);
    ck_assert_msg(core_clock_ms() < end_ms, "waited too long");
}

static void
setup(void)
{
    struct datagram_hooks hooks = { NULL, take_packet, take_failure };
    struct sockaddr_in address = { .sin_family = AF_INET };
    struct target target;
    struct core_fault fault;
    socklen_t size = sizeof address;
    char text[32];

    loop = core_loop_new();
    generator = generator_new();
    self = datagram_new(loop, generator, &hooks);
    peer = socket(AF_INET, SOCK_DGRAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(peer, (struct sockaddr *) &address, size), 0);
    getsockname(peer, (struct sockaddr *) &address, &size);
    peer_port = ntohs(address.sin_port);
    snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned) peer_port);
    ck_assert_int_eq(target_from_text(&target, text, &fault), 0);
    pool = datagram_pool_new(self, &target, NULL, &counters);
    core_loop_watch(loop, peer, EPOLLIN, echo, NULL);
    core_loop_flusher(loop, flush, NULL);
    end_ms = core_clock_ms() + PATIENCE_MS;
}

static void
teardown(void)
{
    datagram_pool_destroy(&pool);
    datagram_destroy(&self);
    generator_destroy(&generator);
    core_loop_destroy(&loop);
}

/* Sends so many packets, in rounds of ten, and waits for their return. */
static void
send_and_wait(unsigned count)
{
    received = 0;
    for (unsigned sent = 0; sent < count;) {
        wanted = sent + 10 < count ? sent + 10 : count;
        for (; sent < wanted; sent++) {
            uint32_t channel = datagram_choose(pool, core_clock_ms());

            ck_assert_uint_ne(channel, DATAGRAM_NONE);
            datagram_send(self, channel, (const uint8_t *) "hello", 5);
        }
        datagram_flush(self);
        core_loop_run(loop);
    }
    ck_assert_uint_eq(received, count);
}

START_TEST(what_is_sent_comes_back_over_its_channel)
{
    uint32_t channel = datagram_choose(pool, core_clock_ms());

    wanted = 1;
    datagram_send(self, channel, (const uint8_t *) "hello", 5);
    datagram_flush(self);
    core_loop_run(loop);
    ck_assert_uint_eq(received_channel, channel);
    ck_assert_uint_eq(counters.opened, 1);
    ck_assert_uint_eq(counters.reused, 0);
}
END_TEST

START_TEST(ports_change)
{
    send_and_wait(8000);
    ck_assert_uint_ge(port_count, 8000 / 266);
    ck_assert_uint_le(port_count, 8000 / 256 + 8);
    ck_assert_uint_eq(counters.opened + counters.reused, 8000);
    for (unsigned i = 0; i < port_count; i++)
        ck_assert_uint_ge(ntohs(ports[i]), 1024);
}
END_TEST

/* A round of many leaves in few system calls: 32 to a channel. */
START_TEST(a_long_round_has_few_channels)
{
    uint32_t last = DATAGRAM_NONE;
    unsigned changes = 0;

    wanted = 96;
    for (unsigned i = 0; i < wanted; i++) {
        uint32_t channel = datagram_choose(pool, core_clock_ms());

        changes += channel != last;
        last = channel;
        datagram_send(self, channel, (const uint8_t *) "hello", 5);
    }
    datagram_flush(self);
    core_loop_run(loop);
    ck_assert_uint_le(changes, 3);
    ck_assert_uint_le(port_count, 3);
}
END_TEST

START_TEST(a_refusal_is_told)
{
    uint32_t channel = datagram_choose(pool, core_clock_ms());

    core_loop_unwatch(loop, peer);
    close(peer);
    datagram_send(self, channel, (const uint8_t *) "hello", 5);
    datagram_flush(self);
    core_loop_run(loop);
    ck_assert_uint_eq(failed, 1);
    ck_assert_uint_eq(received_channel, channel);
    datagram_release(self, channel);
}
END_TEST

START_TEST(a_distrusted_channel_is_silent_and_used_no_more)
{
    uint32_t channel = datagram_choose(pool, core_clock_ms());

    datagram_send(self, channel, (const uint8_t *) "hello", 5);
    datagram_distrust(self, channel);
    datagram_flush(self);
    send_and_wait(200);
    ck_assert_uint_ne(received_channel, channel);
    datagram_release(self, channel);
}
END_TEST

/* Five sockets, as with twenty descriptors, for a dozen upstreams. */
static void
open_pools(datagram_pool_t *pools[12])
{
    struct rlimit usual, few = { .rlim_cur = 20 };
    struct datagram_hooks hooks = { NULL, take_packet, take_failure };
    struct target target;
    struct core_fault fault;
    char text[32];

    datagram_pool_destroy(&pool);
    datagram_destroy(&self);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    few.rlim_max = usual.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    self = datagram_new(loop, generator, &hooks);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
    snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned) peer_port);
    ck_assert_int_eq(target_from_text(&target, text, &fault), 0);
    for (int i = 0; i < 12; i++)
        pools[i] = datagram_pool_new(self, &target, NULL, &counters);
}

START_TEST(few_sockets_serve_many_upstreams)
{
    datagram_pool_t *pools[12];

    open_pools(pools);
    for (int i = 0; i < 100; i++) {
        pool = pools[i % 12];
        send_and_wait(10);
    }
    for (int i = 0; i < 12; i++)
        datagram_pool_destroy(&pools[i]);
    pool = NULL;
}
END_TEST

START_TEST(a_socket_that_is_waited_on_is_not_taken_away)
{
    datagram_pool_t *pools[12];
    uint32_t channels[5];

    open_pools(pools);
    for (int i = 0; i < 5; i++)
        channels[i] = datagram_choose(pools[i], core_clock_ms());
    ck_assert_uint_eq(datagram_choose(pools[5], core_clock_ms()),
                      DATAGRAM_NONE);
    ck_assert_uint_eq(datagram_choose(pools[4], core_clock_ms()), channels[4]);
    datagram_release(self, channels[2]);
    ck_assert_uint_eq(datagram_choose(pools[5], core_clock_ms()), channels[2]);
    for (int i = 0; i < 12; i++)
        datagram_pool_destroy(&pools[i]);
    pool = NULL;
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("datagram");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 30);
    tcase_add_test(cases, what_is_sent_comes_back_over_its_channel);
    tcase_add_test(cases, ports_change);
    tcase_add_test(cases, a_long_round_has_few_channels);
    tcase_add_test(cases, a_refusal_is_told);
    tcase_add_test(cases, a_distrusted_channel_is_silent_and_used_no_more);
    tcase_add_test(cases, few_sockets_serve_many_upstreams);
    tcase_add_test(cases, a_socket_that_is_waited_on_is_not_taken_away);
    return core_test_run(cases);
}
