/*
 * packet - any octets as a DNS message: read, walked, written, read again
 *
 * What the parser accepts and whose names expand, the writer must be able to
 * write, and the parser must find the same records in what was written.
 */

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "coredns/writer.h"

/* Rdata of any size, its names expanded. */
#define RDATA_SIZE (CORE_MESSAGE_SIZE + 2 * CORE_NAME_SIZE)
#define NO_RDATA SIZE_MAX

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Names through text and back, and what must be true of each. */
static void
check_name(const uint8_t *name)
{
    uint8_t again[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];
    int size = core_name_check(name, CORE_NAME_SIZE);

    assert(size > 0 && (size_t) size == core_name_size(name));
    core_name_to_text(text, name);
    assert(core_name_from_text(again, text, NULL) == size);
    assert(memcmp(again, name, (size_t) size) == 0);
    core_name_lower(again);
    assert(core_name_equal(again, name));
    assert(core_name_compare(again, name) == 0);
    assert(core_name_hash(again) == core_name_hash(name));
    assert(core_name_is_below(name, core_name_skip(again, 1)));
}

/*
 * Expands the names in a record's rdata.  Returns the size, or NO_RDATA when
 * it is not what its type says.
 */
static size_t
expand_rdata(uint8_t rdata[RDATA_SIZE], const struct core_message *message,
             const struct core_rr *rr)
{
    struct core_rrtype_names names = core_rrtype_names(rr->type);
    size_t from = rr->rdata_offset + names.before;
    size_t size = names.before;

    if (from > rr->end)
        return NO_RDATA;
    memcpy(rdata, message->bytes + rr->rdata_offset, size);
    for (unsigned i = 0; i < names.names; i++) {
        uint8_t name[CORE_NAME_SIZE];

        from = core_message_name(message->bytes, rr->end, from, name);
        if (from == 0)
            return NO_RDATA;
        check_name(name);
        memcpy(rdata + size, name, core_name_size(name));
        size += core_name_size(name);
    }
    memcpy(rdata + size, message->bytes + from, rr->end - from);
    return size + rr->end - from;
}

/* Copies one record.  False when it has broken names or there is no room. */
static bool
copy_record(struct core_writer *writer, const struct core_message *message,
            const struct core_rr *rr)
{
    static uint8_t rdata[RDATA_SIZE];
    uint8_t owner[CORE_NAME_SIZE];
    size_t size = expand_rdata(rdata, message, rr);

    if (size == NO_RDATA
        || core_message_name(message->bytes, message->size, rr->offset,
                             owner) == 0)
        return false;
    check_name(owner);
    return core_writer_rr(writer, rr->section, owner, rr->type, rr->rclass,
                          rr->ttl, rdata, size);
}

static bool
same_folded(const uint8_t *left, const uint8_t *right, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (tolower(left[i]) != tolower(right[i]))
            return false;
    return true;
}

/* Says whether two records have the same rdata; names may differ in case. */
static bool
same_rdata(const struct core_message *left, const struct core_rr *left_rr,
           const struct core_message *right, const struct core_rr *right_rr)
{
    static uint8_t left_rdata[RDATA_SIZE];
    static uint8_t right_rdata[RDATA_SIZE];
    size_t size = expand_rdata(left_rdata, left, left_rr);

    return size == expand_rdata(right_rdata, right, right_rr)
        && same_folded(left_rdata, right_rdata, size);
}

/* Says whether two records are the same but for the case of names. */
static bool
same_record(const struct core_message *left, const struct core_rr *left_rr,
            const struct core_message *right, const struct core_rr *right_rr)
{
    uint8_t left_name[CORE_NAME_SIZE];
    uint8_t right_name[CORE_NAME_SIZE];
    size_t left_end = core_message_name(left->bytes, left->size,
                                        left_rr->offset, left_name);
    size_t right_end = core_message_name(right->bytes, right->size,
                                         right_rr->offset, right_name);

    return left_end != 0 && right_end != 0
        && core_name_equal(left_name, right_name)
        && memcmp(left->bytes + left_end, right->bytes + right_end, 8) == 0
        && same_rdata(left, left_rr, right, right_rr);
}

/* Everything in message, in a message of our own. */
static void
rebuild(const struct core_message *message, size_t limit)
{
    static uint8_t bytes[CORE_MESSAGE_SIZE];
    struct core_writer writer;
    struct core_message again;
    struct core_records records;
    struct core_records records_again;
    struct core_rr rr;
    struct core_rr rr_again;

    core_writer_reply(&writer, bytes, limit, message);
    core_records_start(&records, message);
    while (core_records_next(&records, &rr))
        if (!copy_record(&writer, message, &rr))
            break;
    assert(core_writer_end(&writer, 0, 0) <= limit);
    if (message->qname_size + 16u > limit)
        return;
    assert(core_message_parse(&again, bytes, writer.size) == CORE_PARSE_OK);
    core_records_start(&records, message);
    core_records_start(&records_again, &again);
    while (core_records_next(&records_again, &rr_again)) {
        assert(core_records_next(&records, &rr));
        assert(same_record(message, &rr, &again, &rr_again));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct core_message message;
    uint16_t code;
    uint16_t value_size;
    const uint8_t *value;
    size_t offset = 0;
    enum core_parse result;

    if (size > CORE_MESSAGE_SIZE)
        return 0;
    result = core_message_parse_continued(&message, bytes, size);
    if (message.qname != NULL)
        check_name(message.qname);
    while (core_edns_option(&message.edns, &offset, &code, &value,
                            &value_size))
        assert(value + value_size <= bytes + size);
    if (result != CORE_PARSE_OK)
        return 0;
    result = core_message_parse(&message, bytes, size);
    if (result == CORE_PARSE_OK) {
        rebuild(&message, CORE_MESSAGE_SIZE);
        rebuild(&message, CORE_HEADER_SIZE + size % 600);
    }
    return 0;
}
