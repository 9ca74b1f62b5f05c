/* outlet - queries that are led elsewhere while others are under way */

#include "coredns/pipe.h"

#include <stdio.h>
#include <string.h>

#include <zmq.h>

#include "core_test.h"

#define PLACES 2

static const uint8_t message[] = "\x12\x34 no DNS is looked at here";

/* A next stage that keeps what it is asked until it is told to answer. */
struct place {
    char endpoint[128];
    core_inlet_t *inlet;
    struct core_envelope envelope;
    unsigned queries;
};

static void *context;
static core_loop_t *loop;
static core_batch_t *batch;
static struct place places[PLACES];
static core_outlet_t *outlet;
static struct core_fault fault;
static unsigned replies_seen, returns_seen, leads_seen;

static void
stop(void *owner)
{
    (void) owner;
    core_loop_stop(loop);
}

static void
take_query(void *owner, const struct core_envelope *envelope,
           struct core_batch_reader *reader)
{
    struct place *place = owner;
    struct core_record record;

    while (core_batch_next(reader, &record))
        place->queries++;
    place->envelope = *envelope;
    core_loop_stop(loop);
}

static void
take_reply(void *owner, const struct core_envelope *envelope,
           struct core_batch_reader *reader)
{
    struct core_record record;

    (void) owner;
    (void) envelope;
    while (core_batch_next(reader, &record))
        replies_seen++;
    core_loop_stop(loop);
}

static void
take_return(void *owner, core_outlet_t *from, unsigned instance)
{
    (void) owner;
    (void) from;
    (void) instance;
    returns_seen++;
    core_loop_stop(loop);
}

static void
take_led(void *owner)
{
    (void) owner;
    leads_seen++;
    core_loop_stop(loop);
}

static void
fill(enum core_batch_kind kind)
{
    struct core_record record = { .message = message,
                                  .message_size = sizeof message };

    core_batch_start(batch, kind);
    core_batch_add(batch, &record);
}

static bool
ask(void)
{
    fill(CORE_BATCH_QUERIES);
    return core_outlet_send(outlet, 0, NULL, batch);
}

static void
answer(struct place *place)
{
    fill(CORE_BATCH_REPLIES);
    ck_assert(core_inlet_send(place->inlet, &place->envelope, batch));
    core_loop_run(loop);
}

static void
open_place(struct place *place, const char *name)
{
    *place = (struct place) { .queries = 0 };
    snprintf(place->endpoint, sizeof place->endpoint, "ipc://%s/%s",
             core_test_folder(), name);
    place->inlet = core_inlet_new(context, loop, place->endpoint, take_query,
                                  place, &fault);
    ck_assert_ptr_nonnull(place->inlet);
}

static void
setup(void)
{
    context = zmq_ctx_new();
    loop = core_loop_new();
    batch = core_batch_new();
    open_place(&places[0], "first");
    open_place(&places[1], "second");
    replies_seen = returns_seen = leads_seen = 0;
    core_loop_timer(loop, 8000, 0, stop, NULL);     /* a test that hangs */
    outlet = core_outlet_new(context, loop, "next", places[0].endpoint,
                             "local/test", take_reply, take_return, NULL,
                             &fault);
    ck_assert_ptr_nonnull(outlet);
    core_loop_run(loop);
    ck_assert_uint_eq(returns_seen, 1);
}

static void
teardown(void)
{
    core_outlet_destroy(&outlet);
    for (int i = 0; i < PLACES; i++)
        core_inlet_destroy(&places[i].inlet);
    core_batch_destroy(&batch);
    zmq_ctx_term(context);
    core_loop_destroy(&loop);
}

static void
lead(const char *endpoints)
{
    ck_assert_int_eq(core_outlet_lead(outlet, endpoints, take_led, NULL,
                                      &fault), 0);
    while (leads_seen == 0)
        core_loop_run(loop);
}

START_TEST(goes_the_old_way_until_the_new_one_is_open)
{
    ck_assert_int_eq(core_outlet_lead(outlet, places[1].endpoint, take_led,
                                      NULL, &fault), 0);
    ck_assert(ask());
    while (leads_seen == 0)
        core_loop_run(loop);
    ck_assert(ask());
    while (places[0].queries + places[1].queries < 2)
        core_loop_run(loop);
    ck_assert_uint_eq(places[0].queries, 1);
    ck_assert_uint_eq(places[1].queries, 1);
    ck_assert_str_eq(core_outlet_endpoint(outlet, 0), places[1].endpoint);

    /* Nothing was lost, so nothing is to be sent again. */
    ck_assert_uint_eq(returns_seen, 1);
}
END_TEST

START_TEST(takes_replies_of_the_old_way)
{
    ck_assert(ask());
    core_loop_run(loop);
    lead(places[1].endpoint);
    answer(&places[0]);
    ck_assert_uint_eq(replies_seen, 1);
}
END_TEST

START_TEST(comes_back_to_where_it_was)
{
    lead(places[1].endpoint);
    leads_seen = 0;
    lead(places[0].endpoint);
    ck_assert(ask());
    core_loop_run(loop);
    answer(&places[0]);
    ck_assert_uint_eq(replies_seen, 1);
}
END_TEST

START_TEST(goes_to_more_instances_and_to_fewer)
{
    char both[2 * sizeof places[0].endpoint];

    snprintf(both, sizeof both, "%s,%s", places[0].endpoint,
             places[1].endpoint);
    lead(both);
    ck_assert_uint_eq(core_outlet_instances(outlet), 2);
    ck_assert(core_outlet_is_reachable(outlet, 0));
    ck_assert(core_outlet_is_reachable(outlet, 1));
    leads_seen = 0;
    lead(places[1].endpoint);
    ck_assert_uint_eq(core_outlet_instances(outlet), 1);
    ck_assert(ask());
    core_loop_run(loop);
    ck_assert_uint_eq(places[1].queries, 1);
}
END_TEST

START_TEST(turns_at_once_when_the_old_way_is_dead)
{
    core_inlet_destroy(&places[0].inlet);
    while (core_outlet_is_reachable(outlet, 0)) {
        core_loop_timer(loop, 10, 0, stop, NULL);
        core_loop_run(loop);
    }
    returns_seen = 0;
    lead(places[1].endpoint);
    while (!core_outlet_is_reachable(outlet, 0))
        core_loop_run(loop);
    ck_assert_uint_gt(returns_seen, 0);
    ck_assert(ask());
}
END_TEST

START_TEST(turns_in_the_end_though_nobody_is_there)
{
    lead("ipc:///nonexistent/pipe");
    ck_assert(!ask());
    leads_seen = 0;
    lead(places[0].endpoint);
    while (!core_outlet_is_reachable(outlet, 0))
        core_loop_run(loop);
    ck_assert(ask());
}
END_TEST

START_TEST(stays_when_the_new_way_is_none)
{
    ck_assert_int_eq(core_outlet_lead(outlet, "nowhere", take_led, NULL,
                                      &fault), -1);
    ck_assert_str_eq(fault.text,
                     "cannot connect to nowhere: Invalid argument");
    ck_assert(ask());
    core_loop_run(loop);
    ck_assert_uint_eq(places[0].queries, 1);
    ck_assert_uint_eq(leads_seen, 0);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("outlet");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, goes_the_old_way_until_the_new_one_is_open);
    tcase_add_test(cases, takes_replies_of_the_old_way);
    tcase_add_test(cases, comes_back_to_where_it_was);
    tcase_add_test(cases, goes_to_more_instances_and_to_fewer);
    tcase_add_test(cases, turns_at_once_when_the_old_way_is_dead);
    tcase_add_test(cases, turns_in_the_end_though_nobody_is_there);
    tcase_add_test(cases, stays_when_the_new_way_is_none);
    return core_test_run(cases);
}
