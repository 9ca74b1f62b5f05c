/* batch - what is read is what was written, and nothing else is read */

#include "coredns/batch.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

/* The example of coredns-pipe(7), octet by octet. */
static const uint8_t example[] =
    "CDNP\x01\x01\x01\x00\x68\x00\x00\x00\x00\x00\x00\x00"
    "\x58\x00\x00\x00\x1d\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x94\x11\x00\x00\x00\x00\x01\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xc0\x00\x02\x07"
    "\xe1\x10\x00\x00\x00\x00\x00\x00"
    "\x1a\x2b\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
    "\x07" "example\x03" "org\x00\x00\x01\x00\x01\x00\x00\x00";

#define EXAMPLE_SIZE (sizeof example - 1)

static struct core_record
example_record(void)
{
    struct core_record record = {
        .id = 1, .left_ms = 4500, .transport = CORE_UDP, .client_port = 4321,
        .client = { [10] = 0xff, 0xff, 192, 0, 2, 7 },
        .message = example + CORE_BATCH_HEADER_SIZE + CORE_RECORD_HEADER_SIZE,
        .message_size = 29,
    };

    return record;
}

START_TEST(writes_the_example_of_the_manual)
{
    core_batch_t *batch = core_batch_new();
    struct core_record record = example_record();
    size_t size;

    core_batch_start(batch, CORE_BATCH_QUERIES);
    core_batch_add(batch, &record);

    const void *frame = core_batch_frame(batch, &size);

    ck_assert_uint_eq(size, EXAMPLE_SIZE);
    ck_assert_mem_eq(frame, example, size);
    core_batch_destroy(&batch);
    ck_assert_ptr_null(batch);
}
END_TEST

START_TEST(reads_the_example_of_the_manual)
{
    struct core_batch_reader reader;
    struct core_record record;
    struct core_record expected = example_record();

    ck_assert(core_batch_open(&reader, example, EXAMPLE_SIZE));
    ck_assert_int_eq(reader.kind, CORE_BATCH_QUERIES);
    ck_assert(core_batch_next(&reader, &record));
    ck_assert_uint_eq(record.id, expected.id);
    ck_assert_uint_eq(record.left_ms, expected.left_ms);
    ck_assert_uint_eq(record.client_port, expected.client_port);
    ck_assert_mem_eq(record.client, expected.client, 16);
    ck_assert_uint_eq(record.message_size, 29);
    ck_assert(!core_batch_next(&reader, &record));
    ck_assert_uint_eq(reader.left, 0);
}
END_TEST

/* One octet of the example changed: what can be read of it then? */
static const struct {
    size_t offset;
    uint8_t value;
    bool opens;
    bool has_record;
} damages[] = {
    { 0, 'X', false, false },           /* magic */
    { 4, 2, false, false },             /* a version to come */
    { 5, 0, false, false },             /* kinds there are not */
    { 5, 4, false, false },
    { 6, 0, false, false },             /* no records at all */
    { 6, 2, true, true },               /* the second is missing */
    { 7, 5, false, false },             /* more records than allowed */
    { 8, 0x60, false, false },          /* another size than it has */
    { 16, 0x50, true, false },          /* a record shorter than its parts */
    { 16, 0x60, true, false },          /* one that leaves the frame */
    { 17, 0xff, true, false },
    { 20, 0xff, true, false },          /* a message that leaves the record */
    { 23, 0x11, true, false },          /* a trail above the limit */
};

START_TEST(reads_nothing_of_what_is_damaged)
{
    uint8_t frame[EXAMPLE_SIZE];
    struct core_batch_reader reader;
    struct core_record record;

    memcpy(frame, example, sizeof frame);
    frame[damages[_i].offset] = damages[_i].value;
    ck_assert(core_batch_open(&reader, frame, sizeof frame)
              == damages[_i].opens);
    if (damages[_i].opens)
        ck_assert(core_batch_next(&reader, &record)
                  == damages[_i].has_record);
    ck_assert(!damages[_i].opens || !core_batch_next(&reader, &record));
}
END_TEST

START_TEST(reads_nothing_of_a_frame_that_is_cut_short)
{
    struct core_batch_reader reader;

    for (size_t size = 0; size < EXAMPLE_SIZE; size++)
        ck_assert(!core_batch_open(&reader, example, size));
}
END_TEST

START_TEST(takes_as_many_records_as_it_may_hold)
{
    core_batch_t *batch = core_batch_new();
    struct core_record record = example_record();
    struct core_batch_reader reader;
    unsigned count = 0;
    size_t size;

    core_batch_start(batch, CORE_BATCH_REPLIES);
    for (; !core_batch_is_full(batch, 29); count++) {
        record.id = count;
        core_batch_add(batch, &record);
    }
    ck_assert_uint_eq(count, CORE_BATCH_RECORDS);

    const void *frame = core_batch_frame(batch, &size);

    ck_assert(core_batch_open(&reader, frame, size));
    for (unsigned i = 0; i < count; i++) {
        ck_assert(core_batch_next(&reader, &record));
        ck_assert_uint_eq(record.id, i);
    }
    core_batch_destroy(&batch);
}
END_TEST

START_TEST(is_full_before_it_exceeds_the_limit_of_a_frame)
{
    static uint8_t message[65535];
    core_batch_t *batch = core_batch_new();
    struct core_record record = { .message = message,
                                  .message_size = sizeof message };
    size_t size;

    core_batch_start(batch, CORE_BATCH_REPLIES);
    while (!core_batch_is_full(batch, sizeof message))
        core_batch_add(batch, &record);
    core_batch_frame(batch, &size);
    ck_assert_uint_le(size, CORE_BATCH_SIZE);
    ck_assert_uint_ge(core_batch_count(batch), 14);
    core_batch_destroy(&batch);
}
END_TEST

START_TEST(leaves_nothing_of_a_message_that_was_not_committed)
{
    core_batch_t *batch = core_batch_new();
    struct core_record record = example_record();
    size_t size;

    core_batch_start(batch, CORE_BATCH_QUERIES);
    memset(core_batch_reserve(batch, 512), 0xee, 512);
    core_batch_add(batch, &record);
    ck_assert_mem_eq(core_batch_frame(batch, &size), example, EXAMPLE_SIZE);
    core_batch_destroy(&batch);
}
END_TEST

START_TEST(finds_trail_items_by_their_kind)
{
    uint8_t trail[CORE_TRAIL_SIZE];
    size_t value_size;
    size_t size = core_trail_add(trail, 0, CORE_TRAIL_HOP, "cache", 5);

    size = core_trail_add(trail, size, CORE_TRAIL_EDE, "", 0);
    size = core_trail_add(trail, size, CORE_TRAIL_HOP, "second", 6);
    ck_assert_mem_eq(core_trail_find(trail, size, CORE_TRAIL_HOP,
                                     &value_size), "cache", 5);
    ck_assert_uint_eq(value_size, 5);
    ck_assert_ptr_nonnull(core_trail_find(trail, size, CORE_TRAIL_EDE,
                                          &value_size));
    ck_assert_uint_eq(value_size, 0);
    ck_assert_ptr_null(core_trail_find(trail, size, CORE_TRAIL_TSIG,
                                       &value_size));
    /* An item that leaves the trail ends the walk. */
    ck_assert_ptr_null(core_trail_find(trail, 8, CORE_TRAIL_EDE,
                                       &value_size));
}
END_TEST

START_TEST(tells_parts_of_a_reply)
{
    uint8_t trail[CORE_TRAIL_SIZE];
    uint8_t long_one[CORE_BOOKMARK_SIZE + 5] = { 0 };
    struct core_part part = { 3, (const uint8_t *) "here", 4 };
    struct core_part read;
    size_t size = core_trail_add(trail, 0, CORE_TRAIL_HOP, "cache", 5);

    ck_assert(!core_trail_part(trail, size, &read));
    size = core_trail_add_part(trail, size, &part);
    ck_assert(core_trail_part(trail, size, &read));
    ck_assert_uint_eq(read.number, 3);
    ck_assert_uint_eq(read.bookmark_size, 4);
    ck_assert_mem_eq(read.bookmark, "here", 4);

    part = (struct core_part) { .number = 0x01020304 };
    size = core_trail_add_part(trail, 0, &part);
    ck_assert_uint_eq(size, 8);
    ck_assert_uint_eq(trail[4], 4);     /* little-endian */
    ck_assert(core_trail_part(trail, size, &read));
    ck_assert_uint_eq(read.bookmark_size, 0);

    /* Too short for a number, too long for a bookmark. */
    size = core_trail_add(trail, 0, CORE_TRAIL_PART, "abc", 3);
    ck_assert(!core_trail_part(trail, size, &read));
    size = core_trail_add(trail, 0, CORE_TRAIL_PART, long_one,
                          sizeof long_one);
    ck_assert(!core_trail_part(trail, size, &read));
}
END_TEST

START_TEST(adds_no_trail_item_that_does_not_fit)
{
    static const uint8_t value[CORE_TRAIL_SIZE];
    uint8_t trail[CORE_TRAIL_SIZE];

    ck_assert_uint_eq(core_trail_add(trail, 0, CORE_TRAIL_HOP, value,
                                     sizeof value), 0);
    ck_assert_uint_eq(core_trail_add(trail, 0, CORE_TRAIL_HOP, value,
                                     sizeof value - 4), CORE_TRAIL_SIZE);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("batch");

    tcase_add_test(cases, writes_the_example_of_the_manual);
    tcase_add_test(cases, reads_the_example_of_the_manual);
    tcase_add_loop_test(cases, reads_nothing_of_what_is_damaged, 0,
                        CORE_TEST_ROWS(damages));
    tcase_add_test(cases, reads_nothing_of_a_frame_that_is_cut_short);
    tcase_add_test(cases, takes_as_many_records_as_it_may_hold);
    tcase_add_test(cases, is_full_before_it_exceeds_the_limit_of_a_frame);
    tcase_add_test(cases, leaves_nothing_of_a_message_that_was_not_committed);
    tcase_add_test(cases, finds_trail_items_by_their_kind);
    tcase_add_test(cases, tells_parts_of_a_reply);
    tcase_add_test(cases, adds_no_trail_item_that_does_not_fit);
    return core_test_run(cases);
}
