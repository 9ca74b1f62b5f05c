/*
 * rdata_text - rdata as the words behind a type, in the notation of zone files
 *
 * The other way of rdata.h, by the same table of fields: what is written here
 * is read there as the same octets.  What a type's fields do not fit, and any
 * type without a row, is written in the generic form of RFC 3597.  No
 * allocation; takes any octets.
 */

#ifndef LIB_RDATA_TEXT_H
#define LIB_RDATA_TEXT_H

#include <stdint.h>

#include "lib/sheet.h"

/* Writes rdata whose names are not compressed. */
void
    core_rdata_text(struct core_sheet *sheet, uint16_t type,
                    const uint8_t *rdata, size_t size);

#endif
