/*
 * message - a DNS message read where it lies, without a copy or allocation
 *
 * core_message_parse() checks what every stage must know before it does any
 * work: header, the one question, and what stands in the additional section
 * (OPT, TSIG).  core_records_* walk over records.  Work is bounded: a pointer
 * must point backwards and a name ends after 255 octets; all counts are held
 * against the length.
 *
 * RFC 1035 section 4, RFC 6891 (EDNS), RFC 9619 (one question).
 */

#ifndef COREDNS_MESSAGE_H
#define COREDNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/name.h"

#define CORE_HEADER_SIZE 12
#define CORE_MESSAGE_SIZE 65535

enum core_flag {                        /* in the header's second word */
    CORE_QR = 0x8000, CORE_AA = 0x0400, CORE_TC = 0x0200, CORE_RD = 0x0100,
    CORE_RA = 0x0080, CORE_AD = 0x0020, CORE_CD = 0x0010,
};

enum core_opcode {
    CORE_OPCODE_QUERY = 0, CORE_OPCODE_STATUS = 2, CORE_OPCODE_NOTIFY = 4,
    CORE_OPCODE_UPDATE = 5,
};

enum core_rcode {
    CORE_NOERROR = 0, CORE_FORMERR = 1, CORE_SERVFAIL = 2, CORE_NXDOMAIN = 3,
    CORE_NOTIMP = 4, CORE_REFUSED = 5, CORE_YXDOMAIN = 6, CORE_NOTAUTH = 9,
    CORE_BADVERS = 16,
};

enum core_section {
    CORE_QUESTION, CORE_ANSWER, CORE_AUTHORITY, CORE_ADDITIONAL,
    CORE_SECTIONS
};

enum core_edns_option {
    CORE_OPTION_NSID = 3, CORE_OPTION_ECS = 8, CORE_OPTION_COOKIE = 10,
    CORE_OPTION_KEEPALIVE = 11, CORE_OPTION_PADDING = 12,
    CORE_OPTION_EDE = 15,
};

/* Info codes of RFC 8914 that our stages send. */
enum core_ede {
    CORE_EDE_OTHER = 0, CORE_EDE_STALE_ANSWER = 3, CORE_EDE_NOT_READY = 14,
    CORE_EDE_PROHIBITED = 18, CORE_EDE_NOT_AUTHORITATIVE = 20,
    CORE_EDE_NO_REACHABLE_AUTHORITY = 22, CORE_EDE_NETWORK_ERROR = 23,
    CORE_EDE_INVALID_DATA = 24, CORE_EDE_NONE = 0xffff,
};

struct core_edns {
    bool present;
    bool dnssec_ok;                     /* the DO bit */
    uint8_t version;
    uint8_t extended_rcode;             /* the high eight bits */
    uint16_t payload;                   /* as sent; below 512 means 512 */
    const uint8_t *options;             /* lent from the message */
    uint16_t options_size;
};

struct core_message {
    const uint8_t *bytes;               /* lent */
    size_t size;
    uint16_t id;
    uint16_t flags;                     /* the whole second word */
    uint16_t counts[CORE_SECTIONS];
    const uint8_t *qname;               /* lent; NULL without a question */
    uint16_t qname_size;
    uint16_t qtype;
    uint16_t qclass;
    size_t question_end;                /* offset behind the question */
    size_t edns_offset;                 /* of the OPT record; 0: none */
    struct core_edns edns;
    size_t tsig_offset;                 /* of the TSIG record; 0: none */
};

enum core_parse {
    CORE_PARSE_OK,
    CORE_PARSE_SHORT,       /* no whole header: nothing can be answered */
    CORE_PARSE_QUESTION,    /* not one well-formed question; header filled */
    CORE_PARSE_RECORDS,     /* a record is broken; question filled */
    CORE_PARSE_EDNS,        /* two OPT, OPT not at the root, bad options */
    CORE_PARSE_TRAILING,    /* octets behind the last record, which are not
                               in the size; all else is filled in */
};

static inline unsigned
core_message_opcode(const struct core_message *message)
{
    return (message->flags >> 11) & 15;
}

static inline unsigned
core_message_rcode(const struct core_message *message)
{
    return (message->flags & 15)
        | (unsigned) message->edns.extended_rcode << 4;
}

/*
 * Reads a message of any content.  The owner names of records are checked for
 * form only: they may still be too long or endless once expanded, which
 * core_message_name() then says.  On anything but CORE_PARSE_OK what was read
 * up to there is filled in and the rest is zero.
 *
 * OPT stands in the additional section, once; a TSIG is its last record.
 * Options of an EDNS version above 0 are not read: options_size is 0.
 */
enum core_parse
    core_message_parse(struct core_message *message, const uint8_t *bytes,
                       size_t size);

/*
 * The same for a message that goes on with a zone transfer: it may have no
 * question (RFC 5936 section 2.2.1), then qname is NULL.
 */
enum core_parse
    core_message_parse_continued(struct core_message *message,
                                 const uint8_t *bytes, size_t size);

/*
 * The next option in options.  *offset starts at 0.  Returns false at the end;
 * options were checked by core_message_parse().
 */
bool
    core_edns_option(const struct core_edns *edns, size_t *offset,
                     uint16_t *code, const uint8_t **value,
                     uint16_t *value_size);

/* One record of a message, as core_records_next() finds it. */
struct core_rr {
    enum core_section section;
    size_t offset;                      /* where the record starts */
    size_t end;                         /* where it ends */
    uint16_t type;
    uint16_t rclass;
    uint32_t ttl;
    size_t ttl_offset;
    size_t rdata_offset;
    uint16_t rdata_size;
};

/* A walk over the records behind the question. */
struct core_records {
    const struct core_message *message;
    size_t offset;
    enum core_section section;
    uint16_t left;                      /* in the section */
};

void
    core_records_start(struct core_records *self,
                       const struct core_message *message);

/* False at the end of a message that core_message_parse() found right. */
bool
    core_records_next(struct core_records *self, struct core_rr *rr);

/*
 * Expands the name at offset, following pointers.  Returns the offset behind
 * it (behind the first pointer), or 0 when it is not well formed.  Each pointer
 * must lead in front of the labels it ends, and there may be 127 of them.
 */
size_t
    core_message_name(const uint8_t *bytes, size_t size, size_t offset,
                      uint8_t name[CORE_NAME_SIZE]);

/*
 * Writes the rdata of a record with the names in it spelled out.  Returns its
 * size, or -1 when a name is not well formed or the whole is too long.
 */
int
    core_message_rdata(const struct core_message *message,
                       const struct core_rr *rr,
                       uint8_t rdata[CORE_MESSAGE_SIZE]);

/* Octets in network order; the caller has checked the length. */
static inline uint16_t
core_read16(const uint8_t *bytes)
{
    return (uint16_t) (bytes[0] << 8 | bytes[1]);
}

static inline uint32_t
core_read32(const uint8_t *bytes)
{
    return (uint32_t) bytes[0] << 24 | (uint32_t) bytes[1] << 16
        | (uint32_t) bytes[2] << 8 | bytes[3];
}

static inline void
core_write16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t) (value >> 8);
    bytes[1] = (uint8_t) value;
}

static inline void
core_write32(uint8_t *bytes, uint32_t value)
{
    core_write16(bytes, (uint16_t) (value >> 16));
    core_write16(bytes + 2, (uint16_t) value);
}

#endif
