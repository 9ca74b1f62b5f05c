/* sample - which lines are right, and how they are written */

#include "health/sample.h"

#include <string.h>

#include "core_test.h"

#define OURS "process=\"p\",stage=\"s\""

static const struct {
    const char *line;
    const char *written;                /* NULL: not a sample */
} rows[] = {
    { "a 1", "a{" OURS "} 1\n" },
    { "a:b_c9 1.5e-3", "a:b_c9{" OURS "} 1.5e-3\n" },
    { "a{} 1", "a{" OURS "} 1\n" },
    { "a{b=\"c\"} +Inf", "a{" OURS ",b=\"c\"} +Inf\n" },
    { "a{b=\"\"} NaN", "a{" OURS ",b=\"\"} NaN\n" },
    { "a{b=\"c\",d=\"e,}\"} -1.", "a{" OURS ",b=\"c\",d=\"e,}\"} -1.\n" },
    { "a{b=\"\\\\\\\"\\n\"} .5", "a{" OURS ",b=\"\\\\\\\"\\n\"} .5\n" },
    { "a{b=\"\xc3\xa9\"} 1", "a{" OURS ",b=\"\xc3\xa9\"} 1\n" },

    /* labels that have our names */
    { "a{stage=\"x\",b=\"y\",process=\"z\"} 1",
      "a{" OURS ",exported_stage=\"x\",b=\"y\",exported_process=\"z\"} 1\n" },
    { "a{stages=\"x\"} 1", "a{" OURS ",stages=\"x\"} 1\n" },

    { "", NULL },
    { " a 1", NULL },
    { "1a 1", NULL },
    { "a", NULL },
    { "a ", NULL },
    { "a 1 ", NULL },
    { "a  1", NULL },
    { "a\t1", NULL },
    { "a 1 1700000000000", NULL },      /* a timestamp */
    { "a 0x10", NULL },
    { "a 1e", NULL },
    { "a .", NULL },
    { "a -", NULL },
    { "a inf", NULL },
    { "a 1 # {} 2", NULL },             /* an exemplar of OpenMetrics */
    { "a{ 1", NULL },
    { "a{,} 1", NULL },
    { "a{b} 1", NULL },
    { "a{b=c} 1", NULL },
    { "a{b=\"c} 1", NULL },
    { "a{b=\"c\",} 1", NULL },
    { "a{b=\"c\" ,d=\"e\"} 1", NULL },
    { "a{b:c=\"d\"} 1", NULL },         /* colons are for metrics alone */
    { "a{b=\"c\",b=\"d\"} 1", NULL },   /* one label twice */
    { "a{b=\"\\t\"} 1", NULL },
    { "a{b=\"\\", NULL },
    { "a{b=\"\x01\"} 1", NULL },
    { "a{b=\"\xff\"} 1", NULL },
    { "a{b=\"\xc3\"} 1", NULL },        /* half a character */
    { "a{b=\"\xed\xa0\x80\"} 1", NULL },        /* a surrogate */
    { "a{b=\"c\"}1", NULL },
};

START_TEST(reads_what_is_right_and_writes_it_with_our_labels)
{
    struct slice line = { rows[_i].line, strlen(rows[_i].line) };
    struct sample sample;
    char text[512] = "";
    bool is_right = sample_read(&sample, line);

    ck_assert_msg(is_right == (rows[_i].written != NULL), "wrong for %s",
                  rows[_i].line);
    if (!is_right)
        return;

    FILE *file = fmemopen(text, sizeof text, "w");

    sample_write(&sample, "p", "s", file);
    fclose(file);
    ck_assert_str_eq(text, rows[_i].written);
}
END_TEST

START_TEST(stays_inside_the_line)
{
    /* Cut anywhere, it is not the whole line any more. */
    static const char text[] = "name{a=\"b\",c=\"\\\\\"} 12";
    struct sample sample;

    for (size_t size = 0; size < strlen(text) - 1; size++)
        ck_assert(!sample_read(&sample, (struct slice) { text, size }));
    ck_assert(sample_read(&sample, (struct slice) { text, strlen(text) }));
}
END_TEST

/* Writes "a{l0="",l1=""...} 1" with that many labels. */
static void
write_labels(char *text, size_t size, int count)
{
    FILE *file = fmemopen(text, size, "w");

    fputs("a{", file);
    for (int i = 0; i < count; i++)
        fprintf(file, "%sl%d=\"\"", i == 0 ? "" : ",", i);
    fputs("} 1", file);
    fclose(file);
}

START_TEST(has_a_limit_of_labels_and_of_octets)
{
    char text[SAMPLE_LINE_SIZE + 2] = "";
    struct sample sample;

    write_labels(text, sizeof text, SAMPLE_LABELS);
    ck_assert(sample_read(&sample, (struct slice) { text, strlen(text) }));
    write_labels(text, sizeof text, SAMPLE_LABELS + 1);
    ck_assert(!sample_read(&sample, (struct slice) { text, strlen(text) }));
    memset(text, '1', sizeof text);
    memcpy(text, "a ", 2);
    ck_assert(sample_read(&sample,
                          (struct slice) { text, SAMPLE_LINE_SIZE }));
    ck_assert(!sample_read(&sample,
                           (struct slice) { text, SAMPLE_LINE_SIZE + 1 }));
}
END_TEST

START_TEST(escapes_our_labels)
{
    struct sample sample;
    char text[512] = "";
    FILE *file = fmemopen(text, sizeof text, "w");

    ck_assert(sample_read(&sample, (struct slice) { "a 1", 3 }));
    sample_write(&sample, "a\"b\\", "c\nd", file);
    fclose(file);
    ck_assert_str_eq(text,
                     "a{process=\"a\\\"b\\\\\",stage=\"c\\nd\"} 1\n");
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("sample");

    tcase_add_loop_test(cases,
                        reads_what_is_right_and_writes_it_with_our_labels, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, stays_inside_the_line);
    tcase_add_test(cases, has_a_limit_of_labels_and_of_octets);
    tcase_add_test(cases, escapes_our_labels);
    return core_test_run(cases);
}
