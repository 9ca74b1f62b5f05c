/* once - what is told, and what has been told before */

#include "ctl/once.h"

#include <stdlib.h>

#include "core_test.h"

static const struct {
    const char *text;
    const char *wanted;
} rows[] = {
    { "", "" },
    { "a: x:1: k: bad\n", "a: x:1: k: bad\n" },
    { "a: x:1: k: bad", "a: x:1: k: bad" },

    /* Two programs about a setting of all. */
    { "a: x:1: log.k: bad\nb: x:1: log.k: bad\nb: x:2: log.l: bad\n",
      "a: x:1: log.k: bad\nb: x:2: log.l: bad\n" },

    /* A program about what corednsctl reads too, in other words. */
    { "corednsctl: x:1: a.listen: no port\na: x:1: a.listen: wrong: no port\n",
      "corednsctl: x:1: a.listen: no port\n" },
    { "corednsctl: x:1: a.listen: no port\na: x:1: a.listen[0]: no port\n"
      "a: x:1: a.listen[1]: no port\n",
      "corednsctl: x:1: a.listen: no port\na: x:1: a.listen[1]: no port\n" },
    { "corednsctl: x:1: a.listen: no port\na: x:1: a.listens: unknown key\n",
      "corednsctl: x:1: a.listen: no port\na: x:1: a.listens: unknown key\n" },

    /* Two programs have two causes. */
    { "a: x:1: k: bad\nb: x:1: k: worse\n",
      "a: x:1: k: bad\nb: x:1: k: worse\n" },
};

START_TEST(tells_each_thing_once)
{
    char *text = NULL;
    size_t size = 0;
    FILE *output = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(output);
    once_print(rows[_i].text, output);
    fclose(output);
    ck_assert_str_eq(text, rows[_i].wanted);
    free(text);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("once");

    tcase_add_loop_test(cases, tells_each_thing_once,
                        0, CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
