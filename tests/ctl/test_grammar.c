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
    { "start", do_nothing, OPTION_FOREGROUND, NULL, 0, 0, "begin", NULL },
    { "logs", do_nothing, OPTION_FOLLOW | OPTION_LINES, "stage", 0, 1,
      "read", NULL },
    { "swap", do_nothing, OPTION_BEFORE, "stage", 1, 1, "change", "program" },
    { "etcd", do_nothing, OPTION_SERVICE | OPTION_TTL, "put|get name", 2, 2,
      "keep", NULL },
    { NULL, NULL, 0, NULL, 0, 0, NULL, NULL },
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
    { { "corednsctl", "etcd", "put", "a", "--port", "80", "--mail" }, -1 },
    { { "corednsctl", "--json", "etcd", "put", "a" }, 64 },  /* of others */
    { { "corednsctl", "etcd", "put", "--port", "", "a" }, 64 },
    { { "corednsctl", "etcd", "put" }, 64 },
    { { "corednsctl", "etcd", "-h", "--port", "80" }, 0 },
    { { "corednsctl", "start", "--port", "80" }, 64 },
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

/* A verb may have an option that is called as one of all verbs: behind the verb
   it is its own, in front of it and as a letter the other. */
START_TEST(tells_options_of_one_name_apart)
{
    char *words[] = { "corednsctl", "--host", "a", "etcd", "put", "--host",
                      "192.0.2.1", "name", NULL };
    char *others[] = { "corednsctl", "etcd", "-H", "b", "put", "name", NULL };
    char *start[] = { "corednsctl", "start", "--host", "c", NULL };
    struct request request;

    ck_assert_int_eq(grammar_read(&request, verbs, 8, words), -1);
    ck_assert_str_eq(getenv("COREDNS_HOST"), "a");
    ck_assert_str_eq(request_value(&request, OPTION_SERVICE_HOST),
                     "192.0.2.1");
    ck_assert_uint_eq(request.word_count, 2);
    ck_assert_str_eq(request.words[0], "put");
    ck_assert_str_eq(request.words[1], "name");
    ck_assert_int_eq(grammar_read(&request, verbs, 6, others), -1);
    ck_assert_str_eq(getenv("COREDNS_HOST"), "b");
    ck_assert_ptr_null(request_value(&request, OPTION_SERVICE_HOST));
    ck_assert_int_eq(grammar_read(&request, verbs, 4, start), -1);
    ck_assert_str_eq(getenv("COREDNS_HOST"), "c");
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
    tcase_add_test(cases, tells_options_of_one_name_apart);
    tcase_add_test(cases, takes_the_configuration_from_the_environment);
    return core_test_run(cases);
}
