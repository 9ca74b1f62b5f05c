/* publisher - what is said behind a request has a greater number than it */

#include "coredns/feed.h"

#include <string.h>

#include <zmq.h>

#include "core_test.h"
#include "lib/feed_frame.h"

#define FEED "inproc://feed"
#define SNAPSHOT "inproc://snapshot"
#define ASKERS 2
#define RUN_MS 50

struct world {
    core_loop_t *loop;
    core_publisher_t *publisher;
    unsigned zones;                     /* that were announced */
};

static void
announce(struct world *world)
{
    struct core_zone_options options = { .flags = 0 };
    struct core_zone_id id = { .layer = 0 };

    id.name[0] = 1;
    id.name[1] = (uint8_t) ('a' + world->zones++);
    core_publisher_renew(world->publisher, &id, &options);
}

/* While a zone is read another one comes. */
static void *
open_zone(void *owner, const struct core_zone_id *id)
{
    struct world *world = owner;

    if (id->name[1] == 'a')
        announce(world);
    return NULL;
}

static size_t
next_records(void *snapshot, uint8_t *bytes, size_t limit)
{
    (void) snapshot;
    (void) bytes;
    (void) limit;
    return 0;
}

static void
close_zone(void *snapshot)
{
    (void) snapshot;
}

static void
stop(void *owner)
{
    struct world *world = owner;

    core_loop_stop(world->loop);
}

static void
run(struct world *world)
{
    core_loop_timer(world->loop, RUN_MS, 0, stop, world);
    core_loop_run(world->loop);
}

static void *
connect_socket(void *context, int type, const char *endpoint)
{
    void *socket = zmq_socket(context, type);

    ck_assert_int_eq(zmq_connect(socket, endpoint), 0);
    return socket;
}

static void
want_all(void *asker)
{
    uint8_t bytes[FEED_HEADER_SIZE];

    feed_header_write(bytes, &(struct feed_header) {
        .kind = FEED_WANT, .flags = FEED_ALL, .count = 8, .request = 1,
    });
    ck_assert_int_ne(zmq_send(asker, bytes, sizeof bytes, 0), -1);
}

/* The header of the next frame of that kind. */
static struct feed_header
next_of(void *socket, enum feed_kind kind)
{
    static uint8_t bytes[256 * 1024];
    struct feed_header header;
    int size;

    do {
        size = zmq_recv(socket, bytes, sizeof bytes, ZMQ_DONTWAIT);
        ck_assert_int_ge(size, FEED_HEADER_SIZE);
        ck_assert(feed_header_read(bytes, (size_t) size, &header));
    } while (header.kind != kind);
    return header;
}

/* Both requests are there before the first is looked at: the first one knows
   of the zone a, and b comes while it is answered; the second one knows of a
   and b, and then comes c.  Neither may miss what comes behind it. */
START_TEST(a_renewal_behind_a_request_is_no_part_of_one_before_it)
{
    static const struct core_snapshot_hooks hooks = {
        open_zone, next_records, close_zone
    };
    void *context = zmq_ctx_new();
    void *askers[ASKERS];
    struct world world = { .loop = core_loop_new() };
    struct core_fault fault;
    uint64_t told[ASKERS];

    world.publisher = core_publisher_new(context, world.loop, FEED, SNAPSHOT,
                                         &hooks, &world, &fault);
    ck_assert_msg(world.publisher != NULL, "%s", fault.text);

    void *feed = connect_socket(context, ZMQ_SUB, FEED);

    zmq_setsockopt(feed, ZMQ_SUBSCRIBE, "", 0);
    run(&world);
    announce(&world);
    run(&world);
    ck_assert_uint_eq(next_of(feed, FEED_RENEW).sequence, 1);

    for (unsigned i = 0; i < ASKERS; i++) {
        askers[i] = connect_socket(context, ZMQ_DEALER, SNAPSHOT);
        want_all(askers[i]);
    }
    run(&world);
    ck_assert_uint_eq(world.zones, 3);
    for (unsigned i = 0; i < ASKERS; i++)
        told[i] = next_of(askers[i], FEED_SNAPSHOT).sequence;
    ck_assert_uint_ne(told[0], told[1]);

    uint64_t first = told[0] < told[1] ? told[0] : told[1];
    uint64_t second = told[0] < told[1] ? told[1] : told[0];

    ck_assert_uint_gt(next_of(feed, FEED_RENEW).sequence, first);
    ck_assert_uint_gt(next_of(feed, FEED_RENEW).sequence, second);
    for (unsigned i = 0; i < ASKERS; i++)
        zmq_close(askers[i]);
    zmq_close(feed);
    core_publisher_destroy(&world.publisher);
    core_loop_destroy(&world.loop);
    zmq_ctx_term(context);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("publisher");

    tcase_add_test(cases,
                   a_renewal_behind_a_request_is_no_part_of_one_before_it);
    return core_test_run(cases);
}
