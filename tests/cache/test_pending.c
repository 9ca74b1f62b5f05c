/* pending - who leads, who waits, and that nobody is lost */

#include "cache/pending.h"

#include <stdio.h>
#include <stdlib.h>

#include "cache/sample.h"
#include "core_test.h"

static pending_t *pending;

static void
setup(void)
{
    pending = pending_new();
}

static void
teardown(void)
{
    pending_destroy(&pending);
    ck_assert_ptr_null(pending);
}

static struct key
key_of(unsigned number, uint8_t bits)
{
    char name[32];

    snprintf(name, sizeof name, "n%u.example.", number);
    return sample_key(name, CORE_A, bits, &sample_secret);
}

static struct flight *
lead(unsigned number, uint64_t id, int64_t now_ms)
{
    struct key key = key_of(number, 0);
    struct asker asker = { .id = id };

    return pending_lead(pending, pending_find(pending, &key), &key, &asker,
                        now_ms);
}

static void
wait(struct flight *flight, uint64_t id, int64_t now_ms)
{
    pending_wait(pending, flight, &(struct waiter) {
        .asker.id = id, .since_ms = now_ms, .held = (void *) (uintptr_t) id });
}

START_TEST(finds_the_flight_of_a_reply)
{
    static const struct {
        uint8_t bits;                   /* of the query */
        uint64_t id;
        bool is_found;
    } rows[] = { { 0, 7, true }, { KEY_DNSSEC_OK, 8, true },
                 { KEY_CHECKING_DISABLED, 9, false } };
    struct asker leader;
    struct key reply_key = key_of(1, 0);    /* a reply has no DO bit */

    for (int i = 0; i < 2; i++) {
        struct key key = key_of(1, rows[i].bits);

        pending_lead(pending, NULL, &key, &(struct asker) {
            .id = rows[i].id, .arrived_us = 5, .is_copy = i == 1 }, 0);
    }
    for (int i = 0; i < 3; i++) {
        struct asker asker = { .id = rows[i].id, .arrived_us = 5 };
        struct flight *flight = pending_find_reply(pending, &reply_key,
                                                   &asker, &leader);

        ck_assert((flight != NULL) == rows[i].is_found);
        if (flight == NULL)
            continue;
        ck_assert_uint_eq(flight->key.bits, rows[i].bits);
        ck_assert(leader.is_copy == (i == 1));
        asker.arrived_us = 6;           /* another query with the same id */
        ck_assert_ptr_null(pending_find_reply(pending, &reply_key, &asker,
                                              &leader));
    }
}
END_TEST

START_TEST(takes_a_reply_to_any_leader)
{
    struct flight *flight = lead(1, 1, 0);
    struct key key = key_of(1, 0);
    struct asker leader;

    ck_assert(!pending_is_overdue(flight, PENDING_SILENCE_MS - 1));
    ck_assert(pending_is_overdue(flight, PENDING_SILENCE_MS));
    for (uint64_t id = 2; id <= 5; id++)
        ck_assert_ptr_eq(lead(1, id, PENDING_SILENCE_MS), flight);
    ck_assert(!pending_is_overdue(flight, PENDING_SILENCE_MS));
    for (uint64_t id = 2; id <= 5; id++) {
        struct asker asker = { .id = id };

        ck_assert(pending_is_leader(flight, &asker));
        ck_assert_ptr_eq(pending_find_reply(pending, &key, &asker, &leader),
                         flight);
    }
    ck_assert(!pending_is_leader(flight, &(struct asker) { .id = 1 }));
    ck_assert_uint_eq(pending_flights(pending), 1);
}
END_TEST

START_TEST(gives_waiters_back_in_their_order)
{
    struct flight *flight = lead(1, 1, 0);
    struct asker asker = { .id = 50 };

    for (uint64_t id = 10; id < 100; id++)
        wait(flight, id, (int64_t) id);
    ck_assert(pending_is_waiting(pending, &asker));
    for (uint64_t id = 10; id < 100; id++) {
        ck_assert(pending_oldest(pending, flight)->since_ms == (int64_t) id);
        ck_assert_uint_eq((uintptr_t) pending_take(pending, flight), id);
    }
    ck_assert(!pending_is_waiting(pending, &asker));
    ck_assert_ptr_null(pending_oldest(pending, flight));
    ck_assert_uint_eq(pending_waiters(pending), 0);
    pending_land(pending, flight);
    ck_assert_uint_eq(pending_flights(pending), 0);
}
END_TEST

START_TEST(gives_up_the_oldest_that_nobody_waits_for)
{
    struct key first = key_of(0, 0), second = key_of(1, 0),
               last = key_of(PENDING_FLIGHTS + 99, 0);

    wait(lead(0, 1, 0), 2, 0);
    for (unsigned i = 1; i < PENDING_FLIGHTS + 100; i++)
        lead(i, i, i);
    ck_assert_uint_eq(pending_flights(pending), PENDING_FLIGHTS);
    ck_assert_ptr_nonnull(pending_find(pending, &first));
    ck_assert_ptr_null(pending_find(pending, &second));
    ck_assert_ptr_nonnull(pending_find(pending, &last));
}
END_TEST

START_TEST(lets_only_so_many_wait)
{
    for (unsigned i = 0; i < PENDING_WAITERS; i++) {
        ck_assert(pending_can_wait(pending));
        wait(lead(i % 10, i % 10, 0), i, 0);
    }
    ck_assert(!pending_can_wait(pending));
}
END_TEST

static void
take_some(void *owner, struct flight *flight)
{
    unsigned *visits = owner;

    (*visits)++;
    for (int i = 0; i < 2 && flight->waiters > 0; i++)
        pending_take(pending, flight);
    if (flight->waiters == 0)
        pending_land(pending, flight);
}

START_TEST(looks_after_all_that_are_awaited)
{
    unsigned visits = 0;

    for (unsigned i = 0; i < 20; i++)
        for (unsigned j = 0; j < i % 4; j++)
            wait(lead(i, i, 0), 100 * i + j, 0);
    lead(99, 99, 0);
    pending_each_awaited(pending, take_some, &visits);
    ck_assert_uint_eq(visits, 15);
    ck_assert_uint_eq(pending_flights(pending), 1 + 5);
    ck_assert_uint_eq(pending_waiters(pending), 5);
}
END_TEST

/* Against a simple model, to catch a broken link. */
START_TEST(keeps_its_links_in_order)
{
    enum { NAMES = 50 };
    unsigned waiters[NAMES] = { 0 };
    bool is_flying[NAMES] = { false };

    srand(11);
    for (unsigned i = 0; i < 50000; i++) {
        unsigned number = (unsigned) rand() % NAMES;
        struct key key = key_of(number, 0);
        struct flight *flight = pending_find(pending, &key);

        ck_assert((flight != NULL) == is_flying[number]);
        if (flight == NULL) {
            lead(number, i, i);
            is_flying[number] = true;
            continue;
        }
        ck_assert_uint_eq(flight->waiters, waiters[number]);
        if (rand() % 2 == 0 && pending_can_wait(pending)) {
            wait(flight, i, i);
            waiters[number]++;
        }
        else if (waiters[number] > 0) {
            pending_take(pending, flight);
            waiters[number]--;
        }
        else {
            pending_land(pending, flight);
            is_flying[number] = false;
        }
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("pending");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, finds_the_flight_of_a_reply);
    tcase_add_test(cases, takes_a_reply_to_any_leader);
    tcase_add_test(cases, gives_waiters_back_in_their_order);
    tcase_add_test(cases, gives_up_the_oldest_that_nobody_waits_for);
    tcase_add_test(cases, lets_only_so_many_wait);
    tcase_add_test(cases, looks_after_all_that_are_awaited);
    tcase_add_test(cases, keeps_its_links_in_order);
    return core_test_run(cases);
}
