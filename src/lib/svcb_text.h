/*
 * svcb_text - the parameters of SVCB and HTTPS records as words (RFC 9460)
 */

#ifndef LIB_SVCB_TEXT_H
#define LIB_SVCB_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/sheet.h"

/* Writes all parameters; false when they are not as their keys say. */
bool
    svcb_text(struct core_sheet *sheet, const uint8_t *parameters,
              size_t size);

#endif
