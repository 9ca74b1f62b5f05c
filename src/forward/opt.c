/*
 * opt - messages without their OPT record, and what stood in it
 *
 * OPT nearly always comes last and is cut off.  When records follow it they
 * move down, and so do the targets of compression pointers among them; names in
 * front of it never point behind it, because pointers lead backwards.  A name
 * that lies in the OPT record itself goes with it, and the message is none
 * without.
 */

#include "forward/opt.h"

#include <assert.h>
#include <string.h>

#include "coredns/rrtype.h"

#define POINTER 0xc0

/* What moves, where it begins, and how far. */
struct move {
    uint8_t *bytes;
    size_t from;                        /* offset behind the OPT record */
    size_t by;
    bool is_broken;                     /* a name lies in what goes */
};

/*
 * Mends the pointer that ends the name at offset, if one does and its target
 * moves.  Returns the offset behind the name; limit when it is broken.
 */
static size_t
mend_name(struct move *move, size_t offset, size_t limit)
{
    while (offset < limit && move->bytes[offset] != 0) {
        uint8_t *label = move->bytes + offset;

        if ((*label & POINTER) == 0) {
            offset += (size_t) *label + 1;
            continue;
        }
        if (offset + 2 > limit)
            return limit;

        size_t target = core_read16(label) & 0x3fff;

        if (target >= move->from)
            core_write16(label, (uint16_t) (POINTER << 8
                                            | (target - move->by)));
        else if (target >= move->from - move->by)
            move->is_broken = true;
        return offset + 2;
    }
    return offset < limit ? offset + 1 : limit;
}

static void
mend_record(struct move *move, const struct core_rr *rr)
{
    struct core_rrtype_names names = core_rrtype_names(rr->type);
    size_t limit = rr->rdata_offset + rr->rdata_size;
    size_t offset = rr->rdata_offset + names.before;

    mend_name(move, rr->offset, rr->rdata_offset);
    for (unsigned i = 0; i < names.names && offset < limit; i++)
        offset = mend_name(move, offset, limit);
}

size_t
opt_remove(uint8_t *bytes, const struct core_message *message)
{
    struct core_records records;
    struct core_rr rr;
    struct move move = { .bytes = bytes };

    assert(bytes == message->bytes);
    if (!message->edns.present)
        return message->size;
    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        if (move.from > 0)
            mend_record(&move, &rr);
        else if (rr.offset == message->edns_offset) {
            move.from = rr.end;
            move.by = rr.end - rr.offset;
        }
    }
    if (move.is_broken)
        return 0;
    memmove(bytes + move.from - move.by, bytes + move.from,
            message->size - move.from);
    core_write16(bytes + 10,
                 (uint16_t) (message->counts[CORE_ADDITIONAL] - 1));
    return message->size - move.by;
}

void
opt_edes(const struct core_message *message, struct opt_edes *edes)
{
    const uint8_t *value;
    size_t offset = 0;
    uint16_t code, size;

    edes->count = 0;
    while (edes->count < OPT_EDES
           && core_edns_option(&message->edns, &offset, &code, &value,
                               &size)) {
        if (code != CORE_OPTION_EDE || size < 2)
            continue;
        if (size > OPT_EDE_SIZE)
            size = OPT_EDE_SIZE;
        memcpy(edes->items[edes->count].bytes, value, size);
        edes->items[edes->count++].size = size;
    }
}
