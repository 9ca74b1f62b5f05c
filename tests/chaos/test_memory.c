/* memory - queries that come again are known, others are not */

#include "chaos/memory.h"

#include "core_test.h"

static const uint8_t name[] = "\003www\007example";
static const uint8_t NAME[] = "\003WWW\007example";
static const uint8_t other[] = "\003ftp\007example";

struct query {
    struct core_message message;
    struct core_record record;
};

#define QUERY(number, dns_id, port, owner, type) { \
    { .id = dns_id, .qname = owner, .qtype = type }, \
    { .id = number, .client_port = port, .client = { [15] = 1 } } }

static const struct query first = QUERY(1, 2, 3, name, 1);

static const struct {
    struct query query;
    bool is_the_same;
} rows[] = {
    { QUERY(1, 2, 3, name, 1),  true },
    { QUERY(1, 2, 3, NAME, 1),  true },
    { QUERY(9, 2, 3, name, 1),  false },
    { QUERY(1, 9, 3, name, 1),  false },
    { QUERY(1, 2, 9, name, 1),  false },
    { QUERY(1, 2, 3, other, 1), false },
    { QUERY(1, 2, 3, name, 28), false },
};

START_TEST(knows_a_query_that_comes_again)
{
    memory_t *self = memory_new();
    uint64_t print = memory_fingerprint(&first.message, &first.record);

    ck_assert_ptr_null(memory_find(self, print));
    memory_put(self, print)->effects = 5;
    print = memory_fingerprint(&rows[_i].query.message,
                               &rows[_i].query.record);

    const struct memory_entry *entry = memory_find(self, print);

    ck_assert_int_eq(entry != NULL, rows[_i].is_the_same);
    ck_assert(entry == NULL || entry->effects == 5);
    memory_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(a_place_is_taken_by_the_last)
{
    memory_t *self = memory_new();

    memory_put(self, 7)->effects = 1;
    memory_put(self, 7 + MEMORY_PLACES)->effects = 2;
    ck_assert_ptr_null(memory_find(self, 7));
    ck_assert_uint_eq(memory_find(self, 7 + MEMORY_PLACES)->effects, 2);
    memory_destroy(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("memory");

    tcase_add_loop_test(cases, knows_a_query_that_comes_again, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, a_place_is_taken_by_the_last);
    return core_test_run(cases);
}
