/* route - which zone a name belongs to */

#include "frontend/route.h"

#include <stdio.h>

#include "coredns/name.h"
#include "coredns/rrtype.h"
#include "core_test.h"

static const char *const zones[] = {
    "example.", "sub.example.", "deep.er.sub.example.", "10.in-addr.arpa.",
    "org.",
};

static const struct {
    const char *qname;
    uint16_t qtype;
    uint32_t target;                    /* index in zones; 99: the root */
} rows[] = {
    { "www.example.",             CORE_A,  0 },
    { "EXAMPLE.",                 CORE_A,  0 },
    { "x.y.SuB.example.",         CORE_A,  1 },
    { "er.sub.example.",          CORE_A,  1 },     /* nothing of its own */
    { "a.deep.er.sub.example.",   CORE_A,  2 },
    { "notexample.",              CORE_A, 99 },     /* half a label */
    { "3.2.1.10.in-addr.arpa.",   CORE_PTR, 3 },
    { ".",                        CORE_NS, 99 },
    { "sub.example.",             CORE_DS, 0 },     /* the parent's */
    { "deep.er.sub.example.",     CORE_DS, 1 },
    { "er.sub.example.",          CORE_DS, 1 },     /* no zone of its own */
    { "example.",                 CORE_DS, 99 },
    { ".",                        CORE_DS, 99 },    /* nobody is above */
};

static route_table_t *
make_table(uint8_t names[][CORE_NAME_SIZE])
{
    route_table_t *self = route_table_new(CORE_TEST_ROWS(zones));

    for (int i = 0; i < CORE_TEST_ROWS(zones); i++) {
        core_name_from_text(names[i], zones[i], NULL);
        ck_assert_int_eq(route_table_add(self, names[i], (uint32_t) i), 0);
    }
    return self;
}

START_TEST(takes_the_longest_zone)
{
    uint8_t names[CORE_TEST_ROWS(zones)][CORE_NAME_SIZE];
    uint8_t qname[CORE_NAME_SIZE];
    route_table_t *self = make_table(names);

    ck_assert_int_eq(route_table_add(self, (const uint8_t *) "", 99), 0);
    core_name_from_text(qname, rows[_i].qname, NULL);

    uint32_t target = route_table_find(self, qname, rows[_i].qtype, NULL);

    ck_assert_msg(target == rows[_i].target, "%s goes to %u", rows[_i].qname,
                  target);
    route_table_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(finds_nothing_outside_its_zones)
{
    uint8_t names[CORE_TEST_ROWS(zones)][CORE_NAME_SIZE];
    uint8_t qname[CORE_NAME_SIZE];
    route_table_t *self = make_table(names);

    core_name_from_text(qname, "www.test.", NULL);
    ck_assert_uint_eq(route_table_find(self, qname, CORE_A, NULL),
                      ROUTE_NONE);

    /* A zone's DS without a route for the parent stays where it is. */
    core_name_from_text(qname, "org.", NULL);
    ck_assert_uint_eq(route_table_find(self, qname, CORE_DS, NULL), 4);
    route_table_destroy(&self);
}
END_TEST

START_TEST(refuses_a_zone_twice)
{
    uint8_t names[CORE_TEST_ROWS(zones)][CORE_NAME_SIZE];
    route_table_t *self = make_table(names);

    ck_assert_int_eq(route_table_add(self, names[0], 7), -1);
    route_table_destroy(&self);
}
END_TEST

START_TEST(holds_thousands_of_zones)
{
    enum { COUNT = 5000 };
    static uint8_t names[COUNT][CORE_NAME_SIZE];
    route_table_t *self = route_table_new(COUNT);

    for (uint32_t i = 0; i < COUNT; i++) {
        char text[64];

        snprintf(text, sizeof text, "z%u.tenants.example.", i);
        core_name_from_text(names[i], text, NULL);
        ck_assert_int_eq(route_table_add(self, names[i], i), 0);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        const uint8_t *zone;

        ck_assert_uint_eq(route_table_find(self, names[i], CORE_A, &zone), i);
        ck_assert_ptr_eq(zone, names[i]);
    }
    route_table_destroy(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("route");

    tcase_add_loop_test(cases, takes_the_longest_zone, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, finds_nothing_outside_its_zones);
    tcase_add_test(cases, refuses_a_zone_twice);
    tcase_add_test(cases, holds_thousands_of_zones);
    return core_test_run(cases);
}
