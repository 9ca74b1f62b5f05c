/*
 * making - replies that are made up
 */

#ifndef CHAOS_MAKING_H
#define CHAOS_MAKING_H

#include <stdbool.h>

#include "coredns/message.h"
#include "coredns/writer.h"

enum making_size { MAKING_SMALL, MAKING_LARGE };

/*
 * Completes the reply that writer was started with for the query: to A the
 * address 192.0.2.53 (thirty times when it is to be large), to AAAA the address
 * 2001:db8::53, both with a TTL of 0; to AXFR a small zone; to all else
 * SERVFAIL.  flags are those it shall have besides AA.
 */
void
    making_answer(struct core_writer *writer,
                  const struct core_message *query, enum making_size size,
                  uint16_t flags);

/* The reply cut off: flags and rcode of the one there was, TC, no records. */
void
    making_truncated(struct core_writer *writer,
                     const struct core_message *reply);

#endif
