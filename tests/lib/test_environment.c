/* environment - what "${NAME}" becomes */

#include "lib/environment.h"

#include <stdlib.h>
#include <unistd.h>

#include "core_test.h"

static const struct {
    const char *text;
    const char *expanded;               /* NULL: refused */
    const char *fault;
} rows[] = {
    { "plain",              "plain",        NULL },
    { "",                   "",             NULL },
    { "${SET}",             "value",        NULL },
    { "a${SET}b${SET}",     "avaluebvalue", NULL },
    { "${SET:-other}",      "value",        NULL },
    { "${UNSET:-other}",    "other",        NULL },
    { "${UNSET:-}",         "",             NULL },
    { "${EMPTY:-other}",    "other",        NULL },
    { "${EMPTY}",           "",             NULL },
    { "${REFERS}",          "${SET}",       NULL },     /* not again */
    { "${UNSET:-a:-b}",     "a:-b",         NULL },
    { "$SET $ {SET} 5$",    "$SET $ {SET} 5$", NULL },
    { "$${SET}",            "${SET}",       NULL },
    { "$$${SET}",           "$${SET}",      NULL },
    { "${UNSET}", NULL, "the environment variable UNSET is not set" },
    { "${SET", NULL, "${ without }; a plain ${ is written $${" },
    { "${}", NULL, "${}: not the name of a variable; "
                   "a plain ${ is written $${" },
    { "${1}", NULL, "${1}: not the name of a variable; "
                    "a plain ${ is written $${" },
    { "${a b}", NULL, "${a b}: not the name of a variable; "
                      "a plain ${ is written $${" },
};

static void
set_variables(void)
{
    setenv("SET", "value", 1);
    setenv("EMPTY", "", 1);
    setenv("REFERS", "${SET}", 1);
    unsetenv("UNSET");
}

START_TEST(puts_variables_in)
{
    struct core_fault fault = { .line = 0 };
    char *expanded = core_environment_expand(rows[_i].text, &fault);

    if (rows[_i].expanded != NULL)
        ck_assert_pstr_eq(expanded, rows[_i].expanded);
    else
        ck_assert_str_eq(fault.text, rows[_i].fault);
    ck_assert((expanded == NULL) == (rows[_i].expanded == NULL));
    free(expanded);
}
END_TEST

static const char *const literal_rows[] = {
    "", "$", "${", "$${", "$$${", "${SET}", "$${SET}", "a${${", "$ {", "{$",
};

START_TEST(protects_what_is_literal)
{
    struct core_fault fault;
    char *protected = core_environment_protect(literal_rows[_i]);
    char *expanded = core_environment_expand(protected, &fault);

    ck_assert_pstr_eq(expanded, literal_rows[_i]);
    free(protected);
    free(expanded);
}
END_TEST

START_TEST(knows_the_name_of_the_host)
{
    struct core_fault fault = { .line = 0 };
    char host[256];

    unsetenv("HOSTNAME");
    ck_assert_int_eq(gethostname(host, sizeof host), 0);

    char *expanded = core_environment_expand("${HOSTNAME}", &fault);

    ck_assert_pstr_eq(expanded, host);
    free(expanded);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("environment");

    tcase_add_checked_fixture(cases, set_variables, NULL);
    tcase_add_loop_test(cases, puts_variables_in, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, protects_what_is_literal, 0,
                        CORE_TEST_ROWS(literal_rows));
    tcase_add_test(cases, knows_the_name_of_the_host);
    return core_test_run(cases);
}
