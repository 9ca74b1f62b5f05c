/*
 * fuzz_cache - replies of any content, kept and served
 *
 * The first octets say what was asked and how much time goes by; the rest are
 * replies, each behind its size.  What is kept must be served as a well-formed
 * message with the question that was asked, one TTL in all its records, and no
 * more than the store may hold.
 */

#include <assert.h>
#include <string.h>

#include "cache/answers.h"
#include "coredns/rrtype.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct policy policy = {
    .capacity = 2 << 20, .denial_share = 25, .success_ttl = 3600,
    .success_minimum_ttl = 5, .denial_ttl = 1800, .denial_minimum_ttl = 5,
    .soa_minimum = true, .failure_ms = 5000, .prefetch = 1,
    .prefetch_pause_ms = 60000, .prefetch_percentage = 10,
    .stale_ms = 3600000, .stale_ttl = 30, .stale_recheck_ms = 30000,
};

static uint8_t served[CORE_MESSAGE_SIZE];

/* Every name in the records can be read, and each TTL is that one. */
static void
check_records(const struct core_message *message, uint32_t ttl)
{
    struct core_records records;
    struct core_rr rr;
    uint8_t name[CORE_NAME_SIZE];

    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        struct core_rrtype_names names = core_rrtype_names(rr.type);
        size_t at = rr.rdata_offset + names.before;

        assert(rr.ttl == ttl);
        assert(rr.type != CORE_OPT && rr.type != CORE_TSIG);
        assert(core_message_name(message->bytes, message->size, rr.offset,
                                 name) != 0);
        for (unsigned i = 0; i < names.names; i++) {
            at = core_message_name(message->bytes, rr.end, at, name);
            assert(at != 0);
        }
    }
}

/* Sends an image to somebody who asks with those letters. */
static void
serve(const struct image *image, const struct core_message *query,
      uint32_t ttl)
{
    struct core_writer writer;
    struct core_message message;

    core_writer_reply(&writer, served, sizeof served, query);
    image_compose(image, &writer, ttl, image_flags(image));
    assert(core_message_parse(&message, served, writer.size)
           == CORE_PARSE_OK);
    assert(message.id == query->id);
    assert(memcmp(message.qname, query->qname, query->qname_size) == 0);
    assert(message.qtype == query->qtype && message.qclass == query->qclass);
    check_records(&message, ttl);
}

static void
check_capacity(const answers_t *answers)
{
    uint64_t octets = answers_counters(answers, ANSWERS_SUCCESS)->octets
        + answers_counters(answers, ANSWERS_DENIAL)->octets;

    assert(octets < (uint64_t) policy.capacity);
}

/* One reply comes, and somebody asks for it a while later. */
static void
learn_and_ask(answers_t *answers, scrub_t *scrub,
              const struct core_message *reply, uint8_t bits, int64_t now_ms)
{
    struct scrubbed scrubbed;
    struct key key;
    int64_t lifetime_ms;

    key_of_name(&key, reply->qname, reply->qtype, reply->qclass, bits,
                answers_secret(answers));
    if (scrub_reply(scrub, reply, &key, &scrubbed)) {
        serve(&scrubbed.image, reply, 77);
        answers_learn(answers, &key, &scrubbed, &lifetime_ms, now_ms);
    }
    else
        answers_fail(answers, &key, now_ms);

    struct recall recall = answers_ask(answers, &key, now_ms + 6000);

    if (recall.state != RECALL_NOTHING) {
        struct image image = entry_image(recall.entry);

        assert(entry_matches(recall.entry, &key));
        serve(&image, reply, recall.ttl_seconds);
    }
    check_capacity(answers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct core_fault fault;
    struct core_message reply;
    answers_t *answers;
    scrub_t *scrub;
    int64_t now_ms = 1000;

    if (size < 2)
        return 0;

    uint8_t bits = bytes[0] & 3;
    int64_t step_ms = bytes[1] * INT64_C(10000);

    answers = answers_new(&policy, &fault);
    scrub = scrub_new();
    assert(answers != NULL);
    bytes += 2;
    size -= 2;
    while (size > 2) {
        size_t reply_size = core_read16(bytes);

        bytes += 2;
        size -= 2;
        if (reply_size > size)
            reply_size = size;
        if (core_message_parse(&reply, bytes, reply_size) == CORE_PARSE_OK)
            learn_and_ask(answers, scrub, &reply, bits, now_ms);
        bytes += reply_size;
        size -= reply_size;
        now_ms += step_ms;
    }
    scrub_destroy(&scrub);
    answers_destroy(&answers);
    return 0;
}
