/* connections - limits, order of activity, and use of numbers */

#include "frontend/connections.h"

#include <arpa/inet.h>

#include "core_test.h"

static const struct connections_limits limits = { 10, 3, 10000 };

static struct connection *
add(connections_t *self, const char *client, int64_t now_ms)
{
    uint8_t address[16];

    ck_assert_int_eq(inet_pton(AF_INET6, client, address), 1);
    return connections_add(self, address, now_ms);
}

static connections_t *
begin(void)
{
    connections_t *self = connections_new();

    connections_limit(self, &limits);
    return self;
}

static void
end(connections_t *self)
{
    while (connections_oldest(self) != NULL)
        connections_remove(self, connections_oldest(self));
    connections_destroy(&self);
    ck_assert_ptr_null(self);
}

static const struct {
    const char *first, *next;
    bool same;
} client_rows[] = {
    { "::ffff:192.0.2.1",  "::ffff:192.0.2.1",  true  },
    { "::ffff:192.0.2.1",  "::ffff:192.0.2.2",  false },
    { "2001:db8:0:1::1",   "2001:db8:0:1::2",   true  },    /* a /64 */
    { "2001:db8:0:1::1",   "2001:db8:0:2::1",   false },
};

START_TEST(limits_what_one_client_has)
{
    connections_t *self = begin();

    for (uint32_t i = 0; i < limits.per_client; i++)
        ck_assert_ptr_nonnull(add(self, client_rows[_i].first, 0));
    ck_assert_ptr_null(add(self, client_rows[_i].first, 0));
    ck_assert_int_eq(add(self, client_rows[_i].next, 0) == NULL,
                     client_rows[_i].same);
    connections_remove(self, connections_oldest(self));
    ck_assert_ptr_nonnull(add(self, client_rows[_i].first, 0));
    end(self);
}
END_TEST

START_TEST(limits_all_of_them)
{
    connections_t *self = begin();

    for (unsigned i = 0; i < limits.all; i++) {
        uint8_t address[16] = { [0] = 32, [7] = (uint8_t) i };

        ck_assert_ptr_nonnull(connections_add(self, address, 0));
    }
    ck_assert_ptr_null(add(self, "2001:db8::1", 0));
    ck_assert_uint_eq(connections_count(self), limits.all);
    end(self);
}
END_TEST

START_TEST(knows_who_was_idle_longest)
{
    connections_t *self = begin();
    struct connection *first = add(self, "::1", 1);
    struct connection *second = add(self, "::2", 2);
    struct connection *third = add(self, "::3", 3);

    connections_touch(self, first, 4);
    ck_assert_ptr_eq(connections_oldest(self), second);
    ck_assert_ptr_eq(connections_after(self, second), third);
    ck_assert_ptr_eq(connections_after(self, third), first);
    ck_assert_ptr_null(connections_after(self, first));
    connections_remove(self, third);
    ck_assert_ptr_eq(connections_after(self, second), first);
    ck_assert_int_eq(first->active_ms, 4);
    end(self);
}
END_TEST

START_TEST(does_not_take_a_later_one_for_an_earlier)
{
    connections_t *self = begin();
    struct connection *connection = add(self, "::1", 0);
    uint32_t number = connection->number;
    uint32_t generation = connection->generation;

    ck_assert_ptr_eq(connections_find(self, number, generation), connection);
    connections_remove(self, connection);
    ck_assert_ptr_null(connections_find(self, number, generation));
    connection = add(self, "::1", 0);
    ck_assert_uint_eq(connection->number, number);
    ck_assert_ptr_null(connections_find(self, number, generation));
    ck_assert_ptr_null(connections_find(self, UINT32_MAX, 0));
    end(self);
}
END_TEST

static const struct {
    unsigned count;
    int64_t idle_ms;
} idle_rows[] = {
    { 0, 10000 }, { 5, 10000 }, { 6, 8200 }, { 10, 1000 },
};

START_TEST(has_less_patience_when_there_are_many)
{
    connections_t *self = begin();

    for (unsigned i = 0; i < idle_rows[_i].count; i++) {
        uint8_t address[16] = { [0] = 32, [7] = (uint8_t) i };

        ck_assert_ptr_nonnull(connections_add(self, address, 0));
    }
    ck_assert_int_eq(connections_idle_ms(self), idle_rows[_i].idle_ms);
    end(self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("connections");

    tcase_add_loop_test(cases, limits_what_one_client_has, 0,
                        CORE_TEST_ROWS(client_rows));
    tcase_add_test(cases, limits_all_of_them);
    tcase_add_test(cases, knows_who_was_idle_longest);
    tcase_add_test(cases, does_not_take_a_later_one_for_an_earlier);
    tcase_add_loop_test(cases, has_less_patience_when_there_are_many, 0,
                        CORE_TEST_ROWS(idle_rows));
    return core_test_run(cases);
}
