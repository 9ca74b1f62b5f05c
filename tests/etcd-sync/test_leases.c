/* leases - when they are asked, and which TTL they leave */

#include "etcd-sync/leases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static const struct lease_limits limits = {
    .least_seconds = 30, .most_seconds = 1000,
};

/* The node of that number. */
static struct tree_node *
make(tree_t *tree, int number)
{
    char path[16];

    snprintf(path, sizeof path, "%d", number);
    return tree_add(tree, path, strlen(path));
}

static void
count_touch(void *owner, struct tree_node *node)
{
    int *touched = owner;

    (void) node;
    (*touched)++;
}

static int
told(leases_t *leases, int64_t id, int64_t remaining, int64_t now_ms)
{
    int touched = 0;

    leases_told(leases, (struct lease_id) { id }, remaining, 100000, now_ms,
                count_touch, &touched);
    return touched;
}

static const struct {
    int64_t remaining;
    uint32_t ttl;
} rows[] = {
    { 0, 30 }, { 29, 30 }, { 30, 30 }, { 31, 31 }, { 999, 999 },
    { 1000, 1000 }, { 1001, 1000 }, { INT64_MAX, 1000 }, { -1, 30 },
};

START_TEST(what_remains_is_the_ttl_within_limits)
{
    leases_t *leases = leases_new(&limits);
    tree_t *tree = tree_new();
    struct tree_node *node = make(tree, 0);

    ck_assert_uint_eq(leases_ttl(node), UINT32_MAX);
    leases_attach(leases, node, (struct lease_id) { 5 }, 0);
    ck_assert_uint_eq(leases_ttl(node), 30);
    told(leases, 5, rows[_i].remaining, 0);
    ck_assert_uint_eq(leases_ttl(node), rows[_i].ttl);
    leases_destroy(&leases);
    tree_destroy(&tree);
}
END_TEST

START_TEST(the_ttl_goes_down_at_once_and_up_only_by_much)
{
    leases_t *leases = leases_new(&limits);
    tree_t *tree = tree_new();
    struct tree_node *nodes[3];

    for (int i = 0; i < 3; i++) {
        nodes[i] = make(tree, i);
        leases_attach(leases, nodes[i], (struct lease_id) { i < 2 ? 5 : 6 },
                      0);
    }
    ck_assert_uint_eq(leases_count(leases), 2);
    ck_assert_int_eq(told(leases, 5, 100, 0), 2);
    ck_assert_int_eq(told(leases, 5, 150, 0), 0);
    ck_assert_uint_eq(leases_ttl(nodes[0]), 100);
    ck_assert_int_eq(told(leases, 5, 60, 0), 2);
    ck_assert_int_eq(told(leases, 5, 119, 0), 0);
    ck_assert_int_eq(told(leases, 5, 120, 0), 2);
    ck_assert_uint_eq(leases_ttl(nodes[1]), 120);
    ck_assert_uint_eq(leases_ttl(nodes[2]), 30);
    leases_destroy(&leases);
    tree_destroy(&tree);
}
END_TEST

START_TEST(a_lease_is_asked_again_when_half_has_passed)
{
    leases_t *leases = leases_new(&limits);
    tree_t *tree = tree_new();
    struct tree_node *node = make(tree, 0);
    struct lease_id id;

    leases_attach(leases, node, (struct lease_id) { 5 }, 1000);
    ck_assert(!leases_due(leases, 999, &id));
    ck_assert(leases_due(leases, 1000, &id));
    ck_assert_int_eq(id.value, 5);
    ck_assert(!leases_due(leases, 1000, &id));
    told(leases, 5, 100, 2000);
    ck_assert(!leases_due(leases, 51999, &id));
    ck_assert(leases_due(leases, 52000, &id));
    /* Nobody has answered. */
    ck_assert(!leases_due(leases, 56999, &id));
    ck_assert(leases_due(leases, 57000, &id));
    leases_destroy(&leases);
    tree_destroy(&tree);
}
END_TEST

START_TEST(one_that_is_always_below_the_limit_is_asked_once)
{
    leases_t *leases = leases_new(&limits);
    tree_t *tree = tree_new();
    struct tree_node *node = make(tree, 0);
    struct lease_id id;
    int touched = 0;

    leases_attach(leases, node, (struct lease_id) { 5 }, 0);
    ck_assert(leases_due(leases, 0, &id));
    leases_told(leases, id, 9, 10, 0, count_touch, &touched);
    ck_assert(!leases_due(leases, INT64_MAX - 1, &id));
    ck_assert_int_eq(touched, 0);
    leases_destroy(&leases);
    tree_destroy(&tree);
}
END_TEST

START_TEST(leases_without_nodes_are_forgotten)
{
    leases_t *leases = leases_new(&limits);
    tree_t *tree = tree_new();
    struct tree_node *nodes[2] = { make(tree, 0), make(tree, 1) };
    struct lease_id id;

    leases_attach(leases, nodes[0], (struct lease_id) { 5 }, 0);
    leases_attach(leases, nodes[1], (struct lease_id) { 6 }, 0);
    leases_attach(leases, nodes[1], (struct lease_id) { 5 }, 0);
    ck_assert_uint_eq(leases_count(leases), 1);
    ck_assert_int_eq(leases_id(nodes[1]).value, 5);
    leases_attach(leases, nodes[0], (struct lease_id) { 0 }, 0);
    leases_attach(leases, nodes[1], (struct lease_id) { 0 }, 0);
    ck_assert_uint_eq(leases_count(leases), 0);
    ck_assert(!leases_due(leases, 1000, &id));
    ck_assert_int_eq(told(leases, 5, 100, 0), 0);
    leases_destroy(&leases);
    tree_destroy(&tree);
}
END_TEST

START_TEST(many_are_asked_in_the_order_of_their_times)
{
    enum { COUNT = 2000 };
    leases_t *leases = leases_new(&limits);
    tree_t *tree = tree_new();
    struct lease_id id;
    int64_t last = 0;
    int asked = 0;

    srand(1);
    for (int i = 0; i < COUNT; i++)
        leases_attach(leases, make(tree, i), (struct lease_id) { i + 1 },
                      rand() % 4000);
    for (int i = 0; i < COUNT; i += 2)
        leases_attach(leases, make(tree, i), (struct lease_id) { 0 }, 0);
    for (int64_t now = 0; now < 4000; now++)
        while (leases_due(leases, now, &id)) {
            ck_assert_int_ge(now, last);
            ck_assert_int_eq(id.value % 2, 0);
            last = now;
            asked++;
        }
    ck_assert_int_eq(asked, COUNT / 2);
    leases_destroy(&leases);
    tree_destroy(&tree);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("leases");

    tcase_add_loop_test(cases, what_remains_is_the_ttl_within_limits,
                        0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, the_ttl_goes_down_at_once_and_up_only_by_much);
    tcase_add_test(cases, a_lease_is_asked_again_when_half_has_passed);
    tcase_add_test(cases, one_that_is_always_below_the_limit_is_asked_once);
    tcase_add_test(cases, leases_without_nodes_are_forgotten);
    tcase_add_test(cases, many_are_asked_in_the_order_of_their_times);
    return core_test_run(cases);
}
