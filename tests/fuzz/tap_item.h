/*
 * tap_item - any octets as a message that passes the tap
 *
 * The input is, in octets: whether it is a reply, the record's flags, the
 * transport, whether the client has IPv4, the size of the trail in two, the
 * room for the text in two; then the trail and the message.
 */

#ifndef TESTS_FUZZ_TAP_ITEM_H
#define TESTS_FUZZ_TAP_ITEM_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tap/format.h"
#include "tap/gather.h"

#define TAP_HEAD 8

/* Prints into a place of just that size, and into one that is large enough;
   check looks at what was printed. */
static inline void
tap_write(const struct format *format, const struct item *item, size_t limit,
          void (*check)(const char *text, size_t size))
{
    char *text = malloc(limit + 1);
    struct core_sheet sheet = { .text = text, .limit = limit };
    bool is_written = format->write(&sheet, item);

    assert(sheet.size <= limit && is_written == (sheet.size > 0));
    check(text, sheet.size);
    free(text);
}

static inline void
tap_print(const struct format *format, const uint8_t *bytes, size_t size,
          void (*check)(const char *text, size_t size))
{
    struct core_message message;
    struct core_record record = { .id = UINT64_MAX, .arrived_us = 1 };
    struct item item = {
        .message = &message, .record = &record, .real_us = 1795851001000042,
        .process = "tap", .identity = "local/tap",
    };
    size_t trail_size;

    if (size < TAP_HEAD)
        return;
    trail_size = core_read16(bytes + 4);
    if (trail_size > size - TAP_HEAD || trail_size > CORE_TRAIL_SIZE
        || core_message_parse(&message, bytes + TAP_HEAD + trail_size,
                              size - TAP_HEAD - trail_size) != CORE_PARSE_OK)
        return;
    item.kind = bytes[0] % 2 == 0 ? ITEM_QUERY : ITEM_REPLY;
    record.flags = bytes[1];
    record.transport = bytes[2];
    memset(record.client, 0xff, sizeof record.client);
    if (bytes[3] % 2 == 0)
        memset(record.client, 0, 10);
    record.trail = bytes + TAP_HEAD;
    record.trail_size = trail_size;
    record.message = bytes + TAP_HEAD + trail_size;
    record.message_size = size - TAP_HEAD - trail_size;
    tap_write(format, &item, core_read16(bytes + 6), check);
    tap_write(format, &item, ITEM_SIZE, check);
}

/* No octet that a terminal might obey. */
static inline void
tap_check_printable(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert((uint8_t) text[i] >= ' ' || text[i] == '\t'
               || text[i] == '\n');
}

#endif
