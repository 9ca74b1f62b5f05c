/*
 * message - a DNS message read where it lies, without a copy or allocation
 *
 * The work for a message is linear in its size: the parser looks at the form
 * of a name but does not follow its pointer.  core_message_name() does, for
 * those who want the name; each run of labels it reads starts before the last,
 * and their number is limited too, for a run may be empty.
 *
 * What is asked most, a question alone or with one OPT record, does not get
 * as far as the walk over the sections.
 */

#include "coredns/message.h"

#include <string.h>

#include "coredns/rrtype.h"

#define RECORD_SIZE 11                  /* of the smallest: root, no rdata */
#define OPTION_SIZE 4                   /* code and length */
#define POINTER 0xc0                    /* top bits of a pointer's first */
#define POINTER_MASK 0x3fff

/*
 * Steps over a name, which may end in a pointer to what stands before it.
 * Returns the offset behind it, or 0 when it is not well formed.
 */
static size_t
skip_name(const uint8_t *bytes, size_t size, size_t start)
{
    size_t offset = start;

    while (offset < size && offset - start < CORE_NAME_SIZE) {
        uint8_t length = bytes[offset];

        if (length == 0)
            return offset + 1;
        if (length >= POINTER) {
            if (size - offset < 2)
                return 0;
            size_t target = core_read16(bytes + offset) & POINTER_MASK;
            return target >= CORE_HEADER_SIZE && target < start
                ? offset + 2 : 0;
        }
        if (length > CORE_LABEL_SIZE)
            return 0;
        offset += length + 1u;
    }
    return 0;
}

size_t
core_message_name(const uint8_t *bytes, size_t size, size_t offset,
                  uint8_t name[CORE_NAME_SIZE])
{
    size_t start = offset;              /* of this run of labels */
    size_t end = 0;                     /* behind the first pointer */
    size_t name_size = 0;
    unsigned hops = 0;

    while (offset < size) {
        uint8_t length = bytes[offset];

        if (length >= POINTER) {
            if (size - offset < 2 || hops++ == CORE_NAME_LABELS)
                return 0;
            size_t target = core_read16(bytes + offset) & POINTER_MASK;
            if (target >= start || target < CORE_HEADER_SIZE)
                return 0;
            if (end == 0)
                end = offset + 2;
            start = offset = target;
            continue;
        }
        if (length > CORE_LABEL_SIZE || size - offset <= length
            || name_size + length >= CORE_NAME_SIZE)
            return 0;
        memcpy(name + name_size, bytes + offset, length + 1u);
        name_size += length + 1u;
        offset += length + 1u;
        if (length == 0)
            return end != 0 ? end : offset;
    }
    return 0;
}

/*
 * Reads the record at offset.  Returns false when it is not well formed.
 */
static bool
read_record(struct core_rr *rr, const uint8_t *bytes, size_t size,
            size_t offset)
{
    size_t name_end = skip_name(bytes, size, offset);

    if (name_end == 0 || size - name_end < 10)
        return false;

    const uint8_t *fixed = bytes + name_end;

    rr->offset = offset;
    rr->type = core_read16(fixed);
    rr->rclass = core_read16(fixed + 2);
    rr->ttl = core_read32(fixed + 4);
    rr->ttl_offset = name_end + 4;
    rr->rdata_size = core_read16(fixed + 8);
    rr->rdata_offset = name_end + 10;
    rr->end = rr->rdata_offset + rr->rdata_size;
    return rr->end <= size;
}

/* Says whether the options fill their room exactly. */
static bool
options_fit(const uint8_t *options, size_t size)
{
    while (size >= OPTION_SIZE) {
        size_t whole = OPTION_SIZE + core_read16(options + 2);

        if (whole > size)
            return false;
        options += whole;
        size -= whole;
    }
    return size == 0;
}

/*
 * Reads the OPT record rr.  The options of a version that we do not know are
 * not looked at: the answer is BADVERS, whatever they are (RFC 6891 6.1.3).
 */
static enum core_parse
read_edns(struct core_message *message, const struct core_rr *rr)
{
    struct core_edns *edns = &message->edns;
    const uint8_t *options = message->bytes + rr->rdata_offset;
    uint8_t version = (uint8_t) (rr->ttl >> 16);

    if (edns->present || message->bytes[rr->offset] != 0)
        return CORE_PARSE_EDNS;
    if (version == 0 && !options_fit(options, rr->rdata_size))
        return CORE_PARSE_EDNS;
    message->edns_offset = rr->offset;
    edns->present = true;
    edns->dnssec_ok = (rr->ttl & 0x8000) != 0;
    edns->version = version;
    edns->extended_rcode = (uint8_t) (rr->ttl >> 24);
    edns->payload = rr->rclass;
    edns->options = options;
    edns->options_size = version == 0 ? rr->rdata_size : 0;
    return CORE_PARSE_OK;
}

/* Notes what the message itself needs of a record: OPT and TSIG. */
static enum core_parse
note_record(struct core_message *message, const struct core_rr *rr,
            enum core_section section, bool is_last)
{
    if (rr->type == CORE_OPT)
        return section == CORE_ADDITIONAL ? read_edns(message, rr)
                                          : CORE_PARSE_EDNS;
    if (rr->type == CORE_TSIG) {
        /* RFC 8945 section 5.1 */
        if (section != CORE_ADDITIONAL || !is_last)
            return CORE_PARSE_RECORDS;
        message->tsig_offset = rr->offset;
    }
    return CORE_PARSE_OK;
}

/* The message ends there, whatever follows. */
static enum core_parse
cut_trailer(struct core_message *message, size_t end)
{
    bool is_whole = end == message->size;

    message->size = end;
    return is_whole ? CORE_PARSE_OK : CORE_PARSE_TRAILING;
}

static enum core_parse
parse_sections(struct core_message *message)
{
    struct core_rr rr;
    size_t offset = message->question_end;

    for (enum core_section section = CORE_ANSWER; section < CORE_SECTIONS;
         section++) {
        for (unsigned left = message->counts[section]; left > 0; left--) {
            enum core_parse result;

            if (!read_record(&rr, message->bytes, message->size, offset))
                return CORE_PARSE_RECORDS;
            result = note_record(message, &rr, section, left == 1);
            if (result != CORE_PARSE_OK)
                return result;
            offset = rr.end;
        }
    }
    return cut_trailer(message, offset);
}

static enum core_parse
parse_records(struct core_message *message)
{
    size_t room = message->size - message->question_end;
    size_t records = (size_t) message->counts[CORE_ANSWER]
        + message->counts[CORE_AUTHORITY] + message->counts[CORE_ADDITIONAL];

    if (records == 0)
        return cut_trailer(message, message->question_end);
    if (records > room / RECORD_SIZE)
        return CORE_PARSE_RECORDS;
    return parse_sections(message);
}

/* Reads the question (RFC 1035 section 4.1.2); its name has no pointer. */
static bool
parse_question(struct core_message *message)
{
    const uint8_t *qname = message->bytes + CORE_HEADER_SIZE;
    size_t room = message->size - CORE_HEADER_SIZE;
    int qname_size = core_name_check(qname, room);

    if (qname_size == -1 || room - (size_t) qname_size < 4)
        return false;
    message->qname = qname;
    message->qname_size = (uint16_t) qname_size;
    message->qtype = core_read16(qname + qname_size);
    message->qclass = core_read16(qname + qname_size + 2);
    message->question_end = CORE_HEADER_SIZE + (size_t) qname_size + 4;
    return true;
}

static bool
parse_header(struct core_message *message, const uint8_t *bytes, size_t size)
{
    memset(message, 0, sizeof *message);
    if (size < CORE_HEADER_SIZE)
        return false;
    message->bytes = bytes;
    message->size = size;
    message->id = core_read16(bytes);
    message->flags = core_read16(bytes + 2);
    for (unsigned i = 0; i < CORE_SECTIONS; i++)
        message->counts[i] = core_read16(bytes + 4 + 2 * i);
    message->question_end = CORE_HEADER_SIZE;
    return true;
}

enum core_parse
core_message_parse(struct core_message *message, const uint8_t *bytes,
                   size_t size)
{
    if (!parse_header(message, bytes, size))
        return CORE_PARSE_SHORT;
    if (message->counts[CORE_QUESTION] != 1 || !parse_question(message))
        return CORE_PARSE_QUESTION;
    return parse_records(message);
}

enum core_parse
core_message_parse_continued(struct core_message *message,
                             const uint8_t *bytes, size_t size)
{
    if (!parse_header(message, bytes, size))
        return CORE_PARSE_SHORT;
    if (message->counts[CORE_QUESTION] > 1
        || (message->counts[CORE_QUESTION] == 1 && !parse_question(message)))
        return CORE_PARSE_QUESTION;
    return parse_records(message);
}

bool
core_edns_option(const struct core_edns *edns, size_t *offset,
                 uint16_t *code, const uint8_t **value, uint16_t *value_size)
{
    if (edns->options_size < OPTION_SIZE
        || *offset > (size_t) edns->options_size - OPTION_SIZE)
        return false;

    const uint8_t *option = edns->options + *offset;

    *code = core_read16(option);
    *value_size = core_read16(option + 2);
    *value = option + OPTION_SIZE;
    *offset += OPTION_SIZE + (size_t) *value_size;
    return true;
}

void
core_records_start(struct core_records *self,
                   const struct core_message *message)
{
    self->message = message;
    self->offset = message->question_end;
    self->section = CORE_ANSWER;
    self->left = message->counts[CORE_ANSWER];
}

bool
core_records_next(struct core_records *self, struct core_rr *rr)
{
    const struct core_message *message = self->message;

    while (self->left == 0) {
        if (self->section == CORE_ADDITIONAL)
            return false;
        self->section++;
        self->left = message->counts[self->section];
    }
    if (!read_record(rr, message->bytes, message->size, self->offset))
        return false;
    rr->section = self->section;
    self->offset = rr->end;
    self->left--;
    return true;
}

int
core_message_rdata(const struct core_message *message,
                   const struct core_rr *rr,
                   uint8_t rdata[CORE_MESSAGE_SIZE])
{
    struct core_rrtype_names names = core_rrtype_names(rr->type);
    size_t offset = rr->rdata_offset + names.before;
    size_t size = names.before;

    if (rr->rdata_size == 0)
        return 0;
    if (offset > rr->end)
        return -1;
    memcpy(rdata, message->bytes + rr->rdata_offset, size);
    for (unsigned i = 0; i < names.names; i++) {
        offset = core_message_name(message->bytes, rr->end, offset,
                                   rdata + size);
        if (offset == 0)
            return -1;
        size += core_name_size(rdata + size);
    }
    if (size + (rr->end - offset) > CORE_MESSAGE_SIZE)
        return -1;
    memcpy(rdata + size, message->bytes + offset, rr->end - offset);
    return (int) (size + (rr->end - offset));
}
