/* lines - octets as they come, cut into lines */

#include "exec/lines.h"

#include <stdio.h>
#include <string.h>

#include "core_test.h"

#define LIMIT 8

/* Puts the octets in, at most `piece` at a time, and writes what comes out as
   "line|", "line!|" for one that is too long, "line$|" for the last. */
static void
cut(char *out, const char *in, size_t in_size, size_t piece)
{
    lines_t *lines = lines_new(LIMIT);
    char *text;
    size_t size, octets, sum = 0;

    out[0] = '\0';
    for (size_t at = 0; at < in_size;) {
        char *room = lines_room(lines, &size);

        ck_assert_uint_gt(size, 0);
        if (size > piece)
            size = piece;
        if (size > in_size - at)
            size = in_size - at;
        memcpy(room, in + at, size);
        lines_add(lines, size);
        at += size;
        for (;;) {
            enum lines_found found = lines_next(lines, &text, &size, &octets);

            if (found == LINES_NONE)
                break;
            ck_assert_uint_eq(strlen(text), size);
            sum += octets;
            sprintf(out + strlen(out), "%s%s|", text,
                    found == LINES_ONE ? "" : "!");
        }
    }
    ck_assert_uint_eq(sum + lines_begun(lines), in_size);
    if (lines_last(lines, &text, &size) != LINES_NONE)
        sprintf(out + strlen(out), "%s$|", text);
    lines_destroy(&lines);
    ck_assert_ptr_null(lines);
}

static const struct {
    const char *in, *out;
} rows[] = {
    { "",                       "" },
    { "one\n",                  "one|" },
    { "one\ntwo\n\nthree\n",    "one|two||three|" },
    { "a\r\nb\r\n\r\n",         "a|b||" },
    { "a\rb\n",                 "a\rb|" },
    { "12345678\n",             "12345678|" },
    { "12345678\r\n",           "12345678|" },
    { "123456789\nx\n",         "12345678!|x|" },
    { "123456789abcdefghij\nx", "12345678!|x$|" },
    { "no end",                 "no end$|" },
    { "12345678901234",         "12345678$|" },
};

START_TEST(lines_are_the_same_however_they_come)
{
    char out[256];

    for (size_t piece = 1; piece < 32; piece++) {
        cut(out, rows[_i].in, strlen(rows[_i].in), piece);
        ck_assert_str_eq(out, rows[_i].out);
    }
}
END_TEST

START_TEST(a_line_without_end_takes_no_more_room)
{
    static char in[1000000];
    char out[256];

    memset(in, 'x', sizeof in);
    memcpy(in + sizeof in - 5, "\nend\n", 5);
    cut(out, in, sizeof in, 100000);
    ck_assert_str_eq(out, "xxxxxxxx!|end|");
}
END_TEST

START_TEST(the_last_line_may_fill_the_room)
{
    lines_t *lines = lines_new(LIMIT);
    size_t size;
    char *text = lines_room(lines, &size);

    memset(text, 'x', size);
    lines_add(lines, size);
    ck_assert_int_eq(lines_last(lines, &text, &size), LINES_TOO_LONG);
    ck_assert_str_eq(text, "xxxxxxxx");
    lines_destroy(&lines);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("lines");

    tcase_add_loop_test(cases, lines_are_the_same_however_they_come, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, a_line_without_end_takes_no_more_room);
    tcase_add_test(cases, the_last_line_may_fill_the_room);
    return core_test_run(cases);
}
