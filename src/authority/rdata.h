/*
 * rdata - what an authority must know of the inside of a record
 *
 * Feeds are not trusted to send well-formed rdata: a record that is not sound
 * never enters a zone, so all that reads records later need not look again.
 */

#ifndef AUTHORITY_RDATA_H
#define AUTHORITY_RDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Says whether the names and fixed fields that the type has are all there.
   Types that nothing here reads are sound with any content. */
bool
    rdata_is_sound(uint16_t type, const uint8_t *rdata, size_t size);

/* Says whether two sound records are the same (names: but for their case). */
bool
    rdata_equal(uint16_t type, const uint8_t *left, size_t left_size,
                const uint8_t *right, size_t right_size);

/* Equal records have equal hashes. */
uint32_t
    rdata_hash(const uint8_t *rdata, size_t size);

/*
 * The name whose addresses a client will want next (RFC 1035 section 3.3, RFC
 * 2782, RFC 9460): the target of NS, MX, SRV, SVCB or HTTPS.  NULL for all
 * other types.
 */
const uint8_t *
    rdata_target(uint16_t type, const uint8_t *rdata);

/* The type that a signature covers. */
static inline uint16_t
rdata_covered(const uint8_t *rdata)
{
    return (uint16_t) (rdata[0] << 8 | rdata[1]);
}

#endif
