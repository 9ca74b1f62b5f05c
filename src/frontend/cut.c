/*
 * cut - a reply that is too long for its client, made shorter
 *
 * TC means that something required is missing (RFC 2181 section 9), for then
 * the client asks again over TCP.  So the name servers of the zone behind a
 * positive answer may go, and so may additional records; but not the glue of a
 * referral, without which the client may be unable to go on (RFC 9471).
 */

#include "frontend/cut.h"

#include <string.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"

/* A message while it is walked over. */
struct walk {
    struct core_message message;
    bool is_referral;                   /* no answer, no authority: NS alone */
    uint8_t zone[CORE_NAME_SIZE];       /* that a referral leads to */
};

static bool
has_same_owner(const struct core_message *message, const struct core_rr *left,
               const struct core_rr *right)
{
    uint8_t names[2][CORE_NAME_SIZE];

    return core_message_name(message->bytes, message->size, left->offset,
                             names[0]) != 0
        && core_message_name(message->bytes, message->size, right->offset,
                             names[1]) != 0
        && core_name_equal(names[0], names[1]);
}

static bool
is_same_set(const struct core_message *message, const struct core_rr *left,
            const struct core_rr *right)
{
    return left->section == right->section && left->type == right->type
        && left->rclass == right->rclass
        && has_same_owner(message, left, right);
}

/*
 * Writes records as long as they fit.  Returns the offset of the first one
 * that is left out, or the message's size.
 */
static size_t
write_records(struct core_writer *writer, const struct core_message *message)
{
    struct core_records records;
    struct core_rr rr, previous = { .section = CORE_QUESTION };
    struct core_writer border = *writer;
    size_t left_out = message->size;

    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        if (rr.type == CORE_OPT || rr.section == CORE_ANSWER
            || !is_same_set(message, &rr, &previous)) {
            border = *writer;
            left_out = rr.offset;
        }
        if (rr.type == CORE_OPT || !core_writer_copy(writer, message, &rr)) {
            *writer = border;
            return left_out;
        }
        previous = rr;
    }
    return message->size;
}

/* A referral has no answer and is not authoritative, but knows who is. */
static void
find_referral(struct walk *self)
{
    struct core_records records;
    struct core_rr rr;

    if (self->message.counts[CORE_ANSWER] > 0
        || (self->message.flags & CORE_AA) != 0)
        return;
    core_records_start(&records, &self->message);
    while (!self->is_referral && core_records_next(&records, &rr)) {
        if (rr.section == CORE_AUTHORITY && rr.type == CORE_NS)
            self->is_referral =
                core_message_name(self->message.bytes, self->message.size,
                                  rr.offset, self->zone) != 0;
    }
}

static bool
is_glue(const struct walk *self, const struct core_rr *rr)
{
    uint8_t owner[CORE_NAME_SIZE];

    return self->is_referral && (rr->type == CORE_A || rr->type == CORE_AAAA)
        && core_message_name(self->message.bytes, self->message.size,
                             rr->offset, owner) != 0
        && core_name_is_below(owner, self->zone);
}

/* NS records, or signatures over them. */
static bool
is_about_servers(const struct core_message *message, const struct core_rr *rr)
{
    return rr->type == CORE_NS
        || (rr->type == CORE_RRSIG && rr->rdata_size >= 2
            && core_read16(message->bytes + rr->rdata_offset) == CORE_NS);
}

static bool
is_required(const struct walk *self, const struct core_rr *rr)
{
    switch (rr->section) {
    case CORE_ANSWER:
        return true;
    case CORE_AUTHORITY:
        return self->message.counts[CORE_ANSWER] == 0
            || !is_about_servers(&self->message, rr);
    default:
        return is_glue(self, rr);
    }
}

bool
cut_write(const uint8_t *bytes, size_t size, uint8_t *out, size_t room,
          struct cut *cut)
{
    struct walk walk = { .is_referral = false };
    struct core_writer writer;
    struct core_records records;
    struct core_rr rr;

    if (core_message_parse_continued(&walk.message, bytes, size)
        != CORE_PARSE_OK)
        return false;
    core_writer_reply(&writer, out, room, &walk.message);

    size_t left_out = write_records(&writer, &walk.message);

    *cut = (struct cut) { .size = writer.size };
    memcpy(cut->counts, writer.counts, sizeof cut->counts);
    find_referral(&walk);
    core_records_start(&records, &walk.message);
    while (!cut->is_truncated && core_records_next(&records, &rr)) {
        if (rr.offset >= left_out)
            cut->is_truncated = is_required(&walk, &rr);
    }
    return true;
}
