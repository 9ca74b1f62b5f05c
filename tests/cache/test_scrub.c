/* scrub - what of a reply is kept, and what it is then */

#include "cache/scrub.h"

#include "cache/sample.h"
#include "core_test.h"

#define SOA "example. 300 SOA ns.example. a.example. 1 2 3 4 60"
#define NOTHING 0xff

static const struct {
    const char *name;
    const char *sections[3];
    unsigned flags_and_rcode;
    uint16_t type;
    uint8_t bits;
    uint8_t kind;                       /* or NOTHING: not kept */
    uint8_t counts[3];
    uint32_t lowest, highest;
} rows[] = {
    { "an answer", { "a.example. 300 A 192.0.2.1" }, 0, CORE_A, 0,
      IMAGE_POSITIVE, { 1, 0, 0 }, 300, 300 },
    { "letters in another case", { "A.eXample. 300 A 192.0.2.1" }, 0, CORE_A,
      0, IMAGE_POSITIVE, { 1, 0, 0 }, 300, 300 },
    { "the shortest TTL of all sections",
      { "a.example. 300 A 192.0.2.1", "example. 200 NS ns.example.",
        "ns.example. 100 A 192.0.2.2" }, 0, CORE_A, 0, IMAGE_POSITIVE,
      { 1, 1, 1 }, 100, 300 },
    { "a TTL with its highest bit set is 0",
      { "a.example. 2147483648 A 192.0.2.1" }, 0, CORE_A, 0, IMAGE_POSITIVE,
      { 1, 0, 0 }, 0, 0 },
    { "aliases in any order",
      { "c.example. 9 A 192.0.2.1;b.example. 9 CNAME c.example.;"
        "a.example. 9 CNAME b.example." }, 0, CORE_A, 0, IMAGE_POSITIVE,
      { 3, 0, 0 }, 9, 9 },
    { "an alias without its end", { "a.example. 9 CNAME b.other." }, 0,
      CORE_A, 0, IMAGE_POSITIVE, { 1, 0, 0 }, 9, 9 },
    { "an alias that leads nowhere: no data",
      { "a.example. 9 CNAME b.example.", SOA }, 0, CORE_A, 0,
      IMAGE_NEGATIVE, { 1, 1, 0 }, 9, 300 },
    { "a loop of aliases",
      { "a.example. 9 CNAME b.example.;b.example. 9 CNAME a.example." }, 0,
      CORE_A, 0, IMAGE_POSITIVE, { 2, 0, 0 }, 9, 9 },
    { "the same alias twice",
      { "a.example. 9 CNAME b.example.;a.example. 9 CNAME b.example." }, 0,
      CORE_CNAME, 0, IMAGE_POSITIVE, { 2, 0, 0 }, 9, 9 },
    { "two aliases of one name",
      { "a.example. 9 CNAME b.example.;a.example. 9 CNAME c.example." }, 0,
      CORE_CNAME, 0, NOTHING, { 0 }, 0, 0 },
    { "an alias by DNAME",
      { "example. 9 DNAME other.;a.example. 9 CNAME a.other.;"
        "a.other. 9 A 192.0.2.1" }, 0, CORE_A, 0, IMAGE_POSITIVE,
      { 3, 0, 0 }, 9, 9 },
    { "a DNAME elsewhere",
      { "a.example. 9 A 192.0.2.1;bank. 9 DNAME evil." }, 0, CORE_A, 0,
      IMAGE_POSITIVE, { 1, 0, 0 }, 9, 9 },

    /* What was not asked for. */
    { "an alias of nothing",
      { "a.example. 9 CNAME \\# 0" }, 0, CORE_CNAME, 0, NOTHING, { 0 }, 0,
      0 },
    { "an address of a server that was left out",
      { "a.example. 300 A 192.0.2.1", "victim. 9 NS ns.evil.",
        "ns.evil. 9 A 192.0.2.66" }, 0, CORE_A, 0, IMAGE_POSITIVE,
      { 1, 0, 0 }, 300, 300 },
    { "addresses of what was answered",
      { "a.example. 9 SRV 1 1 53 b.other.", NULL,
        "b.other. 9 A 192.0.2.1;c.other. 9 A 192.0.2.2" }, 0, CORE_SRV, 0,
      IMAGE_POSITIVE, { 1, 0, 1 }, 9, 9 },
    { "an answer about another name",
      { "a.example. 300 A 192.0.2.1;www.bank. 99999 A 192.0.2.66" }, 0,
      CORE_A, 0, IMAGE_POSITIVE, { 1, 0, 0 }, 300, 300 },
    { "nothing but an answer about another name",
      { "www.bank. 99999 A 192.0.2.66" }, 0, CORE_A, 0, NOTHING, { 0 }, 0,
      0 },
    { "a server of another zone",
      { "a.example. 300 A 192.0.2.1", "bank. 300 NS ns.evil." }, 0, CORE_A, 0,
      IMAGE_POSITIVE, { 1, 0, 0 }, 300, 300 },
    { "denied by another zone",
      { NULL, "bank. 300 SOA ns.evil. a.evil. 1 2 3 4 60" }, CORE_NXDOMAIN,
      CORE_A, 0, NOTHING, { 0 }, 0, 0 },
    { "another class", { "a.example. 300 CH A 192.0.2.1" }, 0, CORE_A, 0,
      NOTHING, { 0 }, 0, 0 },
    { "any type", { "a.example. 300 A 192.0.2.1;a.example. 9 TXT x" }, 0,
      CORE_ANY, 0, IMAGE_POSITIVE, { 2, 0, 0 }, 9, 300 },
    { "any type of another name", { "b.example. 300 A 192.0.2.1" }, 0,
      CORE_ANY, 0, NOTHING, { 0 }, 0, 0 },

    /* RFC 2308. */
    { "no such name", { NULL, SOA }, CORE_NXDOMAIN, CORE_A, 0,
      IMAGE_NEGATIVE, { 0, 1, 0 }, 300, 300 },
    { "no such type", { NULL, SOA }, 0, CORE_A, 0, IMAGE_NEGATIVE,
      { 0, 1, 0 }, 300, 300 },
    { "no such name, no SOA", { NULL }, CORE_NXDOMAIN, CORE_A, 0, NOTHING,
      { 0 }, 0, 0 },
    { "nothing at all", { NULL }, 0, CORE_A, 0, NOTHING, { 0 }, 0, 0 },
    { "no such name, but records", { "a.example. 9 A 192.0.2.1" },
      CORE_NXDOMAIN, CORE_A, 0, NOTHING, { 0 }, 0, 0 },
    { "a referral",
      { NULL, "example. 300 NS ns.example.", "ns.example. 9 A 192.0.2.2" }, 0,
      CORE_A, 0, IMAGE_POSITIVE, { 0, 1, 1 }, 9, 300 },

    /* Signatures are for those who asked for them. */
    { "signatures left out",
      { "a.example. 9 A 192.0.2.1;a.example. 9 RRSIG A 13 2 9 20380101000000 "
        "20250101000000 1 example. AAAA",
        "example. 9 NSEC b.example. A" }, 0, CORE_A, 0, IMAGE_POSITIVE,
      { 1, 0, 0 }, 9, 9 },
    { "signatures kept",
      { "a.example. 9 A 192.0.2.1;a.example. 9 RRSIG A 13 2 9 20380101000000 "
        "20250101000000 1 example. AAAA",
        "example. 9 NSEC b.example. A" }, 0, CORE_A, KEY_DNSSEC_OK,
      IMAGE_POSITIVE, { 2, 1, 0 }, 9, 9 },
    { "a signature that was asked for",
      { "a.example. 9 RRSIG A 13 2 9 20380101000000 20250101000000 1 "
        "example. AAAA" }, 0, CORE_RRSIG, 0, IMAGE_POSITIVE, { 1, 0, 0 }, 9,
      9 },

    /* Failures. */
    { "SERVFAIL", { "a.example. 9 A 192.0.2.1" }, CORE_SERVFAIL, CORE_A, 0,
      IMAGE_FAILURE, { 0, 0, 0 }, 0, 0 },
    { "NOTIMP", { NULL }, CORE_NOTIMP, CORE_A, 0, IMAGE_FAILURE, { 0, 0, 0 },
      0, 0 },
    { "REFUSED", { NULL }, CORE_REFUSED, CORE_A, 0, NOTHING, { 0 }, 0, 0 },
    { "FORMERR", { NULL }, CORE_FORMERR, CORE_A, 0, NOTHING, { 0 }, 0, 0 },
    { "cut off", { "a.example. 9 A 192.0.2.1" }, CORE_TC, CORE_A, 0, NOTHING,
      { 0 }, 0, 0 },
    { "not a query's opcode", { "a.example. 9 A 192.0.2.1" },
      CORE_OPCODE_NOTIFY << 11, CORE_A, 0, NOTHING, { 0 }, 0, 0 },
};

static void
check_image(const struct image *image, const struct key *key,
            const uint8_t counts[3])
{
    struct core_message message;

    ck_assert_int_eq(core_message_parse(&message, image->message,
                                        image->message_size), CORE_PARSE_OK);
    ck_assert_mem_eq(message.bytes + CORE_HEADER_SIZE, key->question,
                     key->size);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(message.counts[CORE_ANSWER + i], counts[i]);

    /* Each place is the TTL of a record, in their order. */
    struct core_records records;
    struct core_rr rr;
    unsigned count = 0;

    core_records_start(&records, &message);
    while (core_records_next(&records, &rr))
        ck_assert_uint_eq(image->places[count++], rr.ttl_offset);
    ck_assert_uint_eq(image->place_count, count);
}

START_TEST(keeps_the_answer_to_the_question)
{
    static struct sample reply;
    struct key key = sample_key("a.example.", rows[_i].type, rows[_i].bits,
                                &sample_secret);
    struct scrubbed scrubbed;
    scrub_t *scrub = scrub_new();

    sample_reply(&reply, "a.example.", rows[_i].type, rows[_i].flags_and_rcode,
                 rows[_i].sections);

    bool is_kept = scrub_reply(scrub, &reply.message, &key, &scrubbed);

    ck_assert_msg(is_kept == (rows[_i].kind != NOTHING), "%s", rows[_i].name);
    if (is_kept) {
        ck_assert_int_eq(scrubbed.image.kind, rows[_i].kind);
        ck_assert_uint_eq(scrubbed.ttl_lowest, rows[_i].lowest);
        ck_assert_uint_eq(scrubbed.ttl_highest, rows[_i].highest);
        check_image(&scrubbed.image, &key, rows[_i].counts);
    }
    scrub_destroy(&scrub);
    ck_assert_ptr_null(scrub);
}
END_TEST

START_TEST(reads_the_minimum_of_the_soa)
{
    static struct sample reply;
    struct key key = sample_key("a.example.", CORE_A, 0, &sample_secret);
    struct scrubbed scrubbed;
    scrub_t *scrub = scrub_new();

    sample_reply(&reply, "a.example.", CORE_A, CORE_NXDOMAIN,
                 (const char *[3]) { NULL, SOA });
    ck_assert(scrub_reply(scrub, &reply.message, &key, &scrubbed));
    ck_assert_uint_eq(scrubbed.soa_minimum, 60);
    ck_assert(!scrubbed.is_changed);
    scrub_destroy(&scrub);
}
END_TEST

/* A message of our own size, full of aliases in the worst order. */
START_TEST(gives_up_on_endless_work)
{
    static struct sample reply;
    struct key key = sample_key("a0.example.", CORE_A, 0, &sample_secret);
    struct scrubbed scrubbed;
    scrub_t *scrub = scrub_new();
    char text[128];

    sample_reply(&reply, "a0.example.", CORE_A, 0,
                 (const char *[3]) { NULL });
    for (int i = 0; i < 1200; i++)
        sample_records(&reply, CORE_ANSWER, "z.other. 9 CNAME y.other.");
    for (int i = 15; i >= 0; i--) {
        snprintf(text, sizeof text, "a%d.example. 9 CNAME a%d.example.", i,
                 i + 1);
        sample_records(&reply, CORE_ANSWER, text);
    }
    sample_parse(&reply);
    ck_assert(!scrub_reply(scrub, &reply.message, &key, &scrubbed));
    scrub_destroy(&scrub);
}
END_TEST

START_TEST(leaves_out_opt_and_refuses_tsig)
{
    static struct sample reply;
    struct key key = sample_key("a.example.", CORE_A, 0, &sample_secret);
    struct scrubbed scrubbed;
    scrub_t *scrub = scrub_new();
    static const uint8_t opt[] = { 0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 0 };
    static const uint8_t tsig[] = { 0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 0 };

    sample_reply(&reply, "a.example.", CORE_A, 0,
                 (const char *[3]) { "a.example. 9 A 192.0.2.1" });
    memcpy(reply.bytes + reply.size, opt, sizeof opt);
    reply.size += sizeof opt;
    reply.bytes[11] = 1;
    sample_parse(&reply);
    ck_assert(scrub_reply(scrub, &reply.message, &key, &scrubbed));
    ck_assert_uint_eq(scrubbed.image.message[11], 0);
    ck_assert(!scrubbed.is_changed);    /* OPT is never counted */

    memcpy(reply.bytes + reply.size - sizeof opt, tsig, sizeof tsig);
    sample_parse(&reply);
    ck_assert(!scrub_reply(scrub, &reply.message, &key, &scrubbed));
    scrub_destroy(&scrub);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("scrub");

    tcase_add_loop_test(cases, keeps_the_answer_to_the_question, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, reads_the_minimum_of_the_soa);
    tcase_add_test(cases, gives_up_on_endless_work);
    tcase_add_test(cases, leaves_out_opt_and_refuses_tsig);
    return core_test_run(cases);
}
