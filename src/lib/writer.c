/*
 * writer - composes a DNS message into a buffer, names compressed
 *
 * A name is compressed from its right end.  A suffix is its first label and
 * the offset where the rest of it was found, so one label is hashed and
 * compared for each step, and the first miss ends the search: longer suffixes
 * cannot be there.  Where ldns searches a tree for each suffix and is cubic
 * in labels, this is linear in octets, whatever a stranger asks for.
 *
 * The name of the question is what most owners are.  It is compared first, as
 * a whole, and its suffixes enter the table only when another name comes.
 */

#include "coredns/writer.h"

#include <assert.h>
#include <string.h>

#include "coredns/rrtype.h"

#define OPCODE_MASK 0x7800
#define POINTER 0xc000
#define POINTER_LIMIT 0x4000            /* offsets a pointer can hold */
#define PROBES 8                        /* places where a suffix may stand */
#define FIXED_SIZE 10                   /* type, class, ttl, rdata size */
#define OPT_SIZE 11

/*
 * The place of the suffix "label, then what stands at parent".  A place with
 * another offset in it follows the one that the hash names, or none.
 */
static size_t
suffix_place(const uint8_t *label, size_t parent)
{
    uint64_t hash = parent + 1;

    for (unsigned i = 0; i <= *label; i++)
        hash = (hash ^ (label[i] | 0x20)) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t) (hash >> 32) % CORE_WRITER_SUFFIXES;
}

/* Says whether the suffix at offset is label, then what stands at parent. */
static bool
is_suffix(const struct core_writer *self, size_t offset, const uint8_t *label,
          size_t parent)
{
    const uint8_t *bytes = self->bytes;
    size_t next = offset + *label + 1u;

    if (!core_name_label_equal(bytes + offset, label))
        return false;
    if (bytes[next] == 0)
        return parent == 0;
    return next == parent
        || core_read16(bytes + next) == (POINTER | parent);
}

/* The offset of a suffix, or 0 when it is not in the table. */
static size_t
find_suffix(const struct core_writer *self, const uint8_t *label,
            size_t parent)
{
    size_t place = suffix_place(label, parent);

    for (unsigned i = 0; i < PROBES; i++) {
        size_t offset = self->suffixes[(place + i) % CORE_WRITER_SUFFIXES];

        if (offset == 0)
            return 0;
        if (is_suffix(self, offset, label, parent))
            return offset;
    }
    return 0;
}

/* Notes that a suffix stands at offset.  False when no place is left for it. */
static bool
add_suffix(struct core_writer *self, size_t offset, size_t parent)
{
    size_t place = suffix_place(self->bytes + offset, parent);

    for (unsigned i = 0; i < PROBES; i++) {
        uint16_t *entry =
            &self->suffixes[(place + i) % CORE_WRITER_SUFFIXES];

        if (*entry == 0) {
            *entry = (uint16_t) offset;
            return true;
        }
    }
    return false;
}

/* A name cut into its labels. */
struct labels {
    unsigned count;
    uint8_t starts[CORE_NAME_LABELS + 1];       /* the last is the root's */
};

static void
find_labels(struct labels *labels, const uint8_t *name)
{
    size_t start = 0;

    labels->count = 0;
    for (; name[start] != 0; start += name[start] + 1u) {
        assert(labels->count < CORE_NAME_LABELS);
        labels->starts[labels->count++] = (uint8_t) start;
    }
    labels->starts[labels->count] = (uint8_t) start;
}

/*
 * Notes the first count suffixes of a name written at offset, the shortest
 * first; what comes behind them stands at parent.  A longer suffix could not
 * be found without the shorter ones, so the first failure ends it.
 */
static void
add_suffixes(struct core_writer *self, size_t offset,
             const struct labels *labels, unsigned count, size_t parent)
{
    while (count > 0) {
        size_t suffix = offset + labels->starts[--count];

        if (suffix >= POINTER_LIMIT || !add_suffix(self, suffix, parent))
            break;
        parent = suffix;
    }
}

/* Empties the table of suffixes and puts those of the question into it. */
static void
index_question(struct core_writer *self)
{
    struct labels labels;

    memset(self->suffixes, 0, sizeof self->suffixes);
    self->indexed = true;
    if (self->counts[CORE_QUESTION] == 0)
        return;
    find_labels(&labels, self->bytes + CORE_HEADER_SIZE);
    add_suffixes(self, CORE_HEADER_SIZE, &labels, labels.count, 0);
}

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

/* Writes a name, its longest known suffix as a pointer. */
static bool
put_name(struct core_writer *self, const uint8_t *name)
{
    struct labels labels;
    size_t parent = 0;

    if (!self->indexed)
        index_question(self);
    find_labels(&labels, name);

    unsigned count = labels.count;

    while (count > 0) {
        const uint8_t *label = name + labels.starts[count - 1];
        size_t offset = find_suffix(self, label, parent);

        if (offset == 0)
            break;
        parent = offset;
        count--;
    }

    size_t start = self->size;
    size_t plain = labels.starts[count];

    if (!has_room(self, plain + (parent != 0 ? 2 : 1)))
        return false;
    memcpy(self->bytes + start, name, plain);
    self->size += plain;
    if (parent != 0)
        put16(self, (uint16_t) (POINTER | parent));
    else
        self->bytes[self->size++] = 0;
    add_suffixes(self, start, &labels, count, parent);
    return true;
}

static bool
put_owner(struct core_writer *self, const uint8_t *owner)
{
    if (*owner == 0)
        return put_octets(self, owner, 1);
    if (self->counts[CORE_QUESTION] == 0
        || !core_name_equal(owner, self->bytes + CORE_HEADER_SIZE))
        return put_name(self, owner);
    if (!has_room(self, 2))
        return false;
    put16(self, POINTER | CORE_HEADER_SIZE);
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

static bool
put_rdata(struct core_writer *self, uint16_t type, const uint8_t *rdata,
          size_t size)
{
    struct core_rrtype_names names = core_rrtype_names(type);

    if (!names.compressible || !holds_names(rdata, size, names))
        return put_octets(self, rdata, size);

    const uint8_t *end = rdata + size;

    if (!put_octets(self, rdata, names.before))
        return false;
    rdata += names.before;
    for (unsigned i = 0; i < names.names; i++) {
        if (!put_name(self, rdata))
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
    assert(limit >= CORE_HEADER_SIZE && limit <= CORE_MESSAGE_SIZE);
    self->bytes = bytes;
    self->size = CORE_HEADER_SIZE;
    self->limit = limit;
    self->full = false;
    self->indexed = false;
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
