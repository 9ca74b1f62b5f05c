/*
 * transfer - a zone as the records of a transfer, in parts
 *
 * RFC 5936: the SOA record, all other records each once, and the SOA record
 * again.  Where one part ends and the next begins is a mark; it travels with
 * the query and comes back (coredns-pipe(7), "Parts"), so that a stage that was
 * started anew meanwhile can go on from there as well.
 */

#ifndef AUTHORITY_TRANSFER_H
#define AUTHORITY_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authority/past.h"
#include "coredns/batch.h"
#include "coredns/writer.h"

#define TRANSFER_PART (32 * 1024)       /* octets from which a part is whole */

struct transfer_mark {
    uint64_t number;                    /* of the transfer in its process */
    uint64_t version;                   /* of the zone */
    uint32_t serial;
    uint32_t done;                      /* records of the node at the place
                                           that are in parts already */
    struct past_place place;
};

enum transfer_result {
    TRANSFER_DONE,                      /* this part is the last */
    TRANSFER_MORE,
    TRANSFER_FAILED,                    /* a record does not fit in any
                                           message */
};

/* The place where a zone of that name begins. */
void
    transfer_begin(struct transfer_mark *mark, const uint8_t *apex);

/* Writes one part into the writer and moves the mark behind it. */
enum transfer_result
    transfer_write(const past_t *past, struct transfer_mark *mark,
                   struct core_writer *writer);

/* The mark as octets; returns how many. */
size_t
    transfer_mark_write(const struct transfer_mark *mark,
                        uint8_t bytes[CORE_BOOKMARK_SIZE]);

/* Reads it; false when it is none of a zone of that name. */
bool
    transfer_mark_read(struct transfer_mark *mark, const uint8_t *bytes,
                       size_t size, const uint8_t *apex);

#endif
