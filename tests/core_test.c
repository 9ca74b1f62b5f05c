/*
 * core_test - what every unit test needs besides Check
 *
 * All files of a program lie in one folder that the first process makes and
 * removes.  The tests themselves run in children, which may crash and so can
 * remove nothing.
 */

#include "core_test.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    char path[64];
    pid_t owner;
} root;

static int
remove_entry(const char *path, const struct stat *status, int kind,
             struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void
remove_root(void)
{
    if (root.owner == getpid())
        nftw(root.path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void
make_root(void)
{
    if (root.owner != 0)
        return;
    strcpy(root.path, "/tmp/core_test.XXXXXX");
    char *made = mkdtemp(root.path);

    assert(made);
    root.owner = getpid();
    atexit(remove_root);
}

/* A template for mkstemp() in our folder, kept until the program ends. */
static char *
new_path(const char *what)
{
    static char *paths[4096];           /* so that no path counts as leaked */
    static size_t count;
    char path[PATH_MAX];

    make_root();
    snprintf(path, sizeof path, "%s/%s.XXXXXX", root.path, what);
    assert(count < sizeof paths / sizeof paths[0]);
    paths[count] = strdup(path);
    assert(paths[count]);
    return paths[count++];
}

const char *
core_test_file(const char *text)
{
    char *path = new_path("file");
    int fd = mkstemp(path);

    assert(fd != -1);

    FILE *file = fdopen(fd, "w");

    assert(file);
    assert(fputs(text, file) != EOF);
    assert(fclose(file) == 0);
    return path;
}

const char *
core_test_folder(void)
{
    char *path = new_path("folder");
    char *made = mkdtemp(path);

    assert(made);
    return made;
}

int
core_test_run(TCase *cases)
{
    Suite *suite = suite_create(program_invocation_short_name);
    SRunner *runner = srunner_create(suite);

    make_root();
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
core_test_stderr(void)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
    return ends[0];
}

const char *
core_test_read(int reader)
{
    static char text[65536 + 1];
    ssize_t size;

    fcntl(reader, F_SETFL, O_NONBLOCK);
    size = read(reader, text, sizeof text - 1);
    text[size > 0 ? size : 0] = '\0';
    return text;
}
