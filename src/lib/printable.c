/*
 * printable - what may stand in a line that a person reads
 */

#include "lib/printable.h"

#include <stdbool.h>
#include <stdint.h>

static bool
continues(char octet)
{
    return ((unsigned char) octet & 0xC0) == 0x80;
}

/* The code of the sequence of that size, or 0 when it is not well formed. */
static uint32_t
decode(const char *text, size_t size)
{
    uint32_t code = (unsigned char) text[0] & (0xFFu >> (size + 1));

    for (size_t i = 1; i < size; i++) {
        if (!continues(text[i]))
            return 0;
        code = code << 6 | ((unsigned char) text[i] & 0x3F);
    }
    return code;
}

size_t
core_printable_size(const char *text)
{
    unsigned char first = (unsigned char) text[0];

    if (first < 0x80)
        return first >= 0x20 && first != 0x7F ? 1 : 0;
    if (first >= 0xC2 && first < 0xE0)
        return decode(text, 2) >= 0xA0 ? 2 : 0;         /* C1 ends at 9F */
    if (first >= 0xE0 && first < 0xF0) {
        uint32_t code = decode(text, 3);

        if (code == 0x2028 || code == 0x2029)           /* they break lines */
            return 0;
        return code >= 0x800 && (code < 0xD800 || code > 0xDFFF) ? 3 : 0;
    }
    if (first >= 0xF0 && first < 0xF5) {
        uint32_t code = decode(text, 4);

        return code >= 0x10000 && code <= 0x10FFFF ? 4 : 0;
    }
    return 0;
}

void
core_printable_clean(char *text)
{
    while (*text != '\0') {
        size_t size = core_printable_size(text);

        if (size == 0) {
            *text = '?';
            size = 1;
        }
        text += size;
    }
}
