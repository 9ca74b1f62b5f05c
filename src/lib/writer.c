/*
 * writer - composes a DNS message into a buffer, names compressed
 *
 * The name of the question is what most owners are: it is compared first, as
 * a whole.  Only other names go to writer_name.c, where the table of suffixes
 * is.
 */

#include "coredns/writer.h"

#include <assert.h>
#include <string.h>

#include "coredns/rrtype.h"

#include "lib/writer_name.h"

#define OPCODE_MASK 0x7800
#define QNAME_POINTER (0xc000 | CORE_HEADER_SIZE)
#define FIXED_SIZE 10                   /* type, class, ttl, rdata size */
#define OPT_SIZE 11

static inline bool
has_room(const struct core_writer *self, size_t size)
{
    return self->limit - self->size >= size;
}

static inline void
put16(struct core_writer *self, uint16_t value)
{
    core_write16(self->bytes + self->size, value);
    self->size += 2;
}

static inline bool
put_octets(struct core_writer *self, const uint8_t *octets, size_t size)
{
    if (!has_room(self, size))
        return false;
    if (size > 0)
        memcpy(self->bytes + self->size, octets, size);
    self->size += size;
    return true;
}

static bool
put_owner(struct core_writer *self, const uint8_t *owner)
{
    if (*owner == 0)
        return put_octets(self, owner, 1);
    if (self->keeps_case)
        return core_writer_name(self, owner, WRITER_SAME_CASE);
    if (self->counts[CORE_QUESTION] == 0
        || !core_name_equal(owner, self->bytes + CORE_HEADER_SIZE))
        return core_writer_name(self, owner, WRITER_ANY_CASE);
    if (!has_room(self, 2))
        return false;
    put16(self, QNAME_POINTER);
    return true;
}

/* Says whether so many names stand in rdata from its octet start on. */
static bool
holds_names(const uint8_t *rdata, size_t size, struct core_rrtype_names names)
{
    size_t start = names.before;

    for (unsigned i = 0; i < names.names; i++) {
        if (start > size)
            return false;

        int name_size = core_name_check(rdata + start, size - start);

        if (name_size == -1)
            return false;
        start += (size_t) name_size;
    }
    return true;
}

/* Names that may not be compressed, but can be pointed to. */
static bool
put_plain(struct core_writer *self, const uint8_t *rdata, size_t size,
          struct core_rrtype_names names)
{
    size_t offset = self->size + names.before;

    if (!put_octets(self, rdata, size))
        return false;
    for (unsigned i = 0; i < names.names; i++) {
        core_writer_note(self, offset);
        offset += core_name_size(self->bytes + offset);
    }
    return true;
}

static bool
put_rdata(struct core_writer *self, uint16_t type, const uint8_t *rdata,
          size_t size)
{
    struct core_rrtype_names names = core_rrtype_names(type);

    if (names.names == 0 || !holds_names(rdata, size, names))
        return put_octets(self, rdata, size);
    if (!names.compressible)
        return put_plain(self, rdata, size, names);

    const uint8_t *end = rdata + size;

    if (!put_octets(self, rdata, names.before))
        return false;
    rdata += names.before;
    for (unsigned i = 0; i < names.names; i++) {
        if (!core_writer_name(self, rdata, WRITER_SAME_CASE))
            return false;
        rdata += core_name_size(rdata);
    }
    return put_octets(self, rdata, (size_t) (end - rdata));
}

/* Writes a record, or part of it when it does not fit: then returns false. */
static bool
put_rr(struct core_writer *self, const uint8_t *owner, uint16_t type,
       uint16_t rclass, uint32_t ttl, const uint8_t *rdata, size_t rdata_size)
{
    if (!put_owner(self, owner) || !has_room(self, FIXED_SIZE))
        return false;

    uint8_t *fixed = self->bytes + self->size;
    size_t rdata_start = self->size + FIXED_SIZE;

    core_write16(fixed, type);
    core_write16(fixed + 2, rclass);
    core_write32(fixed + 4, ttl);
    self->size = rdata_start;
    if (!put_rdata(self, type, rdata, rdata_size))
        return false;
    core_write16(fixed + 8, (uint16_t) (self->size - rdata_start));
    return true;
}

bool
core_writer_rr(struct core_writer *self, enum core_section section,
               const uint8_t *owner, uint16_t type, uint16_t rclass,
               uint32_t ttl, const uint8_t *rdata, size_t rdata_size)
{
    size_t start = self->size;

    assert(section >= self->section && section > CORE_QUESTION
           && section < CORE_SECTIONS);
    if (self->full)
        return false;
    if (!put_rr(self, owner, type, rclass, ttl, rdata, rdata_size)) {
        /* The table may name what is cut off here, but is used no more. */
        self->size = start;
        self->full = true;
        return false;
    }
    self->section = section;
    self->counts[section]++;
    return true;
}

bool
core_writer_copy(struct core_writer *self, const struct core_message *message,
                 const struct core_rr *rr)
{
    uint8_t owner[CORE_NAME_SIZE], rdata[CORE_MESSAGE_SIZE];
    int size = core_message_rdata(message, rr, rdata);

    return size != -1
        && core_message_name(message->bytes, message->size, rr->offset,
                             owner) != 0
        && core_writer_rr(self, rr->section, owner, rr->type, rr->rclass,
                          rr->ttl, rdata, (size_t) size);
}

bool
core_writer_edns(struct core_writer *self, uint16_t payload, unsigned rcode,
                 bool dnssec_ok, const uint8_t *options, size_t options_size)
{
    assert(options_size <= UINT16_MAX);
    if (self->full)
        return false;
    if (!has_room(self, OPT_SIZE + options_size)) {
        self->full = true;
        return false;
    }

    /* RFC 6891 section 6.1.2 */
    uint8_t *opt = self->bytes + self->size;

    opt[0] = 0;
    core_write16(opt + 1, CORE_OPT);
    core_write16(opt + 3, payload);
    opt[5] = (uint8_t) (rcode >> 4);
    opt[6] = 0;
    core_write16(opt + 7, dnssec_ok ? 0x8000 : 0);
    core_write16(opt + 9, (uint16_t) options_size);
    self->size += OPT_SIZE;
    put_octets(self, options, options_size);
    self->section = CORE_ADDITIONAL;
    self->counts[CORE_ADDITIONAL]++;
    return true;
}

static void
start_message(struct core_writer *self, uint8_t *bytes, size_t limit,
              uint16_t id, uint16_t flags)
{
    assert(limit >= CORE_HEADER_SIZE);
    self->bytes = bytes;
    self->size = CORE_HEADER_SIZE;
    self->limit = limit < CORE_MESSAGE_SIZE ? limit : CORE_MESSAGE_SIZE;
    self->full = false;
    self->indexed = self->keeps_case = false;
    self->section = CORE_QUESTION;
    memset(self->counts, 0, sizeof self->counts);
    core_write16(bytes, id);
    core_write16(bytes + 2, flags);
}

static void
put_question(struct core_writer *self, const uint8_t *qname,
             size_t qname_size, uint16_t qtype, uint16_t qclass)
{
    if (!has_room(self, qname_size + 4)) {
        self->full = true;
        return;
    }
    /* The reply may stand where the query stood. */
    memmove(self->bytes + self->size, qname, qname_size);
    self->size += qname_size;
    put16(self, qtype);
    put16(self, qclass);
    self->counts[CORE_QUESTION] = 1;
}

void
core_writer_reply(struct core_writer *self, uint8_t *bytes, size_t limit,
                  const struct core_message *query)
{
    uint16_t kept = query->flags & (OPCODE_MASK | CORE_RD | CORE_CD);

    start_message(self, bytes, limit, query->id, CORE_QR | kept);
    if (query->qname != NULL)
        put_question(self, query->qname, query->qname_size, query->qtype,
                     query->qclass);
}

void
core_writer_query(struct core_writer *self, uint8_t *bytes, size_t limit,
                  uint16_t id, uint16_t flags, const uint8_t *qname,
                  uint16_t qtype, uint16_t qclass)
{
    start_message(self, bytes, limit, id, flags);
    put_question(self, qname, core_name_size(qname), qtype, qclass);
}

void
core_writer_rewind(struct core_writer *self, const struct core_writer *mark)
{
    assert(self->bytes == mark->bytes && self->size >= mark->size);
    *self = *mark;
}

size_t
core_writer_end(struct core_writer *self, uint16_t flags, unsigned rcode)
{
    uint8_t *bytes = self->bytes;
    uint16_t started = core_read16(bytes + 2);

    core_write16(bytes + 2, (uint16_t) (started | flags | (rcode & 15)));
    for (unsigned i = 0; i < CORE_SECTIONS; i++)
        core_write16(bytes + 4 + 2 * i, self->counts[i]);
    return self->size;
}
