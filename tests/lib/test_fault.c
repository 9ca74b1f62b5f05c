/* fault - one clean line, and all of them together */

#include "coredns/fault.h"

#include <stdio.h>
#include <string.h>

#include "core_test.h"

static const struct {
    const char *path;
    int line;
    const char *text;
    const char *formatted;
} rows[] = {
    { NULL,     0, "no memory",   "no memory" },
    { "conf/x", 0, "cannot read", "conf/x: cannot read" },
    { "conf/x", 7, "bad",         "conf/x:7: bad" },
    { "a\nb",   7, "c\x1b[31m\x7f", "a?b:7: c?[31m?" },
    { "x",      1, "caf\xc3\xa9", "x:1: caf\xc3\xa9" },
    { "x",      1, "caf\xc3",     "x:1: caf?" },        /* cut UTF-8 */
    { "x",      1, "\xc0\xaf",    "x:1: ??" },          /* overlong */
    { "x",      1, "\xc2\x9b" "m", "x:1: ??m" },        /* C1: a CSI */
    { "x",      1, "\xed\xa0\x80", "x:1: ???" },        /* a surrogate */
    { "x",      1, "\xe2\x80\xa8", "x:1: ???" },        /* U+2028 */
    { "x",      1, "\xf0\x9f\x90\x99", "x:1: \xf0\x9f\x90\x99" },
    { "x",      1, "\xf4\x90\x80\x80", "x:1: ????" },   /* above U+10FFFF */
};

START_TEST(is_one_clean_line)
{
    struct core_fault fault;
    char line[CORE_FAULT_LINE_SIZE];

    core_fault_set(&fault, rows[_i].path, rows[_i].line, "%s", rows[_i].text);
    ck_assert_str_eq(core_fault_format(&fault, line), rows[_i].formatted);
}
END_TEST

START_TEST(cuts_what_does_not_fit)
{
    struct core_fault fault;
    char long_text[2000];

    memset(long_text, 'a', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    core_fault_set(&fault, long_text, 1, "%s", long_text);
    ck_assert_uint_eq(strlen(fault.path), CORE_FAULT_PATH_SIZE - 1);
    ck_assert_uint_eq(strlen(fault.text), CORE_FAULT_TEXT_SIZE - 1);
}
END_TEST

START_TEST(can_be_made_from_itself)
{
    struct core_fault fault;
    char line[CORE_FAULT_LINE_SIZE];

    core_fault_set(&fault, "x", 3, "not a name");
    core_fault_set(&fault, fault.path, fault.line, "zone: %s", fault.text);
    ck_assert_str_eq(core_fault_format(&fault, line), "x:3: zone: not a name");
}
END_TEST

START_TEST(keeps_all_in_order_and_none_twice)
{
    core_faults_t *faults = core_faults_new();

    core_faults_add(faults, "x", 1, "first");
    core_faults_add(faults, "x", 2, "first");
    core_faults_add(faults, "x", 1, "first");
    core_faults_add(faults, NULL, 1, "first");
    ck_assert_uint_eq(core_faults_count(faults), 3);
    ck_assert_int_eq(core_faults_at(faults, 1)->line, 2);
    core_faults_destroy(&faults);
    ck_assert_ptr_null(faults);
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(keeps_a_thousand)
{
    core_faults_t *faults = core_faults_new();

    for (int i = 1; i <= 1500; i++)
        core_faults_add(faults, "x", i, "bad");
    ck_assert_uint_eq(core_faults_count(faults), 1000);
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(nobody_need_listen)
{
    core_faults_add(NULL, "x", 1, "bad");
    ck_assert_uint_eq(core_faults_count(NULL), 0);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("fault");

    tcase_add_loop_test(cases, is_one_clean_line, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, cuts_what_does_not_fit);
    tcase_add_test(cases, can_be_made_from_itself);
    tcase_add_test(cases, keeps_all_in_order_and_none_twice);
    tcase_add_test(cases, keeps_a_thousand);
    tcase_add_test(cases, nobody_need_listen);
    return core_test_run(cases);
}
