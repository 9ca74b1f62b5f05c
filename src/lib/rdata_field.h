/*
 * rdata_field - the kinds of fields that rdata is made of
 *
 * Each takes the word in front (or all that are left) and appends what it
 * stands for.  False: rdata_fail() was called.
 */

#ifndef LIB_RDATA_FIELD_H
#define LIB_RDATA_FIELD_H

#include "lib/rdata.h"

/* The letter of a field in the table of types. */
enum rdata_field {
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

/* Reads the field of that letter. */
bool
    rdata_field_read(struct core_rdata_reader *self, char letter);

#endif
