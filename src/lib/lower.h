/*
 * lower - letters made small, eight octets at once
 *
 * ASCII only, as names compare (RFC 4343); no label length is a letter.
 */

#ifndef LIB_LOWER_H
#define LIB_LOWER_H

#include <stdint.h>

/* The word with its capital letters made small. */
static inline uint64_t
lower_word(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t low = word & 0x7f * ones;
    uint64_t from_a = low + (0x80 - 'A') * ones;
    uint64_t above_z = low + (0x7f - 'Z') * ones;
    uint64_t capitals = (from_a ^ above_z) & ~word & 0x80 * ones;

    return word | capitals >> 2;
}

#endif
