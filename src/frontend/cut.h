/*
 * cut - a reply that is too long for its client, made shorter
 *
 * It is written anew, names compressed, for not every upstream does that; often
 * it fits then.  If not it ends where the room does.  Of the answer as many
 * records are kept as fit, also a part of an RRset (RFC 2181 section 9): there
 * are clients that never ask over TCP.  Elsewhere an RRset is kept whole or not
 * at all.
 */

#ifndef FRONTEND_CUT_H
#define FRONTEND_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"

struct cut {
    size_t size;                        /* octets that were written */
    uint16_t counts[CORE_SECTIONS];     /* records that are kept */
    bool is_truncated;                  /* something required is missing: TC */
};

/*
 * Writes the message to out, which has room octets.  An OPT record, which only
 * the frontend itself adds, and what follows it is never kept.  The header is
 * the caller's to complete.  False when the message is not well formed.
 */
bool
    cut_write(const uint8_t *bytes, size_t size, uint8_t *out, size_t room,
              struct cut *cut);

#endif
