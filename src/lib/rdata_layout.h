/*
 * rdata_layout - which fields the rdata of each type has
 *
 * A type is a row of letters, one a field: what rdata.h reads and what
 * rdata_text.h writes.
 */

#ifndef LIB_RDATA_LAYOUT_H
#define LIB_RDATA_LAYOUT_H

#include <stdint.h>

/* The letter of a field. */
enum rdata_layout_field {
    FIELD_NAME = 'n', FIELD_SMALL_NAME = 'l',
    FIELD_8 = '1', FIELD_16 = '2', FIELD_32 = '4', FIELD_SECONDS = 't',
    FIELD_TIME = 'T', FIELD_TYPE = 'y', FIELD_ALGORITHM = 'g',
    FIELD_CERTIFICATE = 'c', FIELD_IPV4 = 'a', FIELD_IPV6 = '6',
    FIELD_STRING = 's', FIELD_STRINGS = 'S', FIELD_TEXT = 'q',
    FIELD_TAG = 'k', FIELD_HEX = 'x', FIELD_BASE64 = 'b', FIELD_SALT = 'h',
    FIELD_HASH = 'o', FIELD_TYPES = 'm', FIELD_EUI48 = 'e',
    FIELD_EUI64 = 'E', FIELD_LOCATOR = 'i', FIELD_PARAMETERS = 'v',
    FIELD_GATEWAY = 'G', FIELD_RELAY = 'R', FIELD_KEY = 'B',
};

/* The letters of a type's fields (enum rdata_layout_field), or NULL. */
const char *
    rdata_layout(uint16_t type);

#endif
