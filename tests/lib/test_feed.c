/* feed - changes as octets, and zones on their way through real sockets */

#include "coredns/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/pipe.h"
#include "coredns/rrtype.h"
#include "core_test.h"
#include "lib/feed_frame.h"

#define PATIENCE_MS 20000

/* ---- a change as octets -------------------------------------------------- */

#define OWNER "\3www\7example\3org"     /* and the NUL of the literal */

static const struct core_change address = {
    .kind = CORE_CHANGE_ADD, .owner = (const uint8_t *) OWNER,
    .type = CORE_A, .ttl = 300, .count = 2,
    .rdatas = (const uint8_t *) "\0\4\300\0\2\1\0\4\300\0\2\2",
    .rdatas_size = 12,
};

START_TEST(reads_what_it_wrote)
{
    uint8_t bytes[128];
    struct core_change change;
    size_t size = core_change_write(bytes, sizeof bytes, &address);

    ck_assert_uint_eq(size, 16 + sizeof OWNER + 12);
    ck_assert_uint_eq(core_change_read(bytes, sizeof bytes, &change), size);
    ck_assert_int_eq(change.kind, CORE_CHANGE_ADD);
    ck_assert(core_name_equal(change.owner, address.owner));
    ck_assert_uint_eq(change.type, CORE_A);
    ck_assert_uint_eq(change.ttl, 300);
    ck_assert_uint_eq(change.count, 2);
    ck_assert_mem_eq(change.rdatas, address.rdatas, 12);
    ck_assert_uint_eq(core_change_write(bytes, size - 1, &address), 0);
}
END_TEST

START_TEST(reads_that_a_name_exists)
{
    uint8_t bytes[128];
    struct core_change change, exists = {
        .kind = CORE_CHANGE_NAME, .owner = (const uint8_t *) OWNER,
    };
    size_t size = core_change_write(bytes, sizeof bytes, &exists);

    ck_assert_uint_eq(core_change_read(bytes, sizeof bytes, &change), size);
    ck_assert_int_eq(change.kind, CORE_CHANGE_NAME);
    ck_assert_uint_eq(change.count, 0);
    exists.type = CORE_A;
    size = core_change_write(bytes, sizeof bytes, &exists);
    ck_assert_uint_eq(core_change_read(bytes, size, &change), 0);
}
END_TEST

START_TEST(refuses_every_shorter_frame)
{
    uint8_t bytes[128];
    struct core_change change;
    size_t size = core_change_write(bytes, sizeof bytes, &address);

    for (size_t i = 0; i < size; i++)
        ck_assert_uint_eq(core_change_read(bytes, i, &change), 0);
}
END_TEST

/* One octet of a good change is overwritten. */
static const struct {
    const char *what;
    size_t offset;
    uint8_t octet;
} broken[] = {
    { "kind zero", 0, 0 },
    { "kind six", 0, 6 },
    { "records of a name that exists", 0, 5 },
    { "type OPT", 2, CORE_OPT },
    { "type ANY in an addition", 2, CORE_ANY },
    { "TTL with its highest bit", 7, 0x80 },
    { "no records", 8, 0 },
    { "a record too many", 8, 3 },
    { "owner longer than its name", 10, 18 },
    { "rdatas longer than the frame", 13, 1 },
    { "owner whose label leaves it", 16, 60 },
    { "owner with a pointer", 16, 0xc0 },
    { "rdata that leaves the rdatas", 34, 200 },
};

START_TEST(refuses_what_is_broken)
{
    uint8_t bytes[128] = { 0 };
    struct core_change change;
    size_t size = core_change_write(bytes, sizeof bytes, &address);

    bytes[broken[_i].offset] = broken[_i].octet;
    ck_assert_msg(core_change_read(bytes, size, &change) == 0, "%s",
                  broken[_i].what);
}
END_TEST

#define RDATA(literal) (const uint8_t *) literal, sizeof literal - 1

static const struct {
    uint16_t type;
    const uint8_t *rdatas;              /* one, behind its size */
    size_t size;
    bool sound;
} rdata_rows[] = {
    { CORE_A, RDATA("\0\4\1\2\3\4"), true },
    { CORE_A, RDATA("\0\3\1\2\3"), false },
    { CORE_AAAA, RDATA("\0\4\1\2\3\4"), false },
    { CORE_NS, RDATA("\0\4\2ns\0"), true },
    { CORE_NS, RDATA("\0\3\2ns"), false },
    { CORE_NS, RDATA("\0\2\300\0"), false },    /* a pointer */
    { CORE_NS, RDATA("\0\5\2ns\0\0"), false },
    { CORE_MX, RDATA("\0\1\0"), false },
    { CORE_MX, RDATA("\0\3\0\1\0"), true },
    { CORE_SOA, RDATA("\0\2\0\0"), false },
    { CORE_SOA, RDATA("\0\26\0\0" "12345678901234567890"), true },
    { CORE_TXT, RDATA("\0\0"), true },          /* nobody looks inside */
    { CORE_RRSIG, RDATA("\0\23" "123456789012345678\0"), true },
    { CORE_RRSIG, RDATA("\0\22" "123456789012345678"), false },
};

START_TEST(looks_at_names_inside_rdata)
{
    struct core_change change = {
        .kind = CORE_CHANGE_PUT, .owner = address.owner,
        .type = rdata_rows[_i].type, .count = 1,
        .rdatas = rdata_rows[_i].rdatas, .rdatas_size = rdata_rows[_i].size,
    };

    ck_assert(core_change_is_sound(&change) == rdata_rows[_i].sound);
}
END_TEST

START_TEST(cuts_a_large_rrset_and_adds_the_rest)
{
    struct core_change rest = address;
    struct core_change part;
    const size_t one = 16 + sizeof OWNER + 6;

    rest.kind = CORE_CHANGE_PUT;
    ck_assert(!core_change_cut(&rest, &part, one - 1));
    ck_assert(core_change_cut(&rest, &part, one + 5));
    ck_assert_int_eq(part.kind, CORE_CHANGE_PUT);
    ck_assert_uint_eq(part.count, 1);
    ck_assert(core_change_cut(&rest, &part, one));
    ck_assert_int_eq(part.kind, CORE_CHANGE_ADD);
    ck_assert_uint_eq(part.rdatas[5], 2);
    ck_assert(!core_change_cut(&rest, &part, one));
}
END_TEST

/* ---- zones with numbered addresses, on both sides ------------------------ */

#define ZONES 12001
#define HOSTS 64                        /* names of a zone that can change */

/* A zone holds the address 10.0.0.i at the name of host i where bit i is
   set, so its contents are one number. */
struct model {
    bool exists[ZONES];
    uint64_t hosts[ZONES];
    unsigned count;
};

struct world {
    void *context;
    core_loop_t *loop;
    core_publisher_t *publisher;
    core_subscriber_t *subscriber;
    struct model source;
    struct model copy;
    char folder[80];
    char feed[128];
    char snapshot[128];
    char relayed[128];
    void *front;                        /* relay: XSUB towards the source */
    void *back;                         /* XPUB towards the subscriber */
    unsigned drop;                      /* relay: messages to lose */
    unsigned zone;                      /* of the open transaction */
    unsigned flags;                     /* of the zone that got options last */
    uint64_t open_hosts;
    uint64_t last_version;
    unsigned whole, removed, abandoned, synced_calls, known_calls;
    bool synced;
    char reason[64];
    bool (*until)(struct world *world);
    core_timer_t *look;
    core_timer_t *patience;
};

static void
zone_id(unsigned zone, struct core_zone_id *id)
{
    char text[32];

    snprintf(text, sizeof text, "zone%u.example.", zone);
    id->layer = (uint16_t) (zone % 3);
    ck_assert_int_ne(core_name_from_text(id->name, text, NULL), -1);
}

static unsigned
zone_number(const struct core_zone_id *id)
{
    char text[CORE_NAME_TEXT_SIZE];
    unsigned zone;

    core_name_to_text(text, id->name);
    ck_assert_int_eq(sscanf(text, "zone%u.", &zone), 1);
    ck_assert_uint_eq(id->layer, zone % 3);
    return zone;
}

static void
host_change(struct core_change *change, uint8_t owner[CORE_NAME_SIZE],
            uint8_t rdatas[6], enum core_change_kind kind, unsigned zone,
            unsigned host)
{
    char text[64];

    snprintf(text, sizeof text, "host%u.zone%u.example.", host, zone);
    ck_assert_int_ne(core_name_from_text(owner, text, NULL), -1);
    memcpy(rdatas, "\0\4\12\0\0", 5);
    rdatas[5] = (uint8_t) host;
    *change = (struct core_change) {
        .kind = kind, .owner = owner, .type = CORE_A, .ttl = 60, .count = 1,
        .rdatas = rdatas, .rdatas_size = 6,
    };
}

/* A snapshot of the model. */
struct reading {
    unsigned zone;
    uint64_t hosts;
};

static void *
open_zone(void *owner, const struct core_zone_id *id)
{
    struct world *world = owner;
    struct reading *reading = core_allocate(sizeof *reading);

    reading->zone = zone_number(id);
    reading->hosts = world->source.hosts[reading->zone];
    return reading;
}

static size_t
next_records(void *snapshot, uint8_t *bytes, size_t limit)
{
    struct reading *reading = snapshot;
    size_t size = 0;

    ck_assert_uint_ge(limit, CORE_FEED_SNAPSHOT_ROOM);
    for (unsigned i = 0; i < HOSTS; i++) {
        struct core_change change;
        uint8_t owner[CORE_NAME_SIZE], rdatas[6];

        if (!(reading->hosts >> i & 1))
            continue;
        host_change(&change, owner, rdatas, CORE_CHANGE_PUT, reading->zone,
                    i);
        size += core_change_write(bytes + size, limit - size, &change);
        reading->hosts &= ~((uint64_t) 1 << i);
    }
    return size;
}

static const struct core_snapshot_hooks source_hooks = {
    open_zone, next_records, free
};

static void
begin(void *owner, const struct core_zone_id *id,
      const struct core_zone_options *options, bool whole)
{
    struct world *world = owner;

    world->zone = zone_number(id);
    world->whole += whole;
    ck_assert(!whole || options != NULL);
    if (options != NULL)
        world->flags = options->flags;
    world->open_hosts = whole ? 0 : world->copy.hosts[world->zone];
    if (whole && world->zone == 7) {
        ck_assert_uint_eq(options->flags, CORE_ZONE_FALLTHROUGH);
        ck_assert_uint_eq(options->fall_count, 1);
        ck_assert_mem_eq(options->fall[0], "\4fall", 6);
        ck_assert_str_eq(options->reason, "because");
    }
}

static void
take_change(void *owner, const struct core_change *change)
{
    struct world *world = owner;
    uint64_t bit = (uint64_t) 1 << change->rdatas[5];

    ck_assert_uint_eq(change->type, CORE_A);
    if (change->kind == CORE_CHANGE_REMOVE)
        world->open_hosts &= ~bit;
    else
        world->open_hosts |= bit;
}

static void
commit(void *owner, uint64_t version)
{
    struct world *world = owner;

    ck_assert_uint_ge(version, world->last_version);
    world->last_version = version;
    world->copy.count += !world->copy.exists[world->zone];
    world->copy.exists[world->zone] = true;
    world->copy.hosts[world->zone] = world->open_hosts;
}

static void
abandon(void *owner)
{
    ((struct world *) owner)->abandoned++;
}

static void
remove_copy(void *owner, const struct core_zone_id *id)
{
    struct world *world = owner;
    unsigned zone = zone_number(id);

    ck_assert(world->copy.exists[zone]);
    world->copy.exists[zone] = false;
    world->copy.hosts[zone] = 0;
    world->copy.count--;
    world->removed++;
}

static void
synced(void *owner, bool complete, const char *reason)
{
    struct world *world = owner;

    world->synced = complete;
    world->synced_calls++;
    snprintf(world->reason, sizeof world->reason, "%s",
             reason == NULL ? "" : reason);
}

static void
note_known(void *owner)
{
    struct world *world = owner;

    world->known_calls++;
}

static const struct core_subscriber_hooks copy_hooks = {
    .begin = begin,
    .change = take_change,
    .commit = commit,
    .abandon = abandon,
    .remove = remove_copy,
    .synced = synced,
    .known = note_known,
};

/* ---- the world around them ----------------------------------------------- */

static void
start_source(struct world *world)
{
    struct core_fault fault;

    world->publisher = core_publisher_new(world->context, world->loop,
                                          world->feed, world->snapshot,
                                          &source_hooks, world, &fault);
    ck_assert_msg(world->publisher != NULL, "%s", fault.text);
}

/* The locks would outlive the source, as long as this process does. */
static void
stop_source(struct world *world)
{
    static const char *const files[] = { "f.lock", "s.lock" };
    char path[128];

    core_publisher_destroy(&world->publisher);
    for (unsigned i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", world->folder, files[i]);
        unlink(path);
    }
}

static void
start_copy(struct world *world, const char *feed)
{
    char endpoints[300];
    struct core_fault fault;

    snprintf(endpoints, sizeof endpoints, "%s,%s", feed, world->snapshot);
    world->subscriber = core_subscriber_new(world->context, world->loop,
                                            endpoints, "local/test",
                                            &copy_hooks, world, &fault);
    ck_assert_msg(world->subscriber != NULL, "%s", fault.text);
}

static struct world *
new_world(void)
{
    struct world *world = core_allocate(sizeof *world);

    world->context = zmq_ctx_new();
    world->loop = core_loop_new();
    snprintf(world->folder, sizeof world->folder, "%s", core_test_folder());
    snprintf(world->feed, sizeof world->feed, "ipc://%s/f", world->folder);
    snprintf(world->snapshot, sizeof world->snapshot, "ipc://%s/s",
             world->folder);
    snprintf(world->relayed, sizeof world->relayed, "ipc://%s/r",
             world->folder);
    start_source(world);
    return world;
}

static void
end_world(struct world *world)
{
    core_subscriber_destroy(&world->subscriber);
    core_publisher_destroy(&world->publisher);
    if (world->front != NULL) {
        core_loop_unsocket(world->loop, world->front);
        core_loop_unsocket(world->loop, world->back);
        zmq_close(world->front);
        zmq_close(world->back);
    }
    core_loop_destroy(&world->loop);
    zmq_ctx_term(world->context);
    free(world);
}

static void
look(void *owner)
{
    struct world *world = owner;

    if (world->until(world))
        core_loop_stop(world->loop);
}

static void
lose_patience(void *owner)
{
    (void) owner;
    ck_abort_msg("it never came about");
}

static void
run_until(struct world *world, bool (*until)(struct world *world))
{
    world->until = until;
    world->look = core_loop_timer(world->loop, 0, 1, look, world);
    world->patience = core_loop_timer(world->loop, PATIENCE_MS, 0,
                                      lose_patience, world);
    core_loop_run(world->loop);
    core_loop_timer_cancel(world->loop, &world->look);
    core_loop_timer_cancel(world->loop, &world->patience);
}

static bool
copy_is_equal(struct world *world)
{
    return world->synced && world->copy.count == world->source.count
        && memcmp(&world->copy, &world->source, sizeof world->copy) == 0;
}

static void
announce(struct world *world, unsigned zone, uint64_t hosts)
{
    static const uint8_t *const fall[] = { (const uint8_t *) "\4fall" };
    struct core_zone_options options = { .flags = 0 };
    struct core_zone_id id;

    if (zone == 7)
        options = (struct core_zone_options) {
            .flags = CORE_ZONE_FALLTHROUGH, .fall_count = 1, .fall = fall,
            .reason = "because",
        };
    zone_id(zone, &id);
    world->source.count += !world->source.exists[zone];
    world->source.exists[zone] = true;
    world->source.hosts[zone] = hosts;
    core_publisher_renew(world->publisher, &id, &options);
}

static void
forget(struct world *world, unsigned zone)
{
    struct core_zone_id id;

    zone_id(zone, &id);
    world->source.exists[zone] = false;
    world->source.hosts[zone] = 0;
    world->source.count--;
    core_publisher_remove(world->publisher, &id);
}

/* Changes the zone from what it has to hosts, as one transaction. */
static void
change_zone(struct world *world, unsigned zone, uint64_t hosts)
{
    uint64_t differing = world->source.hosts[zone] ^ hosts;
    struct core_zone_id id;

    zone_id(zone, &id);
    world->source.hosts[zone] = hosts;
    core_publisher_begin(world->publisher, &id);
    for (unsigned i = 0; i < HOSTS; i++) {
        struct core_change change;
        uint8_t owner[CORE_NAME_SIZE], rdatas[6];

        if (!(differing >> i & 1))
            continue;
        host_change(&change, owner, rdatas, hosts >> i & 1
                    ? CORE_CHANGE_ADD : CORE_CHANGE_REMOVE, zone, i);
        core_publisher_change(world->publisher, &change);
    }
    core_publisher_commit(world->publisher);
}

/* ---- what must come through ---------------------------------------------- */

START_TEST(brings_a_snapshot_and_then_changes)
{
    struct world *world = new_world();

    for (unsigned i = 0; i < 10; i++)
        announce(world, i, i * 0x101);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);
    for (unsigned i = 0; i < 1000; i++)
        change_zone(world, i % 10, i * 0x9e3779b97f4a7c15u);
    run_until(world, copy_is_equal);
    forget(world, 3);
    announce(world, 11, 5);
    announce(world, 4, 77);
    change_zone(world, 11, 6);
    change_zone(world, 5, 1);
    run_until(world, copy_is_equal);
    ck_assert_uint_eq(world->removed, 1);
    ck_assert_uint_eq(world->whole, 12);
    ck_assert_uint_eq(world->synced_calls, 1);
    end_world(world);
}
END_TEST

static bool
copy_is_stale(struct world *world)
{
    return world->flags == CORE_ZONE_STALE;
}

START_TEST(options_change_without_the_records)
{
    struct world *world = new_world();
    struct core_zone_options stale = { .flags = CORE_ZONE_STALE };
    struct core_zone_id id;

    announce(world, 1, 5);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);
    zone_id(1, &id);
    core_publisher_options(world->publisher, &id, &stale);
    run_until(world, copy_is_stale);
    ck_assert(copy_is_equal(world));
    ck_assert_uint_eq(world->whole, 1);
    change_zone(world, 1, 7);
    run_until(world, copy_is_equal);

    /* Who comes later gets both. */
    core_subscriber_destroy(&world->subscriber);
    world->flags = 0;
    memset(&world->copy, 0, sizeof world->copy);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);
    ck_assert(copy_is_stale(world));
    end_world(world);
}
END_TEST

/* The one wants zones of the layer of upstreams, the other the rest. */
START_TEST(zones_of_upstreams_go_to_those_who_want_them)
{
    struct world *world = new_world();
    struct core_zone_options options = { .flags = 0 };
    struct core_zone_id id = { .layer = CORE_FEED_UPSTREAMS };

    announce(world, 1, 5);
    core_publisher_renew(world->publisher, &id, &options);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);

    /* zone_number() would not know it. */
    core_publisher_renew(world->publisher, &id, &options);
    core_publisher_options(world->publisher, &id, &options);
    core_publisher_begin(world->publisher, &id);
    core_publisher_change(world->publisher, &(struct core_change) {
        .kind = CORE_CHANGE_DELETE, .owner = id.name, .type = CORE_ANY,
    });
    core_publisher_commit(world->publisher);
    change_zone(world, 1, 7);
    run_until(world, copy_is_equal);
    core_publisher_remove(world->publisher, &id);
    change_zone(world, 1, 9);
    run_until(world, copy_is_equal);
    ck_assert_uint_eq(world->whole, 1);
    end_world(world);
}
END_TEST

START_TEST(is_complete_only_when_the_source_says_so)
{
    struct world *world = new_world();

    start_copy(world, world->feed);
    for (unsigned i = 0; i < 10; i++)
        announce(world, i, 1);
    core_publisher_complete(world->publisher);
    run_until(world, copy_is_equal);
    ck_assert_uint_eq(world->synced_calls, 1);
    end_world(world);
}
END_TEST

START_TEST(brings_twelve_thousand_zones)
{
    struct world *world = new_world();

    start_copy(world, world->feed);
    for (unsigned i = 0; i < 12000; i++)
        announce(world, i, i);
    core_publisher_complete(world->publisher);
    run_until(world, copy_is_equal);
    ck_assert_uint_eq(world->whole, 12000);
    end_world(world);
}
END_TEST

/* ---- a relay that loses messages ----------------------------------------- */

static void
pass_on(struct world *world, void *from, void *to, unsigned *drop)
{
    zmq_msg_t frame;

    zmq_msg_init(&frame);
    while (zmq_msg_recv(&frame, from, ZMQ_DONTWAIT) != -1) {
        int more = zmq_msg_more(&frame);
        bool lost = drop != NULL && *drop > 0;

        ck_assert(world != NULL);
        if (!lost)
            zmq_msg_send(&frame, to, more ? ZMQ_SNDMORE : 0);
        else if (!more)
            (*drop)--;
        zmq_msg_close(&frame);
        zmq_msg_init(&frame);
    }
    zmq_msg_close(&frame);
}

static bool
relay_down(void *owner)
{
    struct world *world = owner;

    pass_on(world, world->front, world->back, &world->drop);
    return false;
}

static bool
relay_up(void *owner)
{
    struct world *world = owner;

    pass_on(world, world->back, world->front, NULL);
    return false;
}

static void
start_relay(struct world *world)
{
    world->front = zmq_socket(world->context, ZMQ_XSUB);
    world->back = zmq_socket(world->context, ZMQ_XPUB);
    core_socket_prepare(world->front);
    core_socket_prepare(world->back);
    ck_assert_int_eq(zmq_connect(world->front, world->feed), 0);
    ck_assert_int_eq(zmq_bind(world->back, world->relayed), 0);
    core_loop_socket(world->loop, world->front, relay_down, world);
    core_loop_socket(world->loop, world->back, relay_up, world);
}

START_TEST(mends_a_gap_without_starting_over)
{
    struct world *world = new_world();

    for (unsigned i = 0; i < 100; i++)
        announce(world, i, 1);
    core_publisher_complete(world->publisher);
    start_relay(world);
    start_copy(world, world->relayed);
    run_until(world, copy_is_equal);

    /* A change, a removal and a renewal are lost. */
    world->drop = 3;
    change_zone(world, 5, 99);
    forget(world, 6);
    announce(world, 8, 3);
    change_zone(world, 9, 4);
    run_until(world, copy_is_equal);
    ck_assert_uint_eq(world->removed, 1);
    ck_assert_uint_eq(world->whole, 103);   /* 5, 8 and 9 once more */
    ck_assert_uint_eq(world->synced_calls, 1);
    end_world(world);
}
END_TEST

START_TEST(finds_a_gap_by_the_beat)
{
    struct world *world = new_world();

    announce(world, 1, 1);
    core_publisher_complete(world->publisher);
    start_relay(world);
    start_copy(world, world->relayed);
    run_until(world, copy_is_equal);
    world->drop = 1;
    change_zone(world, 1, 2);
    run_until(world, copy_is_equal);
    end_world(world);
}
END_TEST

START_TEST(takes_over_what_a_restarted_source_has)
{
    struct world *world = new_world();

    for (unsigned i = 0; i < 20; i++)
        announce(world, i, i);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);

    stop_source(world);
    memset(&world->source, 0, sizeof world->source);
    start_source(world);
    for (unsigned i = 10; i < 25; i++)
        announce(world, i, i + 1);
    core_publisher_complete(world->publisher);
    run_until(world, copy_is_equal);
    ck_assert_uint_eq(world->whole, 35);
    ck_assert_uint_eq(world->removed, 10);
    end_world(world);
}
END_TEST

static bool
copy_has_zone_1_renewed(struct world *world)
{
    return world->copy.hosts[1] == 2;
}

START_TEST(removes_nothing_until_the_restarted_source_is_complete)
{
    struct world *world = new_world();

    announce(world, 1, 1);
    announce(world, 2, 1);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);

    stop_source(world);
    start_source(world);
    announce(world, 1, 2);
    run_until(world, copy_has_zone_1_renewed);
    ck_assert(world->copy.exists[2]);
    forget(world, 1);                   /* so that the models agree */
    memset(&world->source, 0, sizeof world->source);
    announce(world, 1, 2);
    core_publisher_complete(world->publisher);
    run_until(world, copy_is_equal);
    ck_assert(!world->copy.exists[2]);
    end_world(world);
}
END_TEST

static bool
copy_has_heard_of_pending(struct world *world)
{
    return world->flags == (CORE_ZONE_FAILED | CORE_ZONE_PENDING);
}

START_TEST(a_pending_source_has_not_named_all_its_zones)
{
    const struct core_zone_options pending = {
        .flags = CORE_ZONE_FAILED | CORE_ZONE_PENDING,
    };
    struct world *world = new_world();
    struct core_zone_id id;

    announce(world, 1, 1);
    announce(world, 2, 1);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);

    stop_source(world);
    start_source(world);
    zone_id(1, &id);
    core_publisher_renew(world->publisher, &id, &pending);
    core_publisher_complete(world->publisher);
    world->known_calls = 0;
    run_until(world, copy_has_heard_of_pending);
    ck_assert(world->synced);
    ck_assert(world->copy.exists[2]);
    ck_assert_uint_eq(world->known_calls, 0);
    memset(&world->source, 0, sizeof world->source);
    announce(world, 1, 2);
    run_until(world, copy_is_equal);
    ck_assert(!world->copy.exists[2]);
    ck_assert_uint_gt(world->known_calls, 0);
    end_world(world);
}
END_TEST

static bool
is_not_synced(struct world *world)
{
    return !world->synced;
}

START_TEST(says_that_the_source_is_silent_and_keeps_the_data)
{
    struct world *world = new_world();

    announce(world, 1, 1);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);

    /* What it does to its zones from here on is nobody's business. */
    core_publisher_retire(world->publisher);
    forget(world, 1);
    stop_source(world);
    run_until(world, is_not_synced);
    ck_assert_str_eq(world->reason,
                     "no word from the source for three seconds");
    ck_assert(world->copy.exists[1]);
    end_world(world);
}
END_TEST

START_TEST(fetches_a_transaction_that_is_too_large_for_a_message)
{
    struct world *world = new_world();
    struct core_zone_id id;
    uint8_t owner[CORE_NAME_SIZE], rdatas[6];
    struct core_change change;

    announce(world, 1, 0);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);
    zone_id(1, &id);
    world->source.hosts[1] = 1;
    core_publisher_begin(world->publisher, &id);
    host_change(&change, owner, rdatas, CORE_CHANGE_ADD, 1, 0);
    for (unsigned i = 0; i < 20000; i++)
        core_publisher_change(world->publisher, &change);
    core_publisher_commit(world->publisher);
    run_until(world, copy_is_equal);
    ck_assert_uint_eq(world->whole, 2);
    end_world(world);
}
END_TEST

START_TEST(sends_a_transaction_of_several_frames_as_one)
{
    struct world *world = new_world();
    struct core_zone_id id;
    uint8_t owner[CORE_NAME_SIZE], rdatas[6];
    struct core_change change;

    announce(world, 1, 0);
    core_publisher_complete(world->publisher);
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);
    zone_id(1, &id);
    world->source.hosts[1] = 3;
    core_publisher_begin(world->publisher, &id);
    host_change(&change, owner, rdatas, CORE_CHANGE_ADD, 1, 0);
    for (unsigned i = 0; i < 9000; i++)
        core_publisher_change(world->publisher, &change);
    host_change(&change, owner, rdatas, CORE_CHANGE_ADD, 1, 1);
    core_publisher_change(world->publisher, &change);
    core_publisher_commit(world->publisher);
    run_until(world, copy_is_equal);
    ck_assert_uint_eq(world->whole, 1);
    end_world(world);
}
END_TEST

START_TEST(outlives_subscribers_that_ask_and_do_not_read)
{
    struct world *world = new_world();
    void *rude[80];
    uint8_t want[FEED_HEADER_SIZE];

    for (unsigned i = 0; i < 12000; i++)
        announce(world, i, UINT64_MAX);
    core_publisher_complete(world->publisher);
    feed_header_write(want, &(struct feed_header) {
        .kind = FEED_WANT, .flags = FEED_ALL, .count = 1 << 30,
    });
    for (unsigned i = 0; i < 80; i++) {
        rude[i] = zmq_socket(world->context, ZMQ_DEALER);
        core_socket_prepare(rude[i]);
        ck_assert_int_eq(zmq_connect(rude[i], world->snapshot), 0);
        zmq_send(rude[i], want, sizeof want, 0);
        if (i % 2 == 1)
            zmq_close(rude[i]);
    }
    start_copy(world, world->feed);
    run_until(world, copy_is_equal);
    for (unsigned i = 0; i < 80; i += 2)
        zmq_close(rude[i]);
    end_world(world);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("feed");

    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, reads_what_it_wrote);
    tcase_add_test(cases, reads_that_a_name_exists);
    tcase_add_test(cases, refuses_every_shorter_frame);
    tcase_add_loop_test(cases, refuses_what_is_broken, 0,
                        CORE_TEST_ROWS(broken));
    tcase_add_loop_test(cases, looks_at_names_inside_rdata, 0,
                        CORE_TEST_ROWS(rdata_rows));
    tcase_add_test(cases, cuts_a_large_rrset_and_adds_the_rest);
    tcase_add_test(cases, brings_a_snapshot_and_then_changes);
    tcase_add_test(cases, options_change_without_the_records);
    tcase_add_test(cases, zones_of_upstreams_go_to_those_who_want_them);
    tcase_add_test(cases, is_complete_only_when_the_source_says_so);
    tcase_add_test(cases, brings_twelve_thousand_zones);
    tcase_add_test(cases, mends_a_gap_without_starting_over);
    tcase_add_test(cases, finds_a_gap_by_the_beat);
    tcase_add_test(cases, takes_over_what_a_restarted_source_has);
    tcase_add_test(cases,
                   removes_nothing_until_the_restarted_source_is_complete);
    tcase_add_test(cases, a_pending_source_has_not_named_all_its_zones);
    tcase_add_test(cases, says_that_the_source_is_silent_and_keeps_the_data);
    tcase_add_test(cases,
                   fetches_a_transaction_that_is_too_large_for_a_message);
    tcase_add_test(cases, sends_a_transaction_of_several_frames_as_one);
    tcase_add_test(cases, outlives_subscribers_that_ask_and_do_not_read);
    return core_test_run(cases);
}
