/*
 * writer - composes a DNS message into a buffer, names compressed
 *
 * The writer never writes behind its limit: the first thing that does not fit
 * sets `full` and from there on nothing more is added; what was written before
 * is still a right message after core_writer_end().  Compression looks at a
 * small fixed table of the suffixes written so far, so its cost is linear in
 * labels.  No allocation.
 */

#ifndef COREDNS_WRITER_H
#define COREDNS_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"

#define CORE_WRITER_SUFFIXES 64         /* a power of two */

struct core_writer {
    uint8_t *bytes;                     /* lent */
    size_t size;                        /* written so far */
    size_t limit;
    bool full;
    bool indexed;                       /* suffixes are in use */
    bool keeps_case;                    /* of owners too; to be set after the
                                           start (RFC 5936 section 3.4) */
    enum core_section section;          /* of the last record */
    uint16_t counts[CORE_SECTIONS];
    uint16_t suffixes[CORE_WRITER_SUFFIXES];    /* offsets; 0: none */
};

/*
 * Starts a reply to query: its id, opcode, RD and CD, QR set, and its question
 * when it has one.  Flags and rcode are given to core_writer_end().
 *
 * The limit has room for a header at least; above CORE_MESSAGE_SIZE it means
 * that.  A question that does not fit makes the writer full.
 */
void
    core_writer_reply(struct core_writer *self, uint8_t *bytes, size_t limit,
                      const struct core_message *query);

/* Starts a query of our own with one question; flags such as CORE_RD. */
void
    core_writer_query(struct core_writer *self, uint8_t *bytes, size_t limit,
                      uint16_t id, uint16_t flags, const uint8_t *qname,
                      uint16_t qtype, uint16_t qclass);

/*
 * Adds one record.  rdata is uncompressed wire format; names inside it are
 * compressed for the types that RFC 3597 section 4 allows (those of RFC 1035),
 * and left as they are for all others; so is rdata that is not what its type
 * says.  Sections come in order.  Returns false when the record does not fit;
 * then nothing of it was written.
 *
 * An owner is compressed against a name in other case too (RFC 1035 section
 * 4.1.4) and then shows that one's letters, mostly those of the question,
 * unless keeps_case is set; a name in rdata keeps its own (RFC 4343 section
 * 4.1).
 */
bool
    core_writer_rr(struct core_writer *self, enum core_section section,
                   const uint8_t *owner, uint16_t type, uint16_t rclass,
                   uint32_t ttl, const uint8_t *rdata, size_t rdata_size);

/* Adds a record of another message, its names spelled out first; false also
   when the record is broken. */
bool
    core_writer_copy(struct core_writer *self,
                     const struct core_message *message,
                     const struct core_rr *rr);

/*
 * Adds an OPT record: payload size we accept, the high bits of the whole rcode
 * (core_writer_end() takes the low four), DO, and options as they stand on the
 * wire.  To a full writer it adds nothing: rewind first.
 */
bool
    core_writer_edns(struct core_writer *self, uint16_t payload,
                     unsigned rcode, bool dnssec_ok, const uint8_t *options,
                     size_t options_size);

/*
 * Takes back what was added since mark (a copy of *self taken before), so that
 * a whole RRset is written or none of it.
 */
void
    core_writer_rewind(struct core_writer *self,
                       const struct core_writer *mark);

/*
 * Completes the header: flags (CORE_AA, CORE_TC...) and the low four bits of
 * rcode are or-ed to what the start set.  Returns the size of the message.
 */
size_t
    core_writer_end(struct core_writer *self, uint16_t flags, unsigned rcode);

#endif
