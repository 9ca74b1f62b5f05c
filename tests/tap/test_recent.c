/* recent - the query of a reply, for as long as it is known */

#include "tap/recent.h"

#include "core_test.h"
#include "tap/sample.h"

static struct sample query;

START_TEST(knows_the_query_of_a_reply_once)
{
    recent_t *self = recent_new();
    struct core_record reply;
    const struct recent_query *known;

    sample_query(&query, "www.example.org.", CORE_A);
    query.record.flags = CORE_RECORD_RESENT;
    reply = query.record;
    ck_assert_ptr_null(recent_take(self, &reply));
    recent_put(self, &query.record, 5);
    memset(query.bytes, 0xee, sizeof query.bytes);      /* a copy was made */
    known = recent_take(self, &reply);
    ck_assert_ptr_nonnull(known);
    ck_assert_int_eq(known->real_us, 5);
    ck_assert_uint_eq(known->record.id, 7);
    ck_assert_uint_eq(known->record.flags, CORE_RECORD_RESENT);
    ck_assert_uint_eq(known->record.message[13], 'w');
    ck_assert_ptr_null(recent_take(self, &reply));
    recent_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(knows_it_until_the_last_of_many)
{
    recent_t *self = recent_new();
    struct core_record reply;

    sample_query(&query, "www.example.org.", CORE_AXFR);
    recent_put(self, &query.record, 5);
    reply = query.record;
    reply.flags = CORE_RECORD_MORE;
    ck_assert_ptr_nonnull(recent_take(self, &reply));
    ck_assert_ptr_nonnull(recent_take(self, &reply));
    recent_destroy(&self);
}
END_TEST

START_TEST(takes_nobody_for_another)
{
    recent_t *self = recent_new();
    struct core_record reply;

    sample_query(&query, "www.example.org.", CORE_A);
    recent_put(self, &query.record, 5);
    reply = query.record;
    if (_i == 0)
        reply.id++;
    else if (_i == 1)
        reply.client_port++;
    else
        reply.client[15]++;
    ck_assert_ptr_null(recent_take(self, &reply));
    recent_destroy(&self);
}
END_TEST

START_TEST(forgets_what_is_too_long)
{
    recent_t *self = recent_new();

    sample_query(&query, "www.example.org.", CORE_A);
    recent_put(self, &query.record, 5);
    query.record.message_size = RECENT_SIZE + 1;
    recent_put(self, &query.record, 6);
    ck_assert_ptr_null(recent_take(self, &query.record));
    recent_destroy(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("recent");

    tcase_add_test(cases, knows_the_query_of_a_reply_once);
    tcase_add_test(cases, knows_it_until_the_last_of_many);
    tcase_add_loop_test(cases, takes_nobody_for_another, 0, 3);
    tcase_add_test(cases, forgets_what_is_too_long);
    return core_test_run(cases);
}
