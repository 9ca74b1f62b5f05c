/* What a pattern takes, and what it finds */

#include <check.h>
#include <string.h>

#include "core_test.h"
#include "lib/pattern.h"

static const struct {
    const char *pattern;
    const char *subject;
    const char *found;                  /* by group 1; NULL: no match */
} rows[] = {
    { "db\\.(.*)", "db.example.org", "example.org" },
    { "^(a|b)+$", "abab", "b" },
    { "^(a)?b", "b", "" },
    { "(?P<name>[0-9]+)[.]", "x12.y", "12" },
    { "(a)$", "b", NULL },
    { "()", "", "" },
    /* Too many steps are no match. */
    { "^((a+)+)$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", NULL },
};

START_TEST(finds_what_the_group_holds)
{
    struct core_fault fault;
    core_pattern_t *self = core_pattern_new(rows[_i].pattern, &fault);
    const char *subject = rows[_i].subject;
    size_t start;

    ck_assert_ptr_nonnull(self);

    bool is_match = core_pattern_match(self, subject, strlen(subject));

    ck_assert_int_eq(is_match, rows[_i].found != NULL);
    if (is_match) {
        size_t size = core_pattern_found(self, 1, &start);

        ck_assert_uint_eq(size, strlen(rows[_i].found));
        ck_assert_int_eq(memcmp(subject + start, rows[_i].found, size), 0);
    }
    core_pattern_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(groups_have_numbers_and_names)
{
    struct core_fault fault;
    core_pattern_t *self = core_pattern_new("(a)(?P<b>b)(?<c>c)", &fault);

    ck_assert_uint_eq(core_pattern_groups(self), 4);
    ck_assert_int_eq(core_pattern_group(self, "0"), 0);
    ck_assert_int_eq(core_pattern_group(self, "3"), 3);
    ck_assert_int_eq(core_pattern_group(self, "4"), -1);
    ck_assert_int_eq(core_pattern_group(self, "b"), 2);
    ck_assert_int_eq(core_pattern_group(self, "d"), -1);
    ck_assert_ptr_null(core_pattern_group_name(self, 1));
    ck_assert_str_eq(core_pattern_group_name(self, 3), "c");
    core_pattern_destroy(&self);
}
END_TEST

START_TEST(what_is_no_pattern_is_refused)
{
    char text[CORE_PATTERN_LIMIT + 2];
    struct core_fault fault;

    ck_assert_ptr_null(core_pattern_new("a(", &fault));
    ck_assert_str_eq(fault.text, "pattern: missing closing parenthesis at "
                     "character 3");
    memset(text, 'a', sizeof text);
    text[CORE_PATTERN_LIMIT + 1] = '\0';
    ck_assert_ptr_null(core_pattern_new(text, &fault));
    ck_assert_str_eq(fault.text, "pattern: longer than 10000 octets");
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("pattern");

    tcase_add_loop_test(cases, finds_what_the_group_holds, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, groups_have_numbers_and_names);
    tcase_add_test(cases, what_is_no_pattern_is_refused);
    return core_test_run(cases);
}
