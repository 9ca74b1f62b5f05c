/* Files of what processes write, and their size */

#include "ctl/output.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_test.h"

#define LARGE (16 * 1024 * 1024)

static off_t
size_of(int folder, const char *name)
{
    struct stat status;

    return fstatat(folder, name, &status, 0) == -1 ? -1 : status.st_size;
}

START_TEST(a_large_file_is_moved_while_it_is_written)
{
    int folder = open(core_test_folder(), O_DIRECTORY);
    int writer = output_open(folder, "x");
    char text[4] = "";

    ck_assert_int_ne(writer, -1);
    ck_assert_int_eq(ftruncate(writer, LARGE), 0);
    output_trim(folder, "x");
    ck_assert_int_eq(size_of(folder, "x.log"), LARGE);

    ck_assert_int_eq(write(writer, "end", 3), 3);
    output_trim(folder, "x");
    ck_assert_int_eq(size_of(folder, "x.log"), 0);
    ck_assert_int_eq(size_of(folder, "x.log.1"), LARGE + 3);

    /* Whoever wrote to it goes on at its start. */
    ck_assert_int_eq(write(writer, "new", 3), 3);
    ck_assert_int_eq(size_of(folder, "x.log"), 3);

    int old = openat(folder, "x.log.1", O_RDONLY);

    ck_assert_int_eq(pread(old, text, 3, LARGE), 3);
    ck_assert_str_eq(text, "end");
    close(old);
    close(writer);
    close(folder);
}
END_TEST

START_TEST(a_link_is_left_alone)
{
    int folder = open(core_test_folder(), O_DIRECTORY);
    int other = openat(folder, "other", O_RDWR | O_CREAT, 0600);

    ck_assert_int_eq(ftruncate(other, LARGE + 1), 0);
    ck_assert_int_eq(symlinkat("other", folder, "y.log"), 0);
    output_trim(folder, "y");
    output_trim(folder, "nobody");
    ck_assert_int_eq(size_of(folder, "other"), LARGE + 1);
    ck_assert_int_eq(size_of(folder, "y.log.1"), -1);
    close(other);
    close(folder);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("output");

    tcase_add_test(cases, a_large_file_is_moved_while_it_is_written);
    tcase_add_test(cases, a_link_is_left_alone);
    return core_test_run(cases);
}
