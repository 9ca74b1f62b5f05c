/* splitter - objects are cut out of a stream, however it comes in pieces */

#include "etcd-sync/splitter.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define LIMIT 64

static const struct {
    const char *stream;
    const char *messages;               /* each behind a bar */
    bool is_sound;
} rows[] = {
    { "{}", "|{}", true },
    { "{\"a\":1}\n{\"b\":[2,{}]}\n", "|{\"a\":1}|{\"b\":[2,{}]}", true },
    { "{}{}", "|{}|{}", true },
    { " \r\n\t{\"a\":\"}{\\\"}\"} ", "|{\"a\":\"}{\\\"}\"}", true },
    { "{\"a\":\"\\\\\"}{}", "|{\"a\":\"\\\\\"}|{}", true },
    { "{\"a\"", "", true },             /* there may be more to come */
    { "", "", true },
    { "x", "", false },
    { "{}]", "|{}", false },
    { "[]", "", false },
    { "{\"a\":\"0123456789012345678901234567890123456789012345678901234567\"}",
      "", false },                      /* 66 octets */
    { "{\"a\":\"01234567890123456789012345678901234567890123456789012345\"}",
      "|{\"a\":\"01234567890123456789012345678901234567890123456789012345\"}",
      true },                           /* 64 octets */
};

static void
take(void *owner, const char *text, size_t size)
{
    strcat(owner, "|");
    strncat(owner, text, size);
}

START_TEST(the_pieces_do_not_matter)
{
    size_t size = strlen(rows[_i].stream);

    for (size_t piece = 1; piece <= size + 1; piece++) {
        char messages[512] = "";
        splitter_t *splitter = splitter_new(LIMIT, take, messages);
        bool is_sound = true;

        for (size_t at = 0; is_sound && at < size; at += piece)
            is_sound = splitter_feed(splitter, rows[_i].stream + at,
                                     size - at < piece ? size - at : piece);
        ck_assert_str_eq(messages, rows[_i].messages);
        ck_assert_int_eq(is_sound, rows[_i].is_sound);
        splitter_destroy(&splitter);
    }
}
END_TEST

START_TEST(a_message_that_is_too_large_is_told_from_one_that_is_broken)
{
    char messages[512] = "";
    splitter_t *splitter = splitter_new(4, take, messages);

    ck_assert(!splitter_feed(splitter, "x", 1));
    ck_assert(!splitter_is_full(splitter));
    ck_assert(!splitter_feed(splitter, "{\"a\":1}", 7));
    ck_assert(splitter_is_full(splitter));
    splitter_destroy(&splitter);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("splitter");

    tcase_add_loop_test(cases, the_pieces_do_not_matter,
                        0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases,
                   a_message_that_is_too_large_is_told_from_one_that_is_broken);
    return core_test_run(cases);
}
