/*
 * cut - where a reply that is too long for its client ends
 *
 * A message is shortened from its end only: names are compressed by pointers
 * to what stands before them, so what is kept stays right as it is.  Of the
 * answer as many records are kept as fit, also a part of an RRset (RFC 2181
 * section 9): there are clients that never ask over TCP.  Elsewhere an RRset is
 * kept whole or not at all.
 */

#ifndef FRONTEND_CUT_H
#define FRONTEND_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"

struct cut {
    size_t end;                         /* octets that are kept */
    uint16_t counts[CORE_SECTIONS];     /* records that are kept */
    bool is_truncated;                  /* something required is missing: TC */
};

/*
 * Finds the end of a message that may have room octets.  An OPT record, which
 * only the frontend itself adds, and what follows it is never kept.  False
 * when the message is not well formed.
 */
bool
    cut_find(const uint8_t *bytes, size_t size, size_t room, struct cut *cut);

#endif
