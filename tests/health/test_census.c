/* census - which processes a configuration names */

#include "health/census.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static const struct {
    const char *configuration;
    const char *names;
} rows[] = {
    { "", "" },
    { "stages: { };", "" },
    { "stages: { cache: { }; authority: { next = \"cache\"; }; };",
      "cache authority" },
    { "stages: { cache: { instances = 1; }; };", "cache" },
    { "stages: { cache: { instances = 3; }; health: { }; };",
      "cache.0 cache.1 cache.2 health" },
    { "stages: { cache: { instances = \"2\"; }; };", "cache.0 cache.1" },
    { "stages: { cache: { instances = \"${NO_SUCH:-2}\"; }; };",
      "cache.0 cache.1" },

    /* what is out of bounds counts as nothing, as in the supervisor */
    { "stages: { cache: { instances = 0; }; };", "cache" },
    { "stages: { cache: { instances = 65; }; };", "cache" },
    { "stages: { cache: { instances = \"many\"; }; };", "cache" },
};

/* All names on the roster, with blanks between; yours. */
static char *
join_names(const roster_t *roster)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    for (size_t i = 0; i < roster_count(roster); i++)
        fprintf(file, "%s%s", i == 0 ? "" : " ", roster_at(roster, i)->name);
    fclose(file);
    return text;
}

static int
take(roster_t *roster, const char *path, const char *host,
     struct core_fault *fault)
{
    struct census_source source = { path, host };

    return census_take(roster, &source, 0, fault);
}

START_TEST(puts_every_process_on_the_roster)
{
    roster_t *roster = roster_new();
    struct core_fault fault;

    ck_assert_int_eq(take(roster, core_test_file(rows[_i].configuration),
                          NULL, &fault), 0);

    char *names = join_names(roster);

    ck_assert_str_eq(names, rows[_i].names);
    free(names);
    roster_destroy(&roster);
}
END_TEST

START_TEST(counts_those_of_its_host_alone)
{
    const char *path = core_test_file(
        "stages: { a: { }; b: { host = \"x\"; };"
        "c: { host = [ \"x\", \"y\" ]; }; d: { host = \"y\"; }; };");
    roster_t *roster = roster_new();
    struct core_fault fault;

    ck_assert_int_eq(take(roster, path, "x", &fault), 0);

    char *names = join_names(roster);

    ck_assert_str_eq(names, "a b c");
    free(names);
    roster_destroy(&roster);
}
END_TEST

START_TEST(changes_nothing_when_the_file_is_broken)
{
    const char *path = core_test_file("stages: {\n");
    roster_t *roster = roster_new();
    struct core_fault fault;

    take(roster, core_test_file("stages: { cache: { }; };"), NULL, &fault);
    ck_assert_int_eq(take(roster, path, NULL, &fault), -1);
    ck_assert_str_eq(fault.path, path);
    ck_assert_uint_eq(roster_count(roster), 1);
    roster_destroy(&roster);
}
END_TEST

START_TEST(says_when_there_are_too_many)
{
    roster_t *roster = roster_new();
    struct core_fault fault;

    ck_assert_int_eq(take(roster, core_test_file(
        "stages: { a: { instances = 64; }; b: { instances = 64; };"
        "c: { instances = 64; }; d: { instances = 64; }; e: { }; };"), NULL,
        &fault), -1);
    ck_assert_str_eq(fault.text,
                     "more than 256 processes: some are not watched");
    ck_assert_uint_eq(roster_count(roster), ROSTER_MEMBERS);
    roster_destroy(&roster);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("census");

    tcase_add_loop_test(cases, puts_every_process_on_the_roster, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, counts_those_of_its_host_alone);
    tcase_add_test(cases, changes_nothing_when_the_file_is_broken);
    tcase_add_test(cases, says_when_there_are_too_many);
    return core_test_run(cases);
}
