/* stage_common - what a stage finds wrong, in the words of its group */

#include "lib/life.h"

#include <stddef.h>
#include <string.h>

#include "core_test.h"

struct settings {
    int64_t count;
};

static const struct core_setting table[] = {
    { .key = "count", .type = CORE_INTEGER, .maximum = 10,
      .offset = offsetof(struct settings, count), .says = "a" },
    { .type = CORE_END },
};

static void
check(const void *settings, core_faults_t *faults)
{
    (void) settings;
    core_faults_add(faults, NULL, 0, "test.count: odd");
    core_faults_add(faults, NULL, 0, "testing: nobody's");
    core_faults_add(faults, "a/file", 7, "test.count: has a place");
}

static const struct core_stage stage = {
    .name = "test", .settings = table,
    .settings_size = sizeof (struct settings), .check = check,
};

static const struct {
    const char *name, *text;
    int line;
} rows[] = {
    { "test",    "test.count: odd",  2 },
    { "test.2",  "test.count: odd",  2 },
    { "other",   "other.count: odd", 4 },
    { "other.3", "other.count: odd", 4 },
};

START_TEST(a_fault_names_the_group_and_its_line)
{
    const char *path = core_test_file("stages: {\n"
                                      "    test: { count = 3; };\n\n"
                                      "    other: { count = 3; };\n};\n");
    struct stage_options options = {
        .config_path = path, .name = rows[_i].name,
    };
    struct stage_version version;
    core_faults_t *faults = core_faults_new();

    ck_assert_int_eq(stage_version_load(&version, &stage, &options, faults),
                     -1);
    ck_assert_uint_eq(core_faults_count(faults), 3);
    ck_assert_str_eq(core_faults_at(faults, 0)->path, path);
    ck_assert_int_eq(core_faults_at(faults, 0)->line, rows[_i].line);
    ck_assert_str_eq(core_faults_at(faults, 0)->text, rows[_i].text);
    ck_assert_str_eq(core_faults_at(faults, 1)->text, "testing: nobody's");
    ck_assert_str_eq(core_faults_at(faults, 2)->path, "a/file");
    ck_assert_str_eq(core_faults_at(faults, 2)->text,
                     "test.count: has a place");
    core_faults_destroy(&faults);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("stage_common");

    tcase_add_loop_test(cases, a_fault_names_the_group_and_its_line, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
