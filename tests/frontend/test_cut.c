/* cut - where replies end that are too long, and when that needs TC */

#include "frontend/cut.h"

#include <stdlib.h>

#include "frontend/compose.h"

/* A reply as a list of records; ADDRESS has 16 octets of rdata or 4. */
struct record {
    enum core_section section;
    const char *owner;
    uint16_t type;
    uint16_t covers;                    /* of RRSIG */
};

#define ANSWER(owner, type) { CORE_ANSWER, owner, type, 0 }
#define AUTHORITY(owner, type) { CORE_AUTHORITY, owner, type, 0 }
#define ADDITIONAL(owner, type) { CORE_ADDITIONAL, owner, type, 0 }
#define SIGNATURE(owner, covers) \
    { CORE_AUTHORITY, owner, CORE_RRSIG, covers }

static const struct {
    const char *what;
    uint16_t flags;
    struct record records[8];
    unsigned keeps;                     /* records there is room for */
    unsigned kept;                      /* records that stay */
    bool truncated;
} rows[] = {
    { "all fits", CORE_AA,
      { ANSWER("www.e.", CORE_A), AUTHORITY("e.", CORE_NS) },
      2, 2, false },
    { "half an RRset of the answer", CORE_AA,
      { ANSWER("www.e.", CORE_A), ANSWER("www.e.", CORE_A),
        ANSWER("www.e.", CORE_A) },
      2, 2, true },
    { "the second RRset of the answer", CORE_AA,
      { ANSWER("www.e.", CORE_CNAME), ANSWER("x.e.", CORE_A),
        ANSWER("x.e.", CORE_A) },
      1, 1, true },
    { "name servers behind an answer", CORE_AA,
      { ANSWER("www.e.", CORE_A), AUTHORITY("e.", CORE_NS),
        AUTHORITY("e.", CORE_NS), ADDITIONAL("ns.e.", CORE_A) },
      2, 1, false },
    { "signed name servers behind an answer", CORE_AA,
      { ANSWER("www.e.", CORE_A), AUTHORITY("e.", CORE_NS),
        SIGNATURE("e.", CORE_NS) },
      1, 1, false },
    { "the proof of a wildcard", CORE_AA,
      { ANSWER("www.e.", CORE_A), AUTHORITY("e.", CORE_NS),
        AUTHORITY("a.e.", CORE_NSEC) },
      2, 2, true },
    { "the SOA of a negative answer", CORE_AA,
      { AUTHORITY("e.", CORE_SOA) },
      0, 0, true },
    { "additional addresses", CORE_AA,
      { ANSWER("www.e.", CORE_MX), ADDITIONAL("mx.e.", CORE_A),
        ADDITIONAL("mx.e.", CORE_A), ADDITIONAL("mx2.e.", CORE_A) },
      2, 1, false },
    { "in-domain glue of a referral", 0,
      { AUTHORITY("sub.e.", CORE_NS), ADDITIONAL("ns1.sub.e.", CORE_A),
        ADDITIONAL("ns2.sub.e.", CORE_A) },
      2, 2, true },
    { "sibling glue of a referral", 0,
      { AUTHORITY("sub.e.", CORE_NS), ADDITIONAL("ns1.sub.e.", CORE_A),
        ADDITIONAL("ns.other.e.", CORE_A) },
      2, 2, false },
    { "name servers of a referral", 0,
      { AUTHORITY("sub.e.", CORE_NS), AUTHORITY("sub.e.", CORE_NS) },
      1, 0, true },
    { "the DS of a referral", 0,
      { AUTHORITY("sub.e.", CORE_NS), AUTHORITY("sub.e.", CORE_DS) },
      1, 1, true },
};

static uint8_t out[CORE_MESSAGE_SIZE];

static void
add_record(struct composed *reply, const struct record *record)
{
    uint8_t rdata[22] = { 0 };
    size_t size = 4;

    if (record->type == CORE_NS || record->type == CORE_CNAME)
        size = 1;
    else if (record->type == CORE_MX)
        size = 3;
    else if (record->type == CORE_RRSIG || record->type == CORE_SOA)
        size = 22;
    core_write16(rdata, record->covers);
    compose_rr(reply, record->section, record->owner, record->type, rdata,
               size);
}

START_TEST(keeps_whole_sets_and_says_what_is_missing)
{
    struct composed reply;
    struct cut cut;
    size_t room = 0;
    unsigned count = 0, kept = 0;

    compose_query(&reply, "www.e.", CORE_A, CORE_IN);
    room = reply.writer.size;
    for (; rows[_i].records[count].owner != NULL && count < 8; count++) {
        add_record(&reply, &rows[_i].records[count]);
        if (count < rows[_i].keeps)
            room = reply.writer.size;
    }
    compose_end(&reply, CORE_QR | rows[_i].flags, 0);
    ck_assert(cut_write(reply.bytes, reply.size, out, room, &cut));
    for (unsigned i = CORE_ANSWER; i < CORE_SECTIONS; i++)
        kept += cut.counts[i];
    ck_assert_msg(kept == rows[_i].kept, "%s: %u records stay",
                  rows[_i].what, kept);
    ck_assert_msg(cut.is_truncated == rows[_i].truncated, "%s: TC is %d",
                  rows[_i].what, cut.is_truncated);
    ck_assert_uint_le(cut.size, room);
    ck_assert_uint_eq(cut.counts[CORE_QUESTION], 1);
}
END_TEST

START_TEST(leaves_out_an_opt_record_of_a_stage)
{
    struct composed reply;
    struct cut cut;
    uint8_t address[4] = { 192, 0, 2, 1 };

    compose_query(&reply, "www.e.", CORE_A, CORE_IN);
    compose_rr(&reply, CORE_ANSWER, "www.e.", CORE_A, address, 4);

    size_t end = reply.writer.size;

    compose_edns(&reply, 1232, NULL, 0);
    compose_end(&reply, CORE_QR, 0);
    ck_assert(cut_write(reply.bytes, reply.size, out, sizeof out, &cut));
    ck_assert_uint_eq(cut.size, end);
    ck_assert_uint_eq(cut.counts[CORE_ADDITIONAL], 0);
    ck_assert(!cut.is_truncated);
}
END_TEST

/* An upstream may not compress anything. */
START_TEST(compresses_before_it_leaves_anything_out)
{
    struct composed reply;
    struct core_message message;
    struct cut cut;
    static const uint8_t record[] = "\3www\1e\0\0\1\0\1\0\0\0\74\0\4"
        "\300\0\2\1";

    compose_query(&reply, "www.e.", CORE_A, CORE_IN);
    compose_end(&reply, CORE_QR, 0);
    for (int i = 0; i < 10; i++) {
        memcpy(reply.bytes + reply.size, record, sizeof record - 1);
        reply.size += sizeof record - 1;
    }
    core_write16(reply.bytes + 6, 10);
    ck_assert(cut_write(reply.bytes, reply.size, out, 23 + 10 * 16, &cut));
    ck_assert_uint_eq(cut.counts[CORE_ANSWER], 10);
    ck_assert(!cut.is_truncated);
    for (unsigned i = 0; i < CORE_SECTIONS; i++)
        core_write16(out + 4 + 2 * i, cut.counts[i]);
    ck_assert_int_eq(core_message_parse(&message, out, cut.size),
                     CORE_PARSE_OK);
}
END_TEST

START_TEST(refuses_a_broken_message)
{
    struct composed reply;
    struct cut cut;
    uint8_t address[4] = { 192, 0, 2, 1 };

    compose_query(&reply, "www.e.", CORE_A, CORE_IN);
    compose_rr(&reply, CORE_ANSWER, "www.e.", CORE_A, address, 4);
    compose_end(&reply, CORE_QR, 0);
    ck_assert(!cut_write(reply.bytes, reply.size - 1, out, 512, &cut));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("cut");

    tcase_add_loop_test(cases, keeps_whole_sets_and_says_what_is_missing, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, leaves_out_an_opt_record_of_a_stage);
    tcase_add_test(cases, compresses_before_it_leaves_anything_out);
    tcase_add_test(cases, refuses_a_broken_message);
    return core_test_run(cases);
}
