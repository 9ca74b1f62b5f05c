/*
 * table_report - what a reader of an answer table tells its owner
 *
 * One message of a SEQPACKET socket: how many answers it has taken, and some
 * of them by name, so that what is of use is known to be.
 */

#ifndef LIB_TABLE_REPORT_H
#define LIB_TABLE_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/table_layout.h"

#define TABLE_USES 256                  /* named in one report, at most */

struct table_use {
    uint32_t piece;
    uint32_t tag;
    uint32_t position;
};

struct table_report {
    uint32_t hits[TABLE_PIECES];
    uint32_t use_count;
    struct table_use uses[TABLE_USES];
};

/* Octets of a report that names so many. */
static inline size_t
table_report_size(uint32_t use_count)
{
    return offsetof(struct table_report, uses)
        + use_count * sizeof (struct table_use);
}

#endif
