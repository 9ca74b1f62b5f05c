/*
 * transfer - a zone as the records of a transfer, in parts
 */

#include "authority/transfer.h"

#include <string.h>

#include "authority/echo.h"
#include "authority/node.h"
#include "coredns/rrtype.h"

#define MARK_FIXED (8 + 8 + 4 + 4 + 1)

enum written { WRITTEN, PART_IS_WHOLE, DOES_NOT_FIT };

void
transfer_begin(struct transfer_mark *mark, const uint8_t *apex)
{
    mark->done = 0;
    mark->place.trie = PAST_NAMES;
    memcpy(mark->place.name, apex, core_name_size(apex));
}

/* The signatures of a name come with one TTL; each has that of what it covers
   (RFC 4034 section 3). */
static uint32_t
ttl_of(const struct node *node, const struct rrset *rrset)
{
    struct rrset covered;

    return rrset->type == CORE_RRSIG
        && node_find(node, rrset->covered, &covered) ? covered.ttl
        : rrset->ttl;
}

static enum written
write_record(struct core_writer *writer, const struct node *node,
             const struct rrset *rrset, const uint8_t *rdata, size_t size)
{
    if (writer->size >= TRANSFER_PART)
        return PART_IS_WHOLE;
    if (core_writer_rr(writer, CORE_ANSWER, node->name, rrset->type, CORE_IN,
                       ttl_of(node, rrset), rdata, size))
        return WRITTEN;
    return writer->counts[CORE_ANSWER] > 0 ? PART_IS_WHOLE : DOES_NOT_FIT;
}

static enum written
write_soa(struct core_writer *writer, const struct node *apex)
{
    struct rrset soa;

    node_find(apex, CORE_SOA, &soa);

    const uint8_t *rdata = rrset_first(&soa);

    return write_record(writer, apex, &soa, rdata, core_read16(rdata - 2));
}

/* The records of an RRset; *number is that of the next one in its node. */
static enum written
write_rrset(struct transfer_mark *mark, struct core_writer *writer,
            const struct node *node, const struct rrset *rrset,
            uint32_t *number)
{
    size_t size;
    const uint8_t *rdata;

    for (size_t offset = 0;
         (rdata = rrset_next(rrset, &offset, &size)) != NULL;) {
        if ((*number)++ < mark->done)
            continue;

        enum written written = write_record(writer, node, rrset, rdata, size);

        if (written != WRITTEN)
            return written;
        mark->done = *number;
    }
    return WRITTEN;
}

/* All records of a node, the SOA record in front of the others. */
static enum written
write_node(struct transfer_mark *mark, struct core_writer *writer,
           const struct node *node)
{
    uint32_t number = 0;
    struct rrset rrset;
    enum written written = WRITTEN;

    if (node_find(node, CORE_SOA, &rrset))
        written = write_rrset(mark, writer, node, &rrset, &number);
    for (size_t offset = 0;
         written == WRITTEN && node_next(node, &offset, &rrset);)
        if (rrset.type != CORE_SOA)
            written = write_rrset(mark, writer, node, &rrset, &number);
    return written;
}

/* A wildcard that is read in another way than RFC 4592 has it would be answers
   that we do not give, at a server that has it from us. */
static bool
is_ours_alone(const past_t *past, const struct node *node)
{
    if (!core_name_is_wildcard(node->name))
        return false;
    return (past_flags(past) & CORE_ZONE_SINGLE) != 0
        || ((past_flags(past) & CORE_ZONE_ECHO) != 0
            && echo_is_wildcard(node));
}

enum transfer_result
transfer_write(const past_t *past, struct transfer_mark *mark,
               struct core_writer *writer)
{
    enum written written = WRITTEN;
    const struct node *node;

    writer->keeps_case = true;
    while (written == WRITTEN
           && (node = past_at(past, &mark->place)) != NULL) {
        if (!is_ours_alone(past, node))
            written = write_node(mark, writer, node);
        if (written == WRITTEN) {
            mark->done = 0;
            past_step(past, &mark->place);
        }
    }
    if (written == WRITTEN)
        written = write_soa(writer, past_apex(past));
    return written == WRITTEN ? TRANSFER_DONE
        : written == PART_IS_WHOLE ? TRANSFER_MORE : TRANSFER_FAILED;
}

/* ---- marks --------------------------------------------------------------- */

static void
write64(uint8_t *bytes, uint64_t value)
{
    core_write32(bytes, (uint32_t) (value >> 32));
    core_write32(bytes + 4, (uint32_t) value);
}

static uint64_t
read64(const uint8_t *bytes)
{
    return (uint64_t) core_read32(bytes) << 32 | core_read32(bytes + 4);
}

size_t
transfer_mark_write(const struct transfer_mark *mark,
                    uint8_t bytes[CORE_BOOKMARK_SIZE])
{
    size_t name_size = core_name_size(mark->place.name);

    write64(bytes, mark->number);
    write64(bytes + 8, mark->version);
    core_write32(bytes + 16, mark->serial);
    core_write32(bytes + 20, mark->done);
    bytes[24] = (uint8_t) mark->place.trie;
    memcpy(bytes + MARK_FIXED, mark->place.name, name_size);
    return MARK_FIXED + name_size;
}

bool
transfer_mark_read(struct transfer_mark *mark, const uint8_t *bytes,
                   size_t size, const uint8_t *apex)
{
    if (size <= MARK_FIXED || bytes[24] > PAST_END
        || core_name_check(bytes + MARK_FIXED, size - MARK_FIXED)
            != (int) (size - MARK_FIXED)
        || !core_name_is_below(bytes + MARK_FIXED, apex))
        return false;
    *mark = (struct transfer_mark) {
        .number = read64(bytes), .version = read64(bytes + 8),
        .serial = core_read32(bytes + 16), .done = core_read32(bytes + 20),
        .place = { .trie = (enum past_trie) bytes[24] },
    };
    memcpy(mark->place.name, bytes + MARK_FIXED, size - MARK_FIXED);
    return true;
}
