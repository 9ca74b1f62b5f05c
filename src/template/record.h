/*
 * record - a line of zone text as a record
 *
 * The line stands alone: names are below the root, and without a TTL it has
 * 3600 seconds.
 */

#ifndef TEMPLATE_RECORD_H
#define TEMPLATE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "lib/rdata.h"

struct record {
    uint8_t owner[CORE_NAME_SIZE];
    uint16_t type;
    uint16_t rrclass;
    uint32_t ttl;
    size_t rdata_size;
    uint8_t rdata[CORE_RDATA_SIZE];
};

/* Reads the first record of the text; -1 and a fault when it is none. */
int
    record_read(struct record *self, const char *text, size_t size,
                struct core_fault *fault);

#endif
