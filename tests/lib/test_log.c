/* log - its lines, its files, and readers that are gone or asleep */

#include "coredns/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_test.h"
#include "lib/log_line.h"

/* ---- lines --------------------------------------------------------------- */

static const struct {
    enum core_log_level level;
    const char *text;
    const char *as_text;
    const char *as_json;
} rows[] = {
    { CORE_LOG_ERROR, "conf/x:14: bad",
      "coredns-x: conf/x:14: bad\n",
      "{\"time\":\"2001-09-09T01:46:40.123Z\",\"level\":\"error\","
      "\"program\":\"coredns-x\",\"text\":\"conf/x:14: bad\"}\n" },
    { CORE_LOG_WARNING, "w", "coredns-x: warning: w\n", NULL },
    { CORE_LOG_NOTICE, "n", "coredns-x: notice: n\n", NULL },
    { CORE_LOG_DEBUG, "say \"\\\xc3\xa9\"", NULL,
      "{\"time\":\"2001-09-09T01:46:40.123Z\",\"level\":\"debug\","
      "\"program\":\"coredns-x\",\"text\":\"say \\\"\\\\\xc3\xa9\\\"\"}\n" },
    { CORE_LOG_ERROR, "a\x1f\xff" "b", NULL,
      "{\"time\":\"2001-09-09T01:46:40.123Z\",\"level\":\"error\","
      "\"program\":\"coredns-x\",\"text\":\"a\\u001f\\u00ffb\"}\n" },
};

static struct core_log_event
event_of_row(int row)
{
    return (struct core_log_event) {
        "coredns-x", rows[row].level, rows[row].text,
        INT64_C(1000000000123456),
    };
}

START_TEST(writes_text)
{
    struct core_log_event event = event_of_row(_i);
    char line[CORE_LOG_LINE_SIZE + 1];

    if (rows[_i].as_text == NULL)
        return;
    line[core_log_line_text(line, &event, false)] = '\0';
    ck_assert_str_eq(line, rows[_i].as_text);
    line[core_log_line_text(line, &event, true)] = '\0';
    ck_assert(strncmp(line, "2001-09-09T01:46:40.123Z ", 25) == 0);
    ck_assert_str_eq(line + 25, rows[_i].as_text);
}
END_TEST

START_TEST(writes_json)
{
    struct core_log_event event = event_of_row(_i);
    char line[CORE_LOG_LINE_SIZE + 1];

    if (rows[_i].as_json == NULL)
        return;
    line[core_log_line_json(line, &event)] = '\0';
    ck_assert_str_eq(line, rows[_i].as_json);
}
END_TEST

START_TEST(a_long_line_is_cut_and_still_one_line)
{
    struct core_log_event event = event_of_row(0);
    char text[8000];
    char line[CORE_LOG_LINE_SIZE];
    size_t size;

    memset(text, '\x01', sizeof text);
    text[sizeof text - 1] = '\0';
    event.text = text;
    size = core_log_line_json(line, &event);
    ck_assert_uint_gt(size, CORE_LOG_LINE_SIZE - 20);
    ck_assert(memcmp(line + size - 3, "\"}\n", 3) == 0);
    ck_assert_ptr_null(memchr(line, '\n', size - 1));
    size = core_log_line_text(line, &event, true);
    ck_assert_uint_eq(size, CORE_LOG_LINE_SIZE);
    ck_assert_int_eq(line[size - 1], '\n');
}
END_TEST

/* ---- files --------------------------------------------------------------- */

static const char *
read_all(const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "r");

    if (file == NULL)
        return NULL;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static const char *
open_log_file(int64_t size)
{
    static char path[256];
    struct core_fault fault;
    struct core_log_options options = {
        .level = CORE_LOG_NOTICE, .target = CORE_LOG_FILE,
        .path = path, .size = size,
    };

    snprintf(path, sizeof path, "%s/log", core_test_folder());
    ck_assert_int_eq(core_log_open("coredns-x", &options, &fault), 0);
    return path;
}

START_TEST(a_file_has_the_time_and_only_wanted_levels)
{
    const char *path = open_log_file(0);

    core_log(CORE_LOG_NOTICE, "one %d", 1);
    core_log(CORE_LOG_DEBUG, "two");
    core_log_level_set(CORE_LOG_ERROR);
    core_log(CORE_LOG_NOTICE, "three");
    ck_assert(!core_log_wants(CORE_LOG_WARNING));

    const char *text = read_all(path);

    ck_assert_uint_eq(strlen(text), 25 + strlen("coredns-x: notice: one 1\n"));
    ck_assert_str_eq(text + 25, "coredns-x: notice: one 1\n");
}
END_TEST

START_TEST(a_full_file_is_renamed)
{
    const char *path = open_log_file(200);
    char older[300];

    snprintf(older, sizeof older, "%s.1", path);
    for (int i = 0; i < 10; i++)
        core_log(CORE_LOG_NOTICE, "a line of some length %d", i);
    ck_assert_ptr_nonnull(strstr(read_all(path), "length 9\n"));
    ck_assert_uint_le(strlen(read_all(path)), 200);
    ck_assert_ptr_nonnull(strstr(read_all(older), "length 7\n"));
    ck_assert_uint_le(strlen(read_all(older)), 200);
}
END_TEST

START_TEST(a_file_that_was_taken_away_is_begun_anew)
{
    const char *path = open_log_file(0);

    core_log(CORE_LOG_NOTICE, "one");
    ck_assert_int_eq(unlink(path), 0);
    core_log(CORE_LOG_NOTICE, "two");
    ck_assert_ptr_nonnull(strstr(read_all(path), "notice: two\n"));
}
END_TEST

START_TEST(a_file_that_cannot_be_opened_leaves_the_former_log)
{
    const char *path = open_log_file(0);
    struct core_fault fault;
    struct core_log_options options = {
        .target = CORE_LOG_FILE, .path = "/proc/nowhere/log",
    };

    ck_assert_int_eq(core_log_open("coredns-y", &options, &fault), -1);
    ck_assert_str_eq(fault.path, "/proc/nowhere/log");
    options.path = NULL;
    ck_assert_int_eq(core_log_open("coredns-y", &options, &fault), -1);
    ck_assert_str_eq(fault.text, "the log goes to a file, but none is named");
    core_log(CORE_LOG_NOTICE, "still here");
    ck_assert_ptr_nonnull(strstr(read_all(path), "coredns-x: notice: still"));
}
END_TEST

/* ---- standard error ------------------------------------------------------ */

START_TEST(speaks_before_it_is_opened)
{
    int reader = core_test_stderr();
    struct core_fault fault;
    char text[500] = "";

    core_fault_set(&fault, "conf/x", 3, "a\nb");
    core_log_fault(CORE_LOG_ERROR, &fault);
    core_log(CORE_LOG_DEBUG, "not wanted");
    ck_assert_int_gt(read(reader, text, sizeof text - 1), 0);
    ck_assert_str_eq(text, "test_log: conf/x:3: a?b\n");
    ck_assert_str_eq(core_log_last_error(), "conf/x:3: a?b");
}
END_TEST

START_TEST(survives_a_reader_that_is_gone)
{
    close(core_test_stderr());
    core_log(CORE_LOG_ERROR, "nobody hears this");
    core_log(CORE_LOG_ERROR, "nor this");
    ck_assert_str_eq(core_log_last_error(), "nor this");
}
END_TEST

START_TEST(does_not_wait_for_a_reader_that_sleeps)
{
    int reader = core_test_stderr();
    char text[65536];

    /* Far more than a pipe holds; Check ends a test that hangs. */
    for (int i = 0; i < 3000; i++)
        core_log(CORE_LOG_NOTICE, "a line of some forty octets or so, %d", i);
    ck_assert_int_gt(read(reader, text, sizeof text), 32768);
    core_log(CORE_LOG_NOTICE, "awake");

    ssize_t size = read(reader, text, sizeof text - 1);

    ck_assert_int_gt(size, 0);
    text[size] = '\0';
    ck_assert_ptr_nonnull(strstr(text, "log lines were lost\n"));
    ck_assert_ptr_nonnull(strstr(text, "notice: awake\n"));
}
END_TEST

START_TEST(lines_of_traffic_are_gathered)
{
    int reader = core_test_stderr();
    char line[] = "a\nb";

    core_log_traffic(CORE_LOG_NOTICE, line);
    core_log_traffic_object("{}");
    core_log_traffic(CORE_LOG_DEBUG, line);
    ck_assert_str_eq(core_test_read(reader), "");
    core_log_flush();
    ck_assert_str_eq(core_test_read(reader),
                     "test_log: notice: a?b\n{}\n");

    /* Order is kept among lines of both kinds. */
    core_log_traffic(CORE_LOG_ERROR, line);
    core_log(CORE_LOG_NOTICE, "c");
    ck_assert_str_eq(core_test_read(reader),
                     "test_log: a?b\ntest_log: notice: c\n");
    ck_assert_str_eq(core_log_last_error(), "a?b");
}
END_TEST

START_TEST(lines_of_traffic_that_nobody_reads_are_counted)
{
    int reader = core_test_stderr();

    /* Each of them is 40 octets with its end; the pipe holds 64 KiB. */
    for (int i = 0; i < 3000; i++) {
        char line[] = "123456789 123456789 1";

        core_log_traffic(CORE_LOG_NOTICE, line);
    }
    core_log_flush();
    ck_assert_uint_gt(strlen(core_test_read(reader)), 60000);

    char line[] = "awake";

    core_log_traffic(CORE_LOG_NOTICE, line);
    core_log_flush();

    const char *text = core_test_read(reader);

    ck_assert_ptr_nonnull(strstr(text, "notice: awake\n"));
    ck_assert_ptr_nonnull(strstr(text, " log lines were lost\n"));
}
END_TEST

START_TEST(leaves_standard_error_blocking_for_others)
{
    int reader = core_test_stderr();

    core_log(CORE_LOG_NOTICE, "x");
    ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
    close(reader);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("log");

    tcase_add_loop_test(cases, writes_text, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, writes_json, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, a_long_line_is_cut_and_still_one_line);
    tcase_add_test(cases, a_file_has_the_time_and_only_wanted_levels);
    tcase_add_test(cases, a_full_file_is_renamed);
    tcase_add_test(cases, a_file_that_was_taken_away_is_begun_anew);
    tcase_add_test(cases, a_file_that_cannot_be_opened_leaves_the_former_log);
    tcase_add_test(cases, speaks_before_it_is_opened);
    tcase_add_test(cases, survives_a_reader_that_is_gone);
    tcase_add_test(cases, does_not_wait_for_a_reader_that_sleeps);
    tcase_add_test(cases, lines_of_traffic_are_gathered);
    tcase_add_test(cases, lines_of_traffic_that_nobody_reads_are_counted);
    tcase_add_test(cases, leaves_standard_error_blocking_for_others);
    return core_test_run(cases);
}
