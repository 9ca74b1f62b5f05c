/*
 * zone_record - a line of zone text as a record
 *
 * The line stands alone: what other lines of a zone file would give it (the
 * origin, TTL and class) is given with it.
 */

#ifndef LIB_ZONE_RECORD_H
#define LIB_ZONE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "lib/rdata.h"

struct core_zone_record {
    uint8_t owner[CORE_NAME_SIZE];
    uint16_t type;
    uint16_t rrclass;
    uint32_t ttl;
    size_t rdata_size;
    uint8_t rdata[CORE_RDATA_SIZE];
};

/* What a line has that does not say it. */
struct core_zone_usual {
    const struct core_zone_name *origin;
    uint32_t ttl;
    uint16_t rrclass;
};

/* Reads the first record of the text; -1 and a fault when it is none. */
int
    core_zone_record_read(struct core_zone_record *self, const char *text,
                          size_t size, const struct core_zone_usual *usual,
                          struct core_fault *fault);

#endif
