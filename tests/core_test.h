/*
 * core_test - what every unit test needs besides Check
 *
 * A test file makes one TCase and ends its main() with core_test_run().  Check
 * runs each test in a process of its own, so a test that crashes is a failed
 * test and the others still run.
 */

#ifndef CORE_TEST_H
#define CORE_TEST_H

#include <check.h>

/* How many rows a table has: tcase_add_loop_test(c, f, 0, CORE_TEST_ROWS(t)) */
#define CORE_TEST_ROWS(rows) ((int)(sizeof (rows) / sizeof (rows)[0]))

/*
 * Runs the tests and prints the result as Check does.  Returns what main()
 * returns: 0 when all passed.
 */
int
    core_test_run(TCase *cases);

/*
 * The path of a file that holds text.  Lent; file and path stay until the
 * program ends.
 */
const char *
    core_test_file(const char *text);

/* The path of an empty folder.  Lent; removed when the program ends. */
const char *
    core_test_folder(void);

/* Makes a pipe our standard error and returns its other end. */
int
    core_test_stderr(void);

/* What there is to read, at most 64 KiB, as text; "" when there is nothing.
   Lent until the next call. */
const char *
    core_test_read(int reader);

#endif
