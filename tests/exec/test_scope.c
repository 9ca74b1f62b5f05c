/* scope - which queries are handed to the script at all */

#include "exec/scope.h"

#include <string.h>

#include "coredns/rrtype.h"
#include "core_test.h"

static const uint8_t example[] = "\7example";
static const uint8_t deep[] = "\1a\1b\4test";
static const uint8_t *zone_items[] = { example, deep };
static const struct core_list zones = { zone_items, 2 };

static const struct {
    const char *types[2];
    const char *name;
    uint16_t type;
    uint16_t flags;
    bool is_covered;
} rows[] = {
    { { "A", "ptr" },      "example.",     CORE_A,    0,      true },
    { { "A", "ptr" },      "x.EXAMPLE.",   CORE_PTR,  0,      true },
    { { "A", "ptr" },      "example.",     CORE_AAAA, 0,      false },
    { { "A", "ptr" },      "xexample.",    CORE_A,    0,      false },
    { { "A", "ptr" },      "b.test.",      CORE_A,    0,      false },
    { { "A", "ptr" },      "c.a.b.test.",  CORE_A,    0,      true },
    { { "A", "ANY" },      "example.",     65500,     0,      true },
    { { "ANY" },           "example.",     CORE_ANY,  0,      true },
    { { "A", "TYPE300" },  "example.",     300,       0,      true },
    { { "ANY" },           "example.",     CORE_AXFR, 0,      false },
    { { "ANY" },           "example.",     CORE_IXFR, 0,      false },
    { { "ANY" },           "example.",     CORE_A,    0x2000, false },
};

START_TEST(a_query_is_the_scripts_or_not)
{
    struct core_list types = { .items = (void *) (uintptr_t) rows[_i].types,
                               .count = rows[_i].types[1] == NULL ? 1 : 2 };
    core_faults_t *faults = core_faults_new();
    scope_t *scope = scope_new(&zones, &types, faults);
    uint8_t name[CORE_NAME_SIZE];
    struct core_message query = {
        .qname = name, .qtype = rows[_i].type, .flags = rows[_i].flags,
    };

    ck_assert_ptr_nonnull(scope);
    core_name_from_text(name, rows[_i].name, NULL);
    ck_assert_int_eq(scope_covers(scope, &query), rows[_i].is_covered);
    scope_destroy(&scope);
    ck_assert_ptr_null(scope);
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(what_is_no_type_is_told)
{
    const char *texts[] = { "A", "NOSUCH", "" };
    struct core_list types = { texts, 3 };
    core_faults_t *faults = core_faults_new();

    ck_assert_ptr_null(scope_new(&zones, &types, faults));
    ck_assert_uint_eq(core_faults_count(faults), 2);
    ck_assert_str_eq(core_faults_at(faults, 0)->text,
                     "types[1]: not a record type: NOSUCH");
    core_faults_destroy(&faults);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("scope");

    tcase_add_loop_test(cases, a_query_is_the_scripts_or_not, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, what_is_no_type_is_told);
    return core_test_run(cases);
}
