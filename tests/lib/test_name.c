/* name - what is a name, its text, order, kinship and hash */

#include "coredns/name.h"

#include <stdio.h>
#include <string.h>

#include "core_test.h"

#define TEN "aaaaaaaaaa"
#define LABEL_62 TEN TEN TEN TEN TEN TEN "aa"
#define LABEL_63 LABEL_62 "a"

/* Three labels of 63 octets and one of 61: the largest name. */
#define LARGEST LABEL_63 "." LABEL_63 "." LABEL_63 "." TEN TEN TEN TEN TEN TEN

/* A name from text that is known to be one. */
static uint8_t *
name_of(uint8_t name[CORE_NAME_SIZE], const char *text)
{
    ck_assert_msg(core_name_from_text(name, text, NULL) > 0, "%s", text);
    return name;
}

/* ---- core_name_check ----------------------------------------------------- */

static const struct {
    const char *bytes;
    size_t limit;
    int size;
} check_rows[] = {
    { "\0",                  1,  1 },
    { "\0",                  0, -1 },
    { "\3www\0",             5,  5 },
    { "\3www\0behind",      11,  5 },
    { "\3www\0",             4, -1 },   /* no root */
    { "\3ww",                3, -1 },   /* label cut off */
    { "\3",                  1, -1 },
    { "\xc0\x0c",            2, -1 },   /* a pointer is no name */
    { "\3www\xc0\x0c",       6, -1 },
    { "\x40" LABEL_63 "a\0", 66, -1 },  /* 64: the extended label type */
    { "\x80" "a\0",          3, -1 },
    { "\x3f" LABEL_63 "\0",  65, 65 },
};

START_TEST(checks_what_is_a_name)
{
    const uint8_t *bytes = (const uint8_t *) check_rows[_i].bytes;

    ck_assert_int_eq(core_name_check(bytes, check_rows[_i].limit),
                     check_rows[_i].size);
}
END_TEST

START_TEST(a_name_ends_within_255_octets)
{
    uint8_t bytes[300];

    for (size_t i = 0; i < sizeof bytes; i += 2) {
        bytes[i] = 1;
        bytes[i + 1] = 'a';
    }
    ck_assert_int_eq(core_name_check(bytes, sizeof bytes), -1);
    bytes[256] = 0;
    ck_assert_int_eq(core_name_check(bytes, sizeof bytes), -1);
    bytes[254] = 0;
    ck_assert_int_eq(core_name_check(bytes, sizeof bytes), 255);
    ck_assert_uint_eq(core_name_size(bytes), 255);
    ck_assert_uint_eq(core_name_labels(bytes), CORE_NAME_LABELS);
}
END_TEST

/* ---- text ---------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *origin;
    const char *result;                 /* NULL: no name */
} text_rows[] = {
    { "www.Example.org.", NULL,           "www.Example.org." },
    { "www.example.org",  NULL,           "www.example.org." },
    { "www",              "example.org.", "www.example.org." },
    { "www.",             "example.org.", "www." },
    { "@",                "example.org.", "example.org." },
    { "@",                NULL,           NULL },
    { "a@b.",             NULL,           "a\\@b." },
    { "\\@",              "example.",     "\\@.example." },
    { ".",                "example.",     "." },
    { "",                 NULL,           NULL },
    { "..",               NULL,           NULL },
    { ".a",               NULL,           NULL },
    { "two..dots",        NULL,           NULL },
    { "end..",            NULL,           NULL },
    { "a\\.b.c",          NULL,           "a\\.b.c." },
    { "a\\046b.c",        NULL,           "a\\.b.c." },
    { "\\000\\255",       NULL,           "\\000\\255." },
    { "\\065",            NULL,           "A." },
    { "\\256",            NULL,           NULL },
    { "\\25",             NULL,           NULL },
    { "\\2x5",            NULL,           NULL },
    { "\\",               NULL,           NULL },
    { "a\\ b",            NULL,           "a\\032b." },
    { "a b",              NULL,           NULL },
    { "a\tb",             NULL,           NULL },
    { "a\x7f",            NULL,           NULL },
    { "a;b",              NULL,           NULL },
    { "a\"b",             NULL,           NULL },
    { "(a)",              NULL,           NULL },
    { "\\;\\\"\\(\\)\\$", NULL,           "\\;\\\"\\(\\)\\$." },
    { "*.example.",       NULL,           "*.example." },
    { "_dns._udp",        "a-b.",         "_dns._udp.a-b." },
    { "b\xc3\xbc.de",     NULL,           "b\\195\\188.de." },
    { LABEL_63,           NULL,           LABEL_63 "." },
    { LABEL_63 "a",       NULL,           NULL },
    { LARGEST "a.",       NULL,           LARGEST "a." },
    { LARGEST "a",        NULL,           LARGEST "a." },
    { LARGEST "aa.",      NULL,           NULL },
    { LARGEST ".b.",      NULL,           NULL },
    { LARGEST,            "b.",           NULL },       /* the origin too */
};

START_TEST(reads_and_writes_text)
{
    uint8_t origin[CORE_NAME_SIZE];
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];
    const char *result = text_rows[_i].result;
    const uint8_t *under = text_rows[_i].origin == NULL
        ? NULL : name_of(origin, text_rows[_i].origin);
    int size = core_name_from_text(name, text_rows[_i].text, under);

    if (result == NULL) {
        ck_assert_int_eq(size, -1);
        return;
    }
    ck_assert_int_eq(size, core_name_check(name, sizeof name));
    ck_assert_str_eq(core_name_to_text(text, name), result);
    ck_assert_int_eq(core_name_from_text(origin, text, NULL), size);
    ck_assert_mem_eq(origin, name, (size_t) size);
}
END_TEST

START_TEST(every_octet_survives_its_text)
{
    uint8_t name[CORE_NAME_SIZE] = { 2, (uint8_t) _i, 'x', 0 };
    uint8_t again[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    core_name_to_text(text, name);
    for (const char *c = text; *c != '\0'; c++)
        ck_assert_msg(*c > ' ' && *c < 0x7f, "octet %d is %s", _i, text);
    ck_assert_int_eq(core_name_from_text(again, text, NULL), 4);
    ck_assert_mem_eq(again, name, 4);
}
END_TEST

START_TEST(the_longest_text_has_room)
{
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];
    size_t i = 0;

    memset(name, 0, sizeof name);
    for (; i < 192; i += 64)
        name[i] = CORE_LABEL_SIZE;
    name[i] = 61;
    ck_assert_int_eq(core_name_check(name, sizeof name), 255);
    core_name_to_text(text, name);
    ck_assert_uint_eq(strlen(text), 4 * (3 * 63 + 61) + 4);
}
END_TEST

/* ---- two names ----------------------------------------------------------- */

/* In canonical order: the list of RFC 4034 section 6.1 and more. */
static const char *const ordered[] = {
    ".", "example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.",
    "zABC.a.EXAMPLE.", "z.example.", "\\001.z.example.", "*.z.example.",
    "\\200.z.example.", "z\\000.example.", "zz.example.", "examples.",
    "[.examples.", "`.examples.", "{.examples.", "\\193.examples.",
    "\\225.examples.",
};

START_TEST(orders_names)
{
    int count = CORE_TEST_ROWS(ordered);
    uint8_t left[CORE_NAME_SIZE];
    uint8_t right[CORE_NAME_SIZE];

    name_of(left, ordered[_i]);
    for (int i = 0; i < count; i++) {
        int order = core_name_compare(left, name_of(right, ordered[i]));

        ck_assert_msg((order > 0) - (order < 0) == (_i > i) - (_i < i),
                      "%s against %s: %d", ordered[_i], ordered[i], order);
        ck_assert(core_name_equal(left, right) == (_i == i));
    }
}
END_TEST

static const struct {
    const char *name;
    const char *ancestor;
    bool below;
    bool equal;
} kin_rows[] = {
    { "www.example.",       "example.",      true,  false },
    { "www.EXAMPLE.",       "Example.",      true,  false },
    { "a.b.c.d.example.",   "c.D.example.",  true,  false },
    { "example.",           "eXamplE.",      true,  true  },
    { "example.",           ".",             true,  false },
    { ".",                  ".",             true,  true  },
    { ".",                  "example.",      false, false },
    { "example.",           "www.example.",  false, false },
    { "badexample.",        "example.",      false, false },
    { "a.examples.",        "example.",      false, false },
    { "x\\007example.",     "example.",      false, false },  /* not a label */
    { "@.example.",         "`.example.",    false, false },  /* not letters */
    { "[.example.",         "{.example.",    false, false },
    { "\\193.example.",     "\\225.example.", false, false },
    { "ab.c.",              "a.bc.",         false, false },
    { LARGEST "Z.",         LARGEST "z.",    true,  true  },
};

START_TEST(knows_kin)
{
    uint8_t name[CORE_NAME_SIZE];
    uint8_t ancestor[CORE_NAME_SIZE];

    name_of(name, kin_rows[_i].name);
    name_of(ancestor, kin_rows[_i].ancestor);
    ck_assert(core_name_is_below(name, ancestor) == kin_rows[_i].below);
    ck_assert(core_name_equal(name, ancestor) == kin_rows[_i].equal);
    ck_assert(!kin_rows[_i].equal
              || core_name_hash(name) == core_name_hash(ancestor));
}
END_TEST

/* Each length of a label takes its own way through the comparison. */
START_TEST(one_octet_makes_a_difference)
{
    uint8_t left[CORE_NAME_SIZE];
    uint8_t right[CORE_NAME_SIZE];
    uint8_t length = (uint8_t) (_i + 1);

    memset(left, 'q', sizeof left);
    memset(right, 'Q', sizeof right);
    left[0] = right[0] = length;
    left[length + 1] = right[length + 1] = 0;
    ck_assert(core_name_equal(left, right));
    ck_assert(core_name_label_equal(left, right));
    for (unsigned i = 1; i <= length; i++) {
        right[i] = 'r';
        ck_assert(!core_name_equal(left, right));
        ck_assert(!core_name_label_equal(left, right));
        ck_assert(core_name_hash(left) != core_name_hash(right));
        right[i] = 'Q';
    }
    core_name_lower(right);
    ck_assert_mem_eq(left, right, length + 2u);
}
END_TEST

/* ---- the rest ------------------------------------------------------------ */

START_TEST(lowers_letters_alone)
{
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    name_of(name, "ABCxyzMNO.@[`{AZ\\193\\218.\\065Z");
    core_name_lower(name);
    ck_assert_str_eq(core_name_to_text(text, name),
                     "abcxyzmno.\\@[`{az\\193\\218.az.");
}
END_TEST

/* These are facts for ever: instances of other versions agree on them. */
static const struct {
    const char *name;
    uint64_t hash;
} hash_rows[] = {
    { ".",                UINT64_C(0xb9034ad37056f5fb) },
    { "WwW.Example.org.", UINT64_C(0xf60c48edcb5f45bb) },
    { "www.example.org.", UINT64_C(0xf60c48edcb5f45bb) },
};

START_TEST(hashes_as_the_manual_says)
{
    uint8_t name[CORE_NAME_SIZE];

    ck_assert_uint_eq(core_name_hash(name_of(name, hash_rows[_i].name)),
                      hash_rows[_i].hash);
}
END_TEST

START_TEST(spreads_names_over_instances)
{
    unsigned shares[3] = { 0 };

    for (unsigned i = 0; i < 3000; i++) {
        uint8_t name[CORE_NAME_SIZE];
        char text[32];

        snprintf(text, sizeof text, "host-%u.example.org", i);
        shares[core_name_hash(name_of(name, text)) % 3]++;
    }
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_lt(shares[i] - 900, 200);
}
END_TEST

START_TEST(skips_and_counts_labels)
{
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    name_of(name, "*.www.example.");
    ck_assert(core_name_is_wildcard(name));
    ck_assert_uint_eq(core_name_labels(name), 3);
    ck_assert_str_eq(core_name_to_text(text, core_name_skip(name, 0)),
                     "*.www.example.");
    ck_assert_str_eq(core_name_to_text(text, core_name_skip(name, 2)),
                     "example.");
    ck_assert_uint_eq(*core_name_skip(name, 9), 0);
    ck_assert(!core_name_is_wildcard(core_name_skip(name, 1)));
    ck_assert(!core_name_is_wildcard(name_of(name, "*a.example.")));
    ck_assert(!core_name_is_wildcard(name_of(name, ".")));
    ck_assert_uint_eq(core_name_labels(name), 0);
}
END_TEST

static const struct {
    const char *prefix;
    unsigned labels;
    const char *suffix;
    const char *result;                 /* NULL: too long */
} join_rows[] = {
    { "a.b.c.",    2, "example.", "a.b.example." },
    { "a.b.c.",    9, "example.", "a.b.c.example." },
    { "a.b.c.",    0, "example.", "example." },
    { ".",         1, "example.", "example." },
    { "a.",        1, ".",        "a." },
    { LABEL_63,    1, LARGEST,    NULL },
    { LARGEST "a", 4, ".",        LARGEST "a." },
    { LARGEST "a", 4, "b.",       NULL },
};

START_TEST(joins_names)
{
    uint8_t prefix[CORE_NAME_SIZE];
    uint8_t suffix[CORE_NAME_SIZE];
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];
    int size = core_name_join(name, name_of(prefix, join_rows[_i].prefix),
                              join_rows[_i].labels,
                              name_of(suffix, join_rows[_i].suffix));

    if (join_rows[_i].result == NULL) {
        ck_assert_int_eq(size, -1);
        return;
    }
    ck_assert_int_eq(size, core_name_check(name, sizeof name));
    ck_assert_str_eq(core_name_to_text(text, name), join_rows[_i].result);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("name");

    tcase_add_loop_test(cases, checks_what_is_a_name,
                        0, CORE_TEST_ROWS(check_rows));
    tcase_add_test(cases, a_name_ends_within_255_octets);
    tcase_add_loop_test(cases, reads_and_writes_text,
                        0, CORE_TEST_ROWS(text_rows));
    tcase_add_loop_test(cases, every_octet_survives_its_text, 0, 256);
    tcase_add_test(cases, the_longest_text_has_room);
    tcase_add_loop_test(cases, orders_names, 0, CORE_TEST_ROWS(ordered));
    tcase_add_loop_test(cases, knows_kin, 0, CORE_TEST_ROWS(kin_rows));
    tcase_add_loop_test(cases, one_octet_makes_a_difference,
                        0, CORE_LABEL_SIZE);
    tcase_add_test(cases, lowers_letters_alone);
    tcase_add_loop_test(cases, hashes_as_the_manual_says,
                        0, CORE_TEST_ROWS(hash_rows));
    tcase_add_test(cases, spreads_names_over_instances);
    tcase_add_test(cases, skips_and_counts_labels);
    tcase_add_loop_test(cases, joins_names, 0, CORE_TEST_ROWS(join_rows));
    return core_test_run(cases);
}
