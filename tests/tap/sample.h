/*
 * sample - queries and replies for the tests of the tap
 */

#ifndef TESTS_TAP_SAMPLE_H
#define TESTS_TAP_SAMPLE_H

#include <string.h>

#include <check.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "tap/format.h"

#define SAMPLE_TIME_US 1795851001000042 /* 2026-11-28T07:30:01.000042Z */

struct sample {
    uint8_t bytes[CORE_MESSAGE_SIZE];
    uint8_t trail[CORE_TRAIL_SIZE];
    struct core_message message;
    struct core_record record;
    struct item item;
};

static inline void
sample_item(struct sample *self, enum item_kind kind, size_t size)
{
    static const uint8_t client[16] = {
        [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1
    };

    ck_assert_int_eq(core_message_parse(&self->message, self->bytes, size),
                     CORE_PARSE_OK);
    self->record = (struct core_record) {
        .id = 7, .arrived_us = SAMPLE_TIME_US - 1500, .transport = CORE_UDP,
        .client_port = 40212, .message = self->bytes, .message_size = size,
        .trail = self->trail,
    };
    memcpy(self->record.client, client, sizeof client);
    self->item = (struct item) {
        .kind = kind, .message = &self->message, .record = &self->record,
        .real_us = SAMPLE_TIME_US, .process = "tap", .identity = "local/tap",
    };
}

/* A query with DO and one option. */
static inline void
sample_query(struct sample *self, const char *name, uint16_t type)
{
    uint8_t wire[CORE_NAME_SIZE];
    struct core_writer writer;

    ck_assert_int_gt(core_name_from_text(wire, name, NULL), 0);
    core_writer_query(&writer, self->bytes, sizeof self->bytes, 4660, CORE_RD,
                      wire, type, CORE_IN);
    core_writer_edns(&writer, 1232, 0, true,
                     (const uint8_t *) "\0\12\0\2\253\315", 6);
    sample_item(self, ITEM_QUERY, core_writer_end(&writer, 0, 0));
}

/* A reply to A with so many addresses, each 192.0.2.N. */
static inline void
sample_reply(struct sample *self, const char *name, unsigned addresses,
             unsigned rcode)
{
    static struct sample query;
    struct core_writer writer;
    uint8_t address[4] = { 192, 0, 2, 0 };

    sample_query(&query, name, CORE_A);
    core_writer_reply(&writer, self->bytes, sizeof self->bytes,
                      &query.message);
    for (unsigned i = 0; i < addresses; i++) {
        address[3] = (uint8_t) (i + 1);
        ck_assert(core_writer_rr(&writer, CORE_ANSWER, query.message.qname,
                                 CORE_A, CORE_IN, 300, address, 4));
    }
    sample_item(self, ITEM_REPLY, core_writer_end(&writer, CORE_AA, rcode));
}

static inline void
sample_trail(struct sample *self, enum core_trail_kind kind, const char *text,
             size_t size)
{
    self->record.trail_size = core_trail_add(self->trail,
                                             self->record.trail_size, kind,
                                             text, size);
}

#endif
