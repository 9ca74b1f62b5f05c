/* quantity - durations and sizes, both ways */

#include "lib/quantity.h"

#include "core_test.h"
#include "coredns/setting.h"

#define NONE (-1)                       /* it must be refused */

static const struct {
    const char *text;
    int64_t milliseconds;
} duration_rows[] = {
    { "30s",        30000 },
    { "1m30s",      90000 },
    { "1m 30 s",    90000 },
    { "250ms",      250 },
    { "30",         30000 },            /* bare: seconds */
    { " 30 ",       30000 },
    { "0",          0 },
    { "0s",         0 },
    { "1w1d1h1m1s1ms", 694861001 },
    { "106751991167d", INT64_C(9223372036828800000) },
    { "106751991168d", NONE },          /* more than fits */
    { "9223372036854775807", NONE },    /* as seconds it does not fit */
    { "9223372036854775807ms", INT64_MAX },
    { "9223372036854775808ms", NONE },
    { "99999999999999999999s", NONE },
    { "9223372036854775807ms1ms", NONE },
    { "5s5s",       NONE },             /* slips */
    { "1s1m",       NONE },
    { "1m30",       NONE },
    { "-5s",        NONE },
    { "1.5s",       NONE },
    { "5us",        NONE },
    { "5S",         NONE },
    { "s",          NONE },
    { "",           NONE },
    { " ",          NONE },
    { "5 s s",      NONE },
    { "0x10",       NONE },
};

START_TEST(reads_durations)
{
    int64_t milliseconds = NONE;
    int rc = core_duration_from_text(duration_rows[_i].text, &milliseconds);

    ck_assert_int_eq(rc, duration_rows[_i].milliseconds == NONE ? -1 : 0);
    if (rc == 0)
        ck_assert_int_eq(milliseconds, duration_rows[_i].milliseconds);
}
END_TEST

static const struct {
    const char *text;
    int64_t octets;
} size_rows[] = {
    { "64 MiB",     64 << 20 },
    { "64MiB",      64 << 20 },
    { "512 B",      512 },
    { "512",        512 },
    { "1 GB",       1000000000 },
    { "1 kB",       1000 },
    { "1 KB",       1000 },
    { "1 KiB",      1024 },
    { "2 TiB",      INT64_C(2) << 40 },
    { "4294967296", INT64_C(4294967296) },
    { "8388607 TiB", INT64_C(8388607) << 40 },
    { "8388608 TiB", NONE },            /* 2^63 */
    { "16777216 TiB", NONE },           /* 2^64 would be 0 */
    { "18446744073709551616", NONE },
    { "9223372036854775808", NONE },
    { "64 M",       NONE },             /* MB or MiB? */
    { "64 mib",     NONE },
    { "1 MiB 1 KiB", NONE },
    { "1.5 GiB",    NONE },
    { "-1 B",       NONE },
    { "MiB",        NONE },
    { "",           NONE },
};

START_TEST(reads_sizes)
{
    int64_t octets = NONE;
    int rc = core_size_from_text(size_rows[_i].text, &octets);

    ck_assert_int_eq(rc, size_rows[_i].octets == NONE ? -1 : 0);
    if (rc == 0)
        ck_assert_int_eq(octets, size_rows[_i].octets);
}
END_TEST

static const struct {
    int64_t milliseconds;
    const char *text;
} written_durations[] = {
    { 0,            "0s" },
    { 1,            "1ms" },
    { 90000,        "1m30s" },
    { 86400000,     "1d" },
    { 694861001,    "1w1d1h1m1s1ms" },
    { -1500,        "-1s500ms" },
    { INT64_MAX,    "15250284452w3d7h12m55s807ms" },
    { INT64_MIN,    "-15250284452w3d7h12m55s808ms" },
};

START_TEST(writes_durations)
{
    char text[CORE_QUANTITY_TEXT_SIZE];

    core_duration_to_text(text, written_durations[_i].milliseconds);
    ck_assert_str_eq(text, written_durations[_i].text);
}
END_TEST

static const struct {
    int64_t octets;
    const char *text;
} written_sizes[] = {
    { 0,                "0 B" },
    { 1,                "1 B" },
    { 1023,             "1023 B" },
    { 1024,             "1 KiB" },
    { 64 << 20,         "64 MiB" },
    { INT64_C(1) << 40, "1 TiB" },
    { 65535,            "65535 B" },
};

START_TEST(writes_sizes)
{
    char text[CORE_QUANTITY_TEXT_SIZE];

    core_size_to_text(text, written_sizes[_i].octets);
    ck_assert_str_eq(text, written_sizes[_i].text);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("quantity");

    tcase_add_loop_test(cases, reads_durations, 0,
                        CORE_TEST_ROWS(duration_rows));
    tcase_add_loop_test(cases, reads_sizes, 0, CORE_TEST_ROWS(size_rows));
    tcase_add_loop_test(cases, writes_durations, 0,
                        CORE_TEST_ROWS(written_durations));
    tcase_add_loop_test(cases, writes_sizes, 0, CORE_TEST_ROWS(written_sizes));
    return core_test_run(cases);
}
