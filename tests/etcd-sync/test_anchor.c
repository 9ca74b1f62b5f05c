/* anchor - what tells the history of an etcd from another one */

#include "etcd-sync/anchor.h"

#include "core_test.h"

#define OCTETS(text) { text, sizeof (text) - 1 }

/* The last change that is known. */
static const struct core_etcd_key known = {
    .key = OCTETS("/a"), .value = OCTETS("{}"), .revision = 7,
    .created_revision = 5, .version = 2, .lease = 9,
};

static const struct {
    const char *what;
    struct core_etcd_key key;
} others[] = {
    { "another key", { .key = OCTETS("/b"), .value = OCTETS("{}"),
      .revision = 7, .created_revision = 5, .version = 2, .lease = 9 } },
    { "another value", { .key = OCTETS("/a"), .value = OCTETS("[]"),
      .revision = 7, .created_revision = 5, .version = 2, .lease = 9 } },
    { "octets of the key that are the value's", {
      .key = OCTETS("/a{"), .value = OCTETS("}"),
      .revision = 7, .created_revision = 5, .version = 2, .lease = 9 } },
    { "another time", { .key = OCTETS("/a"), .value = OCTETS("{}"),
      .revision = 8, .created_revision = 5, .version = 2, .lease = 9 } },
    { "another creation", { .key = OCTETS("/a"), .value = OCTETS("{}"),
      .revision = 7, .created_revision = 6, .version = 2, .lease = 9 } },
    { "one change more before", { .key = OCTETS("/a"), .value = OCTETS("{}"),
      .revision = 7, .created_revision = 5, .version = 3, .lease = 9 } },
    { "another lease", { .key = OCTETS("/a"), .value = OCTETS("{}"),
      .revision = 7, .created_revision = 5, .version = 2, .lease = 8 } },
    { "deleted", { .key = OCTETS("/a"), .value = OCTETS("{}"),
      .revision = 7, .created_revision = 5, .version = 2, .lease = 9,
      .is_deleted = true } },
};

START_TEST(another_change_is_not_the_one_that_is_known)
{
    struct anchor anchor = { 0 };

    anchor_change(&anchor, &known);
    ck_assert(anchor_is(&anchor, &known));
    ck_assert_msg(!anchor_is(&anchor, &others[_i].key), "%s",
                  others[_i].what);
}
END_TEST

START_TEST(keys_are_counted)
{
    struct core_etcd_key created = known, deleted = known;
    struct anchor anchor = { 0 };

    created.version = 1;
    deleted.is_deleted = true;
    deleted.version = 0;
    anchor_read(&anchor, &known);
    anchor_read(&anchor, &known);
    ck_assert_int_eq(anchor.count, 2);
    anchor_change(&anchor, &created);
    ck_assert_int_eq(anchor.count, 3);
    anchor_change(&anchor, &known);
    ck_assert_int_eq(anchor.count, 3);
    anchor_change(&anchor, &deleted);
    ck_assert_int_eq(anchor.count, 2);
}
END_TEST

/* Pages of a load come in the order of their keys. */
START_TEST(the_last_change_counts_in_whatever_order_it_comes)
{
    struct core_etcd_key older = known;
    struct anchor anchor = { 0 };

    older.revision = 6;
    anchor_read(&anchor, &known);
    anchor_read(&anchor, &older);
    ck_assert_int_eq(anchor.revision, 7);
    ck_assert(anchor_is(&anchor, &known));
    ck_assert(!anchor_is(&anchor, &older));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("anchor");

    tcase_add_loop_test(cases, another_change_is_not_the_one_that_is_known, 0,
                        CORE_TEST_ROWS(others));
    tcase_add_test(cases, keys_are_counted);
    tcase_add_test(cases,
                   the_last_change_counts_in_whatever_order_it_comes);
    return core_test_run(cases);
}
