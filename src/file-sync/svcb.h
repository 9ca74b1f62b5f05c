/*
 * svcb - the parameters of SVCB and HTTPS records (RFC 9460)
 */

#ifndef FILE_SYNC_SVCB_H
#define FILE_SYNC_SVCB_H

#include "file-sync/rdata.h"

/* Reads all words that are left as parameters and appends them, sorted by
   key as the wire wants them. */
bool
    svcb_read(struct rdata_reader *self);

#endif
