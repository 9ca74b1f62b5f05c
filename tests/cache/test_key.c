/* key - which questions are the same */

#include "lib/key.h"

#include <string.h>

#include "cache/sample.h"
#include "core_test.h"

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."

static const struct {
    const char *left, *right;
    uint16_t left_type, right_type;
    uint8_t left_bits, right_bits;
    bool is_same_question, is_same;
} rows[] = {
    { "www.example.", "WWW.eXample.", 1, 1, 0, 0, true, true },
    { ".", ".", 2, 2, 0, 0, true, true },
    { LONG LONG LONG "b.example.", LONG LONG LONG "B.example.", 1, 1, 0, 0,
      true, true },
    { "www.example.", "www.example.", 1, 28, 0, 0, false, false },
    { "www.example.", "www.example.", 1, 1, KEY_DNSSEC_OK, 0, true, false },
    { "www.example.", "www.example.", 1, 1, 0, KEY_CHECKING_DISABLED, true,
      false },
    { "www.example.", "www.example.", 1, 1, KEY_DNSSEC_OK,
      KEY_CHECKING_DISABLED, true, false },
    { "ww.wexample.", "www.example.", 1, 1, 0, 0, false, false },
    { "@.example.", "`.example.", 1, 1, 0, 0, false, false },
    { "[.example.", "{.example.", 1, 1, 0, 0, false, false },
    { "\\193.example.", "\\225.example.", 1, 1, 0, 0, false, false },
};

START_TEST(compares_the_whole_question)
{
    struct key left = sample_key(rows[_i].left, rows[_i].left_type,
                                 rows[_i].left_bits, &sample_secret);
    struct key right = sample_key(rows[_i].right, rows[_i].right_type,
                                  rows[_i].right_bits, &sample_secret);

    ck_assert(key_same_question(&left, &right) == rows[_i].is_same_question);
    ck_assert(key_equal(&left, &right) == rows[_i].is_same);
    ck_assert((left.hash == right.hash) == rows[_i].is_same_question);
}
END_TEST

START_TEST(reads_a_query_as_it_is_kept)
{
    static struct sample query;
    struct key key, again;

    sample_query(&query, "WWW.Example.", CORE_AAAA, CORE_CD, true);
    key_of_query(&key, &query.message, &sample_secret);
    ck_assert_uint_eq(key.bits, KEY_DNSSEC_OK | KEY_CHECKING_DISABLED);
    ck_assert_uint_eq(key.size, 13 + 4);
    ck_assert_mem_eq(key.question, "\3www\7example\0\0\34\0\1", 17);
    key_of_question(&again, key.question, key.size, key.bits, &sample_secret);
    ck_assert(key_equal(&key, &again));
}
END_TEST

START_TEST(hashes_otherwise_under_another_secret)
{
    struct key_secret first = key_secret_new(), second = key_secret_new();
    struct key left = sample_key("www.example.", 1, 0, &first);
    struct key right = sample_key("www.example.", 1, 0, &second);

    ck_assert_uint_ne(left.hash, right.hash);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("key");

    tcase_add_loop_test(cases, compares_the_whole_question, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, reads_a_query_as_it_is_kept);
    tcase_add_test(cases, hashes_otherwise_under_another_secret);
    return core_test_run(cases);
}
