/*
 * image - an answer as it is kept: a finished message and where its TTLs are
 *
 * The message has no OPT and no TSIG, its question is in small letters, and
 * all its TTLs are written anew each time it is sent, so that sending is
 * copying and patching.
 */

#ifndef LIB_IMAGE_H
#define LIB_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"
#include "coredns/writer.h"

enum image_kind {
    IMAGE_POSITIVE,                     /* records, or a referral */
    IMAGE_NEGATIVE,                     /* NXDOMAIN or no such type, and SOA */
    IMAGE_FAILURE,                      /* SERVFAIL or NOTIMP: no records */
};

struct image {
    enum image_kind kind;
    const uint8_t *message;             /* lent */
    uint16_t message_size;
    uint16_t place_count;
    const uint16_t *places;             /* offsets of TTLs; lent */
};

/* AA, RA and AD as they were received. */
uint16_t
    image_flags(const struct image *self);

/*
 * The flags of a reply to that query.  AA is set, against the letter of RFC
 * 1034 and as CoreDNS does: some clients throw away what is not authoritative.
 */
uint16_t
    image_flags_for(const struct image *self,
                    const struct core_message *query);

unsigned
    image_rcode(const struct image *self);

/*
 * Completes a reply: writer was started with a query for the same question, in
 * any case; flags are CORE_AA and the like.
 */
void
    image_compose(const struct image *self, struct core_writer *writer,
                  uint32_t ttl_seconds, uint16_t flags);

#endif
