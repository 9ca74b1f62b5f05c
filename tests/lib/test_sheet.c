/* sheet - what is written, and that nothing is begun that does not fit */

#include "lib/sheet.h"

#include <string.h>

#include "core_test.h"

static char text[64];

static struct core_sheet
blank(size_t limit)
{
    memset(text, 0, sizeof text);
    return (struct core_sheet) { .text = text, .limit = limit };
}

static const struct {
    uint64_t number;
    unsigned digits;
    const char *text;
} numbers[] = {
    { 0, 1, "0" }, { 7, 3, "007" }, { 1234, 3, "1234" }, { 0, 6, "000000" },
    { UINT64_MAX, 1, "18446744073709551615" },
};

START_TEST(writes_numbers)
{
    struct core_sheet sheet = blank(40);

    core_sheet_digits(&sheet, numbers[_i].number, numbers[_i].digits);
    ck_assert_str_eq(text, numbers[_i].text);
}
END_TEST

/* RFC 4648 section 10. */
static const struct {
    const char *octets, *base64, *base32, *hex;
} codes[] = {
    { "", "", "", "" },
    { "f", "Zg==", "co", "66" },
    { "fo", "Zm8=", "cpng", "666f" },
    { "foo", "Zm9v", "cpnmu", "666f6f" },
    { "foob", "Zm9vYg==", "cpnmuog", "666f6f62" },
    { "fooba", "Zm9vYmE=", "cpnmuoj1", "666f6f6261" },
    { "foobar", "Zm9vYmFy", "cpnmuoj1e8", "666f6f626172" },
};

START_TEST(writes_octets_in_other_letters)
{
    const uint8_t *octets = (const uint8_t *) codes[_i].octets;
    size_t size = strlen(codes[_i].octets);
    struct core_sheet sheet = blank(40);

    core_sheet_base64(&sheet, octets, size);
    ck_assert_str_eq(text, codes[_i].base64);
    sheet = blank(40);
    core_sheet_base32(&sheet, octets, size);
    ck_assert_str_eq(text, codes[_i].base32);
    sheet = blank(40);
    core_sheet_hex(&sheet, octets, size);
    ck_assert_str_eq(text, codes[_i].hex);
}
END_TEST

START_TEST(a_code_is_written_as_a_whole_or_not_at_all)
{
    struct core_sheet sheet = blank(3);

    core_sheet_base64(&sheet, (const uint8_t *) "f", 1);
    ck_assert(sheet.is_full);
    ck_assert_uint_eq(sheet.size, 0);
}
END_TEST

static const struct {
    int64_t real_us;
    const char *text;
} times[] = {
    { 0, "1970-01-01T00:00:00.000000Z" },
    { 1795851001000042, "2026-11-28T07:30:01.000042Z" },
    { -1, "-" }, { INT64_MAX, "294247-01-10T04:00:54.775807Z" },
};

START_TEST(writes_times)
{
    struct core_sheet sheet = blank(40);

    core_sheet_time(&sheet, times[_i].real_us);
    ck_assert_str_eq(text, times[_i].text);
}
END_TEST

START_TEST(writes_addresses_names_and_texts)
{
    static const uint8_t ipv4[16] = {
        [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1
    };
    static const uint8_t ipv6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
    struct core_sheet sheet = blank(60);

    core_sheet_address(&sheet, ipv4);
    core_sheet_mark(&sheet, ' ');
    core_sheet_address(&sheet, ipv6);
    core_sheet_mark(&sheet, ' ');
    core_sheet_name(&sheet, (const uint8_t *) "\3a.b\0");
    core_sheet_mark(&sheet, ' ');
    core_sheet_quoted(&sheet, (const uint8_t *) "a\"\\\n", 4);
    ck_assert_str_eq(text,
                     "192.0.2.1 2001:db8::1 a\\.b. \"a\\\"\\\\\\010\"");
}
END_TEST

START_TEST(is_full_from_the_first_piece_that_does_not_fit)
{
    struct core_sheet sheet = blank(5);

    core_sheet_text(&sheet, "abc");
    core_sheet_text(&sheet, "defg");
    core_sheet_text(&sheet, "h");
    ck_assert_str_eq(text, "abc");
    ck_assert(sheet.is_full);
    core_sheet_rewind(&sheet, 2);
    core_sheet_text(&sheet, "xyz");
    ck_assert_str_eq(text, "abxyz");
    ck_assert(!sheet.is_full);
}
END_TEST

START_TEST(a_limit_below_what_stands_there_leaves_no_room)
{
    struct core_sheet sheet = blank(10);

    core_sheet_text(&sheet, "abcdef");
    sheet.limit = 3;
    core_sheet_mark(&sheet, 'g');
    ck_assert(sheet.is_full);
    ck_assert_str_eq(text, "abcdef");
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("sheet");

    tcase_add_loop_test(cases, writes_numbers, 0, CORE_TEST_ROWS(numbers));
    tcase_add_test(cases, a_code_is_written_as_a_whole_or_not_at_all);
    tcase_add_loop_test(cases, writes_octets_in_other_letters, 0,
                        CORE_TEST_ROWS(codes));
    tcase_add_loop_test(cases, writes_times, 0, CORE_TEST_ROWS(times));
    tcase_add_test(cases, writes_addresses_names_and_texts);
    tcase_add_test(cases, is_full_from_the_first_piece_that_does_not_fit);
    tcase_add_test(cases, a_limit_below_what_stands_there_leaves_no_room);
    return core_test_run(cases);
}
