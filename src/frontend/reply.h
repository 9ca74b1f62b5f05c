/*
 * reply - a reply in the shape its client can take
 *
 * A stage's reply fits any client: full size, no OPT, names in whatever case.
 * Here it gets the client's id and question, an OPT record when there was one
 * in the query, and is cut to what the client can receive.
 */

#ifndef FRONTEND_REPLY_H
#define FRONTEND_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/message.h"

#define REPLY_NSID_SIZE 128
#define REPLY_EDE_TEXT_SIZE 128         /* what is longer is cut */
#define REPLY_SMALLEST 512              /* the least limit there is */

/* What the client's OPT record asks for. */
enum reply_asked {
    REPLY_EDNS = 0x01, REPLY_DNSSEC_OK = 0x02, REPLY_NSID = 0x04,
    REPLY_KEEPALIVE = 0x08, REPLY_PADDING = 0x10,
};

/* What is the same for all replies. */
struct reply_policy {
    uint16_t payload;                   /* of a UDP message, at most; the
                                           client's is told when it is less */
    bool recursion_available;           /* set RA; else as the stage did */
    bool tells_nsid;
    uint8_t nsid[REPLY_NSID_SIZE];
    size_t nsid_size;
};

/* The query that is answered. */
struct reply_request {
    const uint8_t *query;               /* its octets; lent */
    uint16_t query_size;
    uint16_t question_end;              /* offset; 12 without a question */
    uint16_t limit;                     /* octets of the reply, at most */
    uint16_t payload;                   /* the EDNS size that is told */
    uint8_t asked;                      /* enum reply_asked */
    bool is_continued;                  /* not the first of many replies: it
                                           need not have a question */
    uint16_t keepalive;                 /* for REPLY_KEEPALIVE: idle time of
                                           the connection in 100 ms */
};

/* An Extended DNS Error (RFC 8914). */
struct reply_ede {
    uint16_t code;                      /* CORE_EDE_NONE: none */
    const uint8_t *text;                /* lent */
    size_t text_size;
};

/* Fills in the request for a message that admit() has read. */
void
    reply_request_read(struct reply_request *self,
                       const struct reply_policy *policy,
                       const struct core_message *message,
                       enum core_transport transport);

/*
 * Writes the reply that a stage has made, in its shape, to out (which has room
 * for request->limit octets).  Returns its size, or 0 when message is not a
 * sound reply to this query.  *is_cut says whether TC had to be set.
 */
size_t
    reply_shape(const struct reply_policy *policy,
                const struct reply_request *request, const uint8_t *message,
                size_t size, const struct reply_ede *ede, uint8_t *out,
                bool *is_cut);

/* Writes a reply without records; rcode may be an extended one. */
size_t
    reply_rcode(const struct reply_policy *policy,
                const struct reply_request *request, unsigned rcode,
                const struct reply_ede *ede, uint8_t *out);

/*
 * Writes the reply to a query signed with a key that nobody here knows:
 * NOTAUTH, and a TSIG record that says BADKEY (RFC 8945 section 5.2.1).
 */
size_t
    reply_unknown_key(const struct reply_policy *policy,
                      const struct reply_request *request,
                      const struct core_message *message, uint8_t *out);

#endif
