/* directory - which folder is whose, and who may enter */

#include "ctl/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_test.h"

static const struct directory_owner us = { .user = NULL };

/* A path in the test's folder; lent until the next call. */
static const char *
path_of(const char *name)
{
    static const char *folder = NULL;
    static char path[512];

    if (folder == NULL)
        folder = core_test_folder();
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static unsigned
mode_of(const char *path)
{
    struct stat found;

    ck_assert_int_eq(stat(path, &found), 0);
    return found.st_mode & 07777;
}

START_TEST(the_option_beats_the_setting)
{
    char *path = directory_path("/run/a/", "/run/b", "/etc/x.conf");

    ck_assert_str_eq(path, "/run/a");
    free(path);
    path = directory_path(NULL, "/run/b", "/etc/x.conf");
    ck_assert_str_eq(path, "/run/b");
    free(path);
}
END_TEST

START_TEST(two_files_have_two_folders_and_a_link_has_its_target_s)
{
    const char *file = core_test_file("");
    char link_path[600];
    char *one = directory_path(NULL, NULL, file);
    char *other = directory_path(NULL, NULL, core_test_file(" "));

    ck_assert_str_ne(one, other);
    free(other);
    snprintf(link_path, sizeof link_path, "%s", path_of("link"));
    ck_assert_int_eq(symlink(file, link_path), 0);
    other = directory_path(NULL, NULL, link_path);
    ck_assert_str_eq(one, other);
    ck_assert_ptr_nonnull(strstr(one, "/coredns-"));
    free(one);
    free(other);
    unlink(link_path);
}
END_TEST

START_TEST(makes_a_private_folder_and_those_above)
{
    struct core_fault fault;
    const char *path = path_of("deep/run");

    ck_assert_int_eq(directory_prepare(path, &us, &fault), 0);
    ck_assert_uint_eq(mode_of(path), 0700);
    rmdir(path);
    rmdir(path_of("deep"));
}
END_TEST

START_TEST(closes_an_empty_folder_to_others)
{
    struct core_fault fault;
    const char *path = path_of("empty");

    ck_assert_int_eq(mkdir(path, 0755), 0);
    ck_assert_int_eq(chmod(path, 0777), 0);
    ck_assert_int_eq(directory_prepare(path, &us, &fault), 0);
    ck_assert_uint_eq(mode_of(path), 0700);
    rmdir(path);
}
END_TEST

START_TEST(leaves_an_open_folder_with_other_things_alone)
{
    struct core_fault fault;
    char path[600];

    snprintf(path, sizeof path, "%s", path_of("open"));
    ck_assert_int_eq(mkdir(path, 0755), 0);
    ck_assert_int_eq(chmod(path, 0755), 0);
    ck_assert_int_eq(mkdir(path_of("open/sub"), 0755), 0);
    ck_assert_int_eq(directory_prepare(path, &us, &fault), -1);
    ck_assert_ptr_nonnull(strstr(fault.text, "open to others (mode 0755)"));
    ck_assert_uint_eq(mode_of(path), 0755);
    rmdir(path_of("open/sub"));
    rmdir(path);
}
END_TEST

START_TEST(does_not_follow_a_link)
{
    struct core_fault fault;
    char path[600];

    snprintf(path, sizeof path, "%s", path_of("link"));
    ck_assert_int_eq(symlink("/tmp", path), 0);
    ck_assert_int_eq(directory_prepare(path, &us, &fault), -1);
    unlink(path);
}
END_TEST

START_TEST(only_one_holds_the_lock)
{
    struct core_fault fault;
    const char *folder = path_of(".");
    pid_t holder;

    ck_assert_int_eq(directory_holder(folder), 0);

    int lock = directory_lock(folder, &holder, &fault);

    ck_assert_int_ne(lock, -1);
    ck_assert_int_eq(directory_lock(folder, &holder, &fault), -1);
    ck_assert_int_eq(holder, getpid());
    ck_assert_int_eq(directory_holder(folder), getpid());
    close(lock);
    ck_assert_int_eq(directory_holder(folder), 0);
    unlink(path_of("corednsctl.lock"));
}
END_TEST

START_TEST(a_new_file_takes_the_place_of_a_link)
{
    char path[600];
    struct stat found;

    snprintf(path, sizeof path, "%s", path_of("copy"));
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);

    int fd = directory_create_file(path, &us);

    ck_assert_int_ne(fd, -1);
    ck_assert_int_eq(lstat(path, &found), 0);
    ck_assert(S_ISREG(found.st_mode));
    ck_assert_uint_eq(found.st_mode & 07777, 0600);
    close(fd);
    unlink(path);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("directory");

    tcase_add_test(cases, the_option_beats_the_setting);
    tcase_add_test(cases,
                   two_files_have_two_folders_and_a_link_has_its_target_s);
    tcase_add_test(cases, makes_a_private_folder_and_those_above);
    tcase_add_test(cases, closes_an_empty_folder_to_others);
    tcase_add_test(cases, leaves_an_open_folder_with_other_things_alone);
    tcase_add_test(cases, does_not_follow_a_link);
    tcase_add_test(cases, only_one_holds_the_lock);
    tcase_add_test(cases, a_new_file_takes_the_place_of_a_link);
    return core_test_run(cases);
}
