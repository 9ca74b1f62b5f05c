/* patches - programs put on the wires by hand, kept for who comes after us */

#include "ctl/patches.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core_test.h"

static char path[256];
static struct patches patches;

static void
put(enum patch_kind kind, const char *name, const char *before)
{
    char copy[32], behind[32], folder[] = "/", program[] = "tap";
    char *command[] = { program, NULL };
    struct patch patch = {
        .kind = kind, .name = copy, .folder = folder, .command = command,
        .before = before == NULL ? NULL : behind, .lease = 7,
    };

    snprintf(copy, sizeof copy, "%s", name);
    snprintf(behind, sizeof behind, "%s", before == NULL ? "" : before);
    patches_put(&patches, &patch);
}

static void
setup(void)
{
    snprintf(path, sizeof path, "%s/patches", core_test_folder());
    patches = (struct patches) { .count = 0 };
}

static void
teardown(void)
{
    patches_free(&patches);
}

START_TEST(are_read_as_they_were_written)
{
    struct core_fault fault;
    struct patches again;

    put(PATCH_SWAP, "cache", NULL);
    put(PATCH_INSERT, "a", "cache");
    put(PATCH_TRIAL, PATCH_TRIAL_NAME, "cache");
    ck_assert_int_eq(patches_save(&patches, path, &fault), 0);
    patches_load(&again, path);
    ck_assert_uint_eq(again.count, 2);      /* a trial is nobody's after us */
    ck_assert_int_eq(again.list[0].kind, PATCH_SWAP);
    ck_assert_int_eq(again.list[1].kind, PATCH_INSERT);
    ck_assert_str_eq(again.list[1].before, "cache");
    ck_assert_str_eq(again.list[1].command[0], "tap");
    ck_assert_int_eq(again.list[1].lease, 7);
    patches_free(&again);
    patches_free(&patches);
    ck_assert_int_eq(patches_save(&patches, path, &fault), 0);
    ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(what_stood_in_front_of_one_that_goes_moves_up)
{
    put(PATCH_INSERT, "a", "cache");
    put(PATCH_INSERT, "b", "a");
    ck_assert(patches_remove(&patches, "a"));
    ck_assert(!patches_remove(&patches, "a"));
    ck_assert_str_eq(patches_find(&patches, "b")->before, "cache");
}
END_TEST

/* Files that somebody else has written. */
static const char *const broken[] = {
    "", "{}", "[", "[ 7 ]", "[ { \"name\": \"a\" } ]",
    "[ { \"name\": \"a\", \"folder\": \"/\", \"command\": [], \"lease\": 0 } ]",
    "[ { \"name\": 1, \"folder\": \"/\", \"command\": [ \"x\" ], "
    "\"lease\": 0 } ]",
};

START_TEST(a_broken_file_has_none)
{
    patches_load(&patches, core_test_file(broken[_i]));
    ck_assert_uint_eq(patches.count, 0);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("patches");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, are_read_as_they_were_written);
    tcase_add_test(cases, what_stood_in_front_of_one_that_goes_moves_up);
    tcase_add_loop_test(cases, a_broken_file_has_none, 0,
                        CORE_TEST_ROWS(broken));
    return core_test_run(cases);
}
