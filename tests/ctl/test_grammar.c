/* grammar - what a command line asks for, and wrong words */

#include "ctl/grammar.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static int
do_nothing(const struct request *request)
{
    (void) request;
    return 0;
}

static const struct verb verbs[] = {
    { "start", do_nothing, OPTION_FOREGROUND, NULL, 0, 0, "begin", false },
    { "logs", do_nothing, OPTION_FOLLOW | OPTION_LINES, "stage", 0, 1,
      "read", false },
    { "swap", do_nothing, OPTION_BEFORE, "stage", 1, 1, "change", true },
    { NULL, NULL, 0, NULL, 0, 0, NULL, false },
};

#define WORDS 8

static int
count_words(char *const *words)
{
    int count = 0;

    while (words[count] != NULL)
        count++;
    return count;
}

static const struct {
    const char *words[WORDS];
    int code;                           /* -1: to be run */
} rows[] = {
    { { "corednsctl", "start" }, -1 },
    { { "corednsctl", "start", "--foreground" }, -1 },
    { { "corednsctl", "-c", "x", "start" }, -1 },
    { { "corednsctl", "start", "-c", "x" }, -1 },
    { { "corednsctl", "logs", "-f", "cache" }, -1 },
    { { "corednsctl", "logs", "--lines", "3" }, -1 },
    { { "corednsctl", "swap", "cache" }, -1 },
    { { "corednsctl", "-h" }, 0 },
    { { "corednsctl", "start", "-h" }, 0 },
    { { "corednsctl", "-V" }, 0 },
    { { "corednsctl" }, 64 },
    { { "corednsctl", "strt" }, 64 },
    { { "corednsctl", "strt", "-h" }, 64 },
    { { "corednsctl", "start", "cache" }, 64 },      /* takes no argument */
    { { "corednsctl", "start", "-f" }, 64 },         /* an option of logs */
    { { "corednsctl", "swap" }, 64 },                /* needs one */
    { { "corednsctl", "start", "--nonsense" }, 64 },
    { { "corednsctl", "start", "-c" }, 64 },
    { { "corednsctl", "start", "-c", "" }, 64 },
    { { "corednsctl", "logs", "--lines", "x" }, 64 },
    { { "corednsctl", "logs", "a", "b" }, 64 },
    { { "corednsctl", "swap", "cache", "--", "x", "-f", "--" }, -1 },
    { { "corednsctl", "swap", "--before", "a", "b", "--", "x" }, -1 },
    { { "corednsctl", "swap", "--", "cache", "x" }, 64 },
    { { "corednsctl", "logs", "a", "--", "b" }, 64 },    /* takes none */
    { { "corednsctl", "swap", "b", "--before", "--", "x" }, 64 },
};

START_TEST(reads_a_command_line)
{
    struct request request;
    char *words[WORDS];

    memcpy(words, rows[_i].words, sizeof words);
    ck_assert_int_eq(grammar_read(&request, verbs, count_words(words), words),
                     rows[_i].code);
}
END_TEST

START_TEST(hands_on_what_was_said)
{
    struct request request;
    char *words[] = { "corednsctl", "-vv", "logs",
                      "--lines", "7", "cache",
                      "-r", "/run/y", NULL };

    ck_assert_int_eq(grammar_read(&request, verbs, 8, words), -1);
    ck_assert_str_eq(request.verb->name, "logs");
    ck_assert_str_eq(request.argument, "cache");
    ck_assert_str_eq(request.run_directory, "/run/y");
    ck_assert_int_eq(request.verbose, 2);
    ck_assert_int_eq(request.lines, 7);
}
END_TEST

START_TEST(takes_the_configuration_from_the_environment)
{
    struct request request;
    char *words[] = { "corednsctl", "start", NULL };

    unsetenv("COREDNS_CONFIG");
    grammar_read(&request, verbs, 2, words);
    ck_assert_str_eq(request.config_path, "/etc/coredns/coredns.conf");
    setenv("COREDNS_CONFIG", "/x/y.conf", 1);
    grammar_read(&request, verbs, 2, words);
    ck_assert_str_eq(request.config_path, "/x/y.conf");
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("grammar");

    tcase_add_loop_test(cases, reads_a_command_line, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, hands_on_what_was_said);
    tcase_add_test(cases, takes_the_configuration_from_the_environment);
    return core_test_run(cases);
}
