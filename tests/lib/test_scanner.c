/* scanner - entries and words, and what is wrong with a text */

#include "lib/scanner.h"

#include <stdio.h>
#include <string.h>

#include "core_test.h"

/* What was scanned is written as "LINE[+]:word|word" for each entry, with '+'
   when it has an owner and quotes around quoted words; "LINE!text" for a
   fault. */
static const struct {
    const char *text;
    const char *scanned;
} rows[] = {
    { "", "" },
    { "\n\n  \n", "" },
    { "a b c", "1+:a|b|c " },
    { "a b c\n", "1+:a|b|c " },
    { "  b c\n", "1:b|c " },
    { "\tb\r\n", "1:b " },
    { "; comment\na ; b\n", "2+:a " },
    { "a;b\n", "1+:a " },
    { "a ( b\n c ; d\n ) e\nf\n", "1+:a|b|c|e 4+:f " },
    { "a((b)\n)c\n", "1+:a|b|c " },
    { "( a )\n", "1:a " },
    { "(\na\n)\n", "2:a " },
    { "a \"b c\" d\n", "1+:a|\"b c\"|d " },
    { "a \"\"\n", "1+:a|\"\" " },
    { "a \"b;(c\"\n", "1+:a|\"b;(c\" " },
    { "a \"b\\\"c\"\n", "1+:a|\"b\\\"c\" " },
    { "a b\"c\"\n", "1+:a|b|\"c\" " },
    { "a\\ b\\;c \\(\n", "1+:a\\ b\\;c|\\( " },
    { "a\\\nb\n", "1+:a\\ 2+:b " },             /* a line ends all the same */
    { "a \"b\nc\n", "1!quote is not closed on its line 2+:c " },
    { "a )\nb\n",
      "1!closing parenthesis without an opening one 2+:b " },
    { "a\nb (\nc\n", "1+:a 2!parenthesis is not closed " },
    { "a \"b\\", "1!quote is not closed on its line " },
};

static void
write_entry(FILE *file, const struct core_entry *entry)
{
    fprintf(file, "%d%s:", entry->line, entry->has_owner ? "+" : "");
    for (size_t i = 0; i < entry->count; i++) {
        const struct core_word *word = &entry->words[i];
        const char *quote = word->is_quoted ? "\"" : "";

        fprintf(file, "%s%s%.*s%s", i > 0 ? "|" : "", quote,
                (int) word->size, word->text, quote);
    }
    fputc(' ', file);
}

static void
scan(const char *text, size_t size, char *scanned, size_t limit)
{
    FILE *file = fmemopen(scanned, limit, "w");
    struct core_scanner scanner = { .words = NULL };
    struct core_entry entry;
    enum core_scan scan;

    core_scanner_start(&scanner, text, size);
    while ((scan = core_scanner_next(&scanner, &entry)) != CORE_SCAN_END) {
        if (scan == CORE_SCAN_ENTRY)
            write_entry(file, &entry);
        else
            fprintf(file, "%d!%s ", scanner.fault_line, scanner.fault);
    }
    ck_assert_uint_eq(core_scanner_offset(&scanner), size);
    core_scanner_end(&scanner);
    fclose(file);
}

START_TEST(cuts_a_text_into_words)
{
    char scanned[512] = "";

    scan(rows[_i].text, strlen(rows[_i].text), scanned, sizeof scanned);
    ck_assert_str_eq(scanned, rows[_i].scanned);
}
END_TEST

static const struct {
    const char *word;
    long seconds;                       /* -1: no time */
} times[] = {
    { "0", 0 }, { "3600", 3600 }, { "1h", 3600 }, { "1H30M", 5400 },
    { "1w2d3h4m5s", 788645 }, { "1h30", 3630 }, { "4294967295", 4294967295 },
    { "4294967296", -1 }, { "h", -1 }, { "1x", -1 }, { "1hh", -1 },
    { "", -1 }, { "-1", -1 }, { "7102w", -1 },
};

START_TEST(reads_times_with_units)
{
    struct core_word word = {
        times[_i].word, (uint32_t) strlen(times[_i].word), false
    };
    uint32_t seconds = 0;
    bool is_time = core_word_seconds(&word, &seconds);

    ck_assert_msg(is_time == (times[_i].seconds != -1), "%s",
                  times[_i].word);
    if (is_time)
        ck_assert_int_eq(seconds, times[_i].seconds);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("scanner");

    tcase_add_loop_test(cases, cuts_a_text_into_words, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, reads_times_with_units, 0,
                        CORE_TEST_ROWS(times));
    return core_test_run(cases);
}
