/* nearest - which word was meant */

#include "core_test.h"
#include "coredns/setting.h"

static const char *const words[] = {
    "capacity", "next", "ttl", "run_directory", "directory", "listen", "user",
    NULL,
};

static const struct {
    const char *word;
    const char *nearest;                /* NULL: none was */
} rows[] = {
    { "capactiy",       "capacity" },
    { "Capacity",       "capacity" },
    { "run-directory",  "run_directory" },
    { "dir",            "directory" },
    { "nxet",           "next" },
    { "tl",             "ttl" },
    { "litsen",         "listen" },
    { "usr",            "user" },
    { "cache",          NULL },
    { "x",              NULL },
    { "",               NULL },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
};

START_TEST(finds_the_word_that_was_meant)
{
    const char *nearest = core_nearest(rows[_i].word, words);

    if (rows[_i].nearest == NULL)
        ck_assert_msg(nearest == NULL, "%s gave %s", rows[_i].word, nearest);
    else
        ck_assert_pstr_eq(nearest, rows[_i].nearest);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("nearest");

    tcase_add_loop_test(cases, finds_the_word_that_was_meant, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
