/*
 * answer - an upstream's reply in the form in which it is handed up
 *
 * Records and flags stay as the upstream said; the OPT record goes, and the
 * letters of the name that was asked become those of the query again.
 */

#ifndef FORWARD_ANSWER_H
#define FORWARD_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"
#include "forward/opt.h"

struct answer {
    uint8_t *bytes;                     /* lent */
    size_t size;
    unsigned rcode;
    struct opt_edes edes;
};

/*
 * Brings the reply at bytes, read into message, into that form in place.  sent
 * is the question as it was sent, asked as the query had it; both have size
 * octets.  The reply needs room for the question when it has none.
 */
void
    answer_make(struct answer *self, uint8_t *bytes,
                const struct core_message *message, const uint8_t *sent,
                const uint8_t *asked, size_t size);

#endif
