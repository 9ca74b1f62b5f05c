/*
 * answer - an upstream's reply in the form in which it is handed up
 *
 * Owner names that are written out, letter by letter as they were asked, are
 * given the query's letters too: the random ones are nobody's business but
 * ours.  Others are the upstream's own and stay.
 */

#include "forward/answer.h"

#include <string.h>

#define RCODE_MASK 0x000f
#define POINTER 0xc0

static void
restore_owners(uint8_t *bytes, const struct core_message *message,
               const uint8_t *sent, const uint8_t *asked, size_t name_size)
{
    struct core_records records;
    struct core_rr rr;

    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        if ((bytes[rr.offset] & POINTER) == 0
            && rr.end - rr.offset > name_size
            && memcmp(bytes + rr.offset, sent, name_size) == 0)
            memcpy(bytes + rr.offset, asked, name_size);
    }
}

/* Nothing but header and question. */
static void
make_bare(struct answer *self, const uint8_t *asked, size_t size)
{
    memcpy(self->bytes + CORE_HEADER_SIZE, asked, size);
    core_write16(self->bytes + 4, 1);
    core_write32(self->bytes + 6, 0);
    core_write16(self->bytes + 10, 0);
    self->size = CORE_HEADER_SIZE + size;
}

static void
set_servfail(struct answer *self, const struct core_message *message)
{
    self->rcode = CORE_SERVFAIL;
    core_write16(self->bytes + 2, (uint16_t) ((message->flags & ~RCODE_MASK)
                                              | CORE_SERVFAIL));
}

void
answer_make(struct answer *self, uint8_t *bytes,
            const struct core_message *message, const uint8_t *sent,
            const uint8_t *asked, size_t size)
{
    self->bytes = bytes;
    self->size = message->size;
    self->rcode = core_message_rcode(message);
    opt_edes(message, &self->edes);

    /* Without OPT there is no room for what does not fit into four bits. */
    if (self->rcode > RCODE_MASK)
        set_servfail(self, message);
    if (message->qname == NULL) {
        make_bare(self, asked, size);
        return;
    }
    if (memcmp(sent, asked, size) != 0) {
        restore_owners(bytes, message, sent, asked, size - 4);
        memcpy(bytes + CORE_HEADER_SIZE, asked, size);
    }
    self->size = opt_remove(bytes, message);
    if (self->size == 0) {
        set_servfail(self, message);
        make_bare(self, asked, size);
    }
}
