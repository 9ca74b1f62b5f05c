/* selector - what is a label selector, and how it stands in an address */

#include "kubernetes-sync/selector.h"

#include <stdlib.h>

#include "core_test.h"

static const struct {
    const char *text;
    const char *fault;                  /* NULL: it is right */
} rows[] = {
    { "", NULL },
    { "app=nginx", NULL },
    { "app == nginx, tier!=front,!old, new", NULL },
    { "env in (prod,staging), env notin ( a ), x in (,)", NULL },
    { "kubernetes.io/name=x_y.z-1", NULL },
    { "n>5,m<6", NULL },
    { "in=notin", NULL },
    { "=a", "a label is missing" },
    { "a,,b", "a label is missing" },
    { "a=b c", "not a label selector" },
    { "a!b", "! has no =" },
    { "a in b", "a set in ( ) is missing" },
    { "a in (b", "a set in ( ) is missing" },
    { "a in ()", "a set is empty" },
    { "b,a notin ( )", "a set is empty" },
    { "a&b=c", "not a label selector" },
};

START_TEST(tells_what_is_wrong)
{
    ck_assert_pstr_eq(selector_check(rows[_i].text), rows[_i].fault);
}
END_TEST

START_TEST(is_part_of_an_address)
{
    char *text = selector_escape("a in (b,c),d!=e~f/g&h");

    ck_assert_str_eq(text, "a%20in%20%28b%2Cc%29%2Cd%21%3De~f%2Fg%26h");
    free(text);
    ck_assert_ptr_null(selector_escape(""));
    ck_assert_ptr_null(selector_escape(NULL));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("selector");

    tcase_add_loop_test(cases, tells_what_is_wrong, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, is_part_of_an_address);
    return core_test_run(cases);
}
