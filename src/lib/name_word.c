/*
 * name_word - a word of zone text as a domain name
 */

#include "lib/name_word.h"

#include <stdbool.h>
#include <string.h>

/* An escape at *at: \DDD or \X.  Returns the octet, or -1; moves *at to its
   last character. */
static int
read_escape(const char **at, const char *end)
{
    const char *digits = *at + 1;
    int value = 0;

    if (digits == end)
        return -1;
    if (*digits < '0' || *digits > '9') {
        *at = digits;
        return (uint8_t) *digits;
    }
    if (end - digits < 3)
        return -1;
    for (unsigned i = 0; i < 3; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        value = value * 10 + digits[i] - '0';
    }
    *at = digits + 2;
    return value > 255 ? -1 : value;
}

/* Puts the origin behind the labels that end at size. */
static int
add_origin(uint8_t bytes[CORE_NAME_SIZE], size_t size,
           const struct core_zone_name *origin)
{
    if (origin->size == 0 || size + origin->size > CORE_NAME_SIZE)
        return -1;
    memcpy(bytes + size, origin->bytes, origin->size);
    return (int) (size + origin->size);
}

static inline uint8_t
small(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
}

int
core_name_word(uint8_t bytes[CORE_NAME_SIZE], const struct core_word *word,
               const struct core_zone_name *origin, enum core_name_case letters)
{
    const char *at = word->text;
    const char *end = at + word->size;
    size_t label = 0;                   /* where its length octet is */
    size_t size = 1;

    if (word->size == 1 && *at == '@')
        return add_origin(bytes, 0, origin);
    if (word->size == 1 && *at == '.') {
        bytes[0] = 0;
        return 1;
    }
    for (; at < end; at++) {
        int octet = (uint8_t) *at;

        if (octet == '.') {
            size_t length = size - label - 1;

            if (length == 0 || length > CORE_LABEL_SIZE
                || size >= CORE_NAME_SIZE)
                return -1;
            bytes[label] = (uint8_t) length;
            label = size++;
            continue;
        }
        if (octet == '\\') {
            octet = read_escape(&at, end);
            if (octet == -1)
                return -1;
        }
        if (size >= CORE_NAME_SIZE)
            return -1;
        bytes[size++] = letters == CORE_NAME_SMALL ? small((uint8_t) octet)
            : (uint8_t) octet;
    }

    /* Behind a final dot the label that was begun is the root's. */
    size_t length = size - label - 1;

    if (length == 0) {
        bytes[label] = 0;
        return word->size == 0 ? -1 : (int) size;
    }
    if (length > CORE_LABEL_SIZE)
        return -1;
    bytes[label] = (uint8_t) length;
    return add_origin(bytes, size, origin);
}
