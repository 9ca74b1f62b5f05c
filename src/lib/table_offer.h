/*
 * table_offer - an answer table is given to the neighbours on this host
 *
 * Beside the pipe "ipc://PATH" stands the socket "PATH.table".  Who connects
 * is given the memory of all pieces, and again whenever it is another; it may
 * send reports.  The connection's end says that the owner is gone.
 */

#ifndef LIB_TABLE_OFFER_H
#define LIB_TABLE_OFFER_H

#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/loop.h"
#include "lib/table_report.h"

#define TABLE_SUFFIX ".table"

typedef struct table_offer table_offer_t;

/* A report has come; its numbers are in range. */
typedef void table_offer_report(void *owner,
                                const struct table_report *report);

/* endpoint is that of the pipe, and must be ipc://. */
table_offer_t *
    table_offer_new(core_loop_t *loop, const char *endpoint,
                    table_offer_report *report, void *owner,
                    struct core_fault *fault);

void
    table_offer_destroy(table_offer_t **self_p);

/* The memory from here on; descriptors are lent until the next call. */
void
    table_offer_set(table_offer_t *self,
                    const int descriptors[TABLE_PIECES]);

#endif
