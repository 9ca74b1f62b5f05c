/* directory - which files are zones, and of what name */

#include "file-sync/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_test.h"

static const struct {
    const char *pattern;
    const char *template;
    const char *file;
    const char *origin;                 /* NULL: no match; "": no name */
} rows[] = {
    { "db\\.(.*)", "{1}", "db.example.org", "example.org." },
    { "db\\.(.*)", "{1}", "db.Example.ORG.", "example.org." },
    { "db\\.(.*)", "{1}", "old-db.example.org", "example.org." },
    { "^db\\.(.*)", "{1}", "old-db.example.org", NULL },
    { "db\\.(.*)", "{1}", "example.org.zone", NULL },
    { "db\\.(.*)", "{1}", "db.a..b", "" },
    { "([a-z]+)_([a-z]+)\\.zone$", "{2}.{1}", "com_foo.zone", "foo.com." },
    { "([a-z]+)_([a-z]+)\\.zone$", "{2}.{1}", "com_foo.zone~", NULL },
    { "(?P<name>.*)\\.zone", "{name}.test", "a.zone", "a.test." },
    { "(.*)\\.zone", "{0}", "a.zone", "a.zone." },
    { "(.*)\\.zone", "x{}.{1", "a.zone", "x{}.{1." },   /* no groups */
    { "a(x)?\\.zone", "b{1}.test", "a.zone", "b.test." },
    { "root\\.zone", ".", "root.zone", "." },
    { "(.*)", "{1}", "@", "" },
};

START_TEST(makes_the_origin_from_the_name)
{
    struct core_fault fault;
    directory_t *directory = directory_new("/", rows[_i].pattern,
                                           rows[_i].template, &fault);
    struct core_zone_name origin;
    char text[CORE_NAME_TEXT_SIZE];
    int rc;

    ck_assert_msg(directory != NULL, "%s", fault.text);
    rc = directory_origin(directory, rows[_i].file, &origin);
    if (rows[_i].origin == NULL)
        ck_assert_int_eq(rc, 1);
    else if (*rows[_i].origin == '\0')
        ck_assert_int_eq(rc, -1);
    else
        ck_assert_str_eq(core_name_to_text(text, origin.bytes),
                         rows[_i].origin);
    directory_destroy(&directory);
}
END_TEST

static const struct {
    const char *pattern;
    const char *template;
    const char *fault;
} wrong[] = {
    { "db.(.*", "{1}", "pattern: missing closing parenthesis at character 7" },
    { "db.(.*)", "{2}", "origin: the pattern has no group {2}" },
    { "db.(.*)", "{name}", "origin: the pattern has no group {name}" },
};

START_TEST(refuses_a_pattern_that_is_none)
{
    struct core_fault fault;

    ck_assert_ptr_null(directory_new("/", wrong[_i].pattern,
                                     wrong[_i].template, &fault));
    ck_assert_str_eq(fault.text, wrong[_i].fault);
}
END_TEST

static void
make_file(const char *folder, const char *name)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
}

static void
make_folder(const char *folder, const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void
make_link(const char *folder, const char *name, const char *target)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(symlink(target, path), 0);
}

/* The origins found, in their order, and how much was warned of. */
static void
list(const char *folder, char *origins, size_t *warned)
{
    struct core_fault fault;
    directory_t *directory = directory_new(folder, "db\\.(.*)", "{1}",
                                           &fault);
    struct directory_listing listing;
    core_faults_t *warnings = core_faults_new();
    char text[CORE_NAME_TEXT_SIZE];

    ck_assert_int_eq(directory_list(directory, &listing, warnings, &fault),
                     0);
    for (size_t i = 0; i < listing.file_count; i++)
        strcat(strcat(origins, core_name_to_text(
            text, listing.files[i].origin.bytes)), " ");
    *warned = core_faults_count(warnings);
    directory_listing_end(&listing);
    core_faults_destroy(&warnings);
    directory_destroy(&directory);
}

START_TEST(walks_folders_and_takes_the_first_of_a_name)
{
    const char *folder = core_test_folder();
    char origins[256] = "";
    size_t warned;

    make_file(folder, "db.b");
    make_file(folder, "db.a");
    make_file(folder, "other");
    make_folder(folder, "sub");
    make_file(folder, "sub/db.c");
    make_file(folder, "sub/db.a");      /* comes second */
    make_folder(folder, "sub/deep");
    make_file(folder, "sub/deep/db.d");
    make_folder(folder, "db.folder");   /* no file */
    make_file(folder, "db.x..y");       /* no name */
    list(folder, origins, &warned);
    ck_assert_str_eq(origins, "a. b. c. d. ");
    ck_assert_uint_eq(warned, 2);
}
END_TEST

START_TEST(reads_a_config_map_once)
{
    const char *folder = core_test_folder();
    char origins[256] = "";
    size_t warned;

    make_folder(folder, "..2026_01");
    make_file(folder, "..2026_01/db.a");
    make_link(folder, "..data", "..2026_01");
    make_link(folder, "db.a", "..data/db.a");
    make_link(folder, "db.gone", "..data/db.gone");
    list(folder, origins, &warned);
    ck_assert_str_eq(origins, "a. ");
    ck_assert_uint_eq(warned, 0);
}
END_TEST

START_TEST(says_that_there_is_no_folder)
{
    struct core_fault fault;
    directory_t *directory = directory_new("/nonexistent", "x", "x", &fault);
    struct directory_listing listing;

    ck_assert_int_eq(directory_list(directory, &listing, NULL, &fault), -1);
    ck_assert_str_eq(fault.text,
                     "cannot read folder: No such file or directory");
    directory_listing_end(&listing);
    directory_destroy(&directory);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("directory");

    tcase_add_loop_test(cases, makes_the_origin_from_the_name, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, refuses_a_pattern_that_is_none, 0,
                        CORE_TEST_ROWS(wrong));
    tcase_add_test(cases, walks_folders_and_takes_the_first_of_a_name);
    tcase_add_test(cases, reads_a_config_map_once);
    tcase_add_test(cases, says_that_there_is_no_folder);
    return core_test_run(cases);
}
