/* entry, image - how long an answer is good, and how it is sent */

#include "lib/entry.h"

#include <stdlib.h>

#include "cache/sample.h"
#include "core_test.h"

static struct sample reply;
static scrub_t *scrub;
static struct entry *entry;

static void
setup(void)
{
    struct key key = sample_key("www.example.", CORE_A, KEY_DNSSEC_OK,
                                &sample_secret);
    struct scrubbed scrubbed;

    scrub = scrub_new();
    sample_reply(&reply, "WWW.example.", CORE_A, CORE_AD,
                 (const char *[3]) { "www.example. 300 A 192.0.2.1;"
                                     "www.example. 200 A 192.0.2.2",
                                     "example. 100 NS ns.example." });
    ck_assert(scrub_reply(scrub, &reply.message, &key, &scrubbed));
    entry = calloc(1, entry_size(&scrubbed.image) + ENTRY_UNIT);
    entry_fill(entry, &scrubbed.image, KEY_DNSSEC_OK, NULL, 100000, 5000);
}

static void
teardown(void)
{
    scrub_destroy(&scrub);
    free(entry);
}

static const struct {
    int64_t age_ms;
    int64_t stale_ms;
    uint32_t ttl;
    bool is_gone;
} rows[] = {
    { 0, 0, 100, false },
    { 999, 0, 100, false },
    { 1000, 0, 99, false },
    { 99999, 0, 1, false },
    { 100000, 0, 0, true },
    { 100000, 1000, 0, false },
    { 101000, 1000, 0, false },         /* the window's last moment */
    { 101001, 1000, 0, true },
    { -5000, 0, 100, false },           /* no clock of ours runs backwards */
    { INT64_C(1) << 40, 1000, 0, true },
};

START_TEST(ages)
{
    int64_t now_ms = 5000 + rows[_i].age_ms;

    ck_assert_uint_eq(entry_ttl(entry, now_ms), rows[_i].ttl);
    ck_assert(entry_is_fresh(entry, now_ms) == (rows[_i].ttl > 0));
    ck_assert(entry_is_gone(entry, rows[_i].stale_ms, now_ms)
              == rows[_i].is_gone);
    ck_assert_uint_eq(entry_first_ttl(entry), 100);
}
END_TEST

START_TEST(is_asked_again_after_a_pause)
{
    ck_assert(entry_is_due(entry, 5000));
    entry_postpone(entry, 30000, 65000);
    ck_assert(!entry_is_due(entry, 94999));
    ck_assert(entry_is_due(entry, 95000));
}
END_TEST

START_TEST(counts_hits_without_a_long_pause)
{
    entry_hit(entry, 1000, 5500);
    entry_hit(entry, 1000, 6500);
    ck_assert_uint_eq(entry->hits, 2);
    entry_hit(entry, 1000, 7501);
    ck_assert_uint_eq(entry->hits, 1);
}
END_TEST

START_TEST(is_sent_with_the_question_of_the_query)
{
    static struct sample query, sent;
    struct core_writer writer;
    struct core_records records;
    struct core_rr rr;
    struct image image = entry_image(entry);
    unsigned count = 0;

    sample_query(&query, "wWw.eXaMpLe.", CORE_A, CORE_CD, true);
    core_writer_reply(&writer, sent.bytes, sizeof sent.bytes, &query.message);
    image_compose(&image, &writer, 42, image_flags(&image));
    sent.size = writer.size;
    sample_parse(&sent);
    ck_assert_uint_eq(sent.message.id, 0x1234);
    ck_assert_uint_eq(sent.message.flags,
                      CORE_QR | CORE_RA | CORE_AD | CORE_CD);
    ck_assert_mem_eq(sent.message.qname, query.message.qname,
                     query.message.qname_size);
    core_records_start(&records, &sent.message);
    while (core_records_next(&records, &rr)) {
        ck_assert_uint_eq(rr.ttl, 42);
        count++;
    }
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(sent.message.counts[CORE_AUTHORITY], 1);
}
END_TEST

static const struct {
    const char *name;
    uint16_t type;
    uint8_t bits;
    bool is_match;
} keys[] = {
    { "www.example.", CORE_A, KEY_DNSSEC_OK, true },
    { "www.example.", CORE_A, 0, false },
    { "www.example.", CORE_A, KEY_DNSSEC_OK | KEY_CHECKING_DISABLED, false },
    { "www.example.", CORE_AAAA, KEY_DNSSEC_OK, false },
    { "ww2.example.", CORE_A, KEY_DNSSEC_OK, false },
    { "example.", CORE_A, KEY_DNSSEC_OK, false },
    { ".", CORE_A, KEY_DNSSEC_OK, false },
};

START_TEST(matches_its_own_key)
{
    struct key key = sample_key(keys[_i].name, keys[_i].type, keys[_i].bits,
                                &sample_secret);

    ck_assert(entry_matches(entry, &key) == keys[_i].is_match);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("entry");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, ages, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, is_asked_again_after_a_pause);
    tcase_add_test(cases, counts_hits_without_a_long_pause);
    tcase_add_test(cases, is_sent_with_the_question_of_the_query);
    tcase_add_loop_test(cases, matches_its_own_key, 0, CORE_TEST_ROWS(keys));
    return core_test_run(cases);
}
