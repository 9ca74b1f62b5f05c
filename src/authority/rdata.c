/*
 * rdata - what an authority must know of the inside of a record
 */

#include "authority/rdata.h"

#include <string.h>

#include "coredns/name.h"
#include "coredns/rrtype.h"

#define SOA_FIXED 20
#define RRSIG_FIXED 18
#define NSEC3_FIXED 5                   /* algorithm, flags, iterations, and
                                           the length of the salt */

/* So many names from offset on, then at least so many octets more, or exactly
   those. */
enum rest { AT_LEAST, EXACTLY };

static bool
has_names(const uint8_t *rdata, size_t size, size_t offset, unsigned names,
          enum rest rest, size_t rest_size)
{
    for (; names > 0; names--) {
        if (offset >= size)
            return false;

        int name_size = core_name_check(rdata + offset, size - offset);

        if (name_size == -1)
            return false;
        offset += (size_t) name_size;
    }
    if (offset > size || size - offset < rest_size)
        return false;
    return rest == AT_LEAST || size - offset == rest_size;
}

/* RFC 5155 section 3.2: the salt, then the hash, each behind its length. */
static bool
is_sound_nsec3(const uint8_t *rdata, size_t size)
{
    if (size < NSEC3_FIXED)
        return false;

    size_t hash = NSEC3_FIXED + (size_t) rdata[4];

    return hash < size && hash + 1 + rdata[hash] <= size;
}

bool
rdata_is_sound(uint16_t type, const uint8_t *rdata, size_t size)
{
    switch (type) {
    case CORE_A:
        return size == 4;
    case CORE_AAAA:
        return size == 16;
    case CORE_SOA:
        return has_names(rdata, size, 0, 2, EXACTLY, SOA_FIXED);
    case CORE_SVCB:
    case CORE_HTTPS:
        return has_names(rdata, size, 2, 1, AT_LEAST, 0);
    case CORE_RRSIG:
        return has_names(rdata, size, RRSIG_FIXED, 1, AT_LEAST, 0);
    case CORE_NSEC:
        return has_names(rdata, size, 0, 1, AT_LEAST, 0);
    case CORE_NSEC3:
        return is_sound_nsec3(rdata, size);
    case CORE_NSEC3PARAM:
        return size >= NSEC3_FIXED
            && size == NSEC3_FIXED + (size_t) rdata[4];
    default:
        break;
    }

    struct core_rrtype_names names = core_rrtype_names(type);

    return names.names == 0
        || has_names(rdata, size, names.before, names.names, AT_LEAST, 0);
}

static inline uint8_t
lower(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? (uint8_t) (octet | 0x20) : octet;
}

bool
rdata_equal(uint16_t type, const uint8_t *left, size_t left_size,
            const uint8_t *right, size_t right_size)
{
    if (left_size != right_size)
        return false;
    if (memcmp(left, right, left_size) == 0)
        return true;

    struct core_rrtype_names names = core_rrtype_names(type);
    size_t offset = names.before;

    if (names.names == 0 || memcmp(left, right, offset) != 0)
        return false;
    for (unsigned i = 0; i < names.names; i++) {
        if (!core_name_equal(left + offset, right + offset))
            return false;
        offset += core_name_size(left + offset);
    }
    return memcmp(left + offset, right + offset, left_size - offset) == 0;
}

uint32_t
rdata_hash(const uint8_t *rdata, size_t size)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ lower(rdata[i])) * 16777619u;
    return hash ^ hash >> 15;
}

const uint8_t *
rdata_target(uint16_t type, const uint8_t *rdata)
{
    switch (type) {
    case CORE_NS:
        return rdata;
    case CORE_MX:
    case CORE_SVCB:
    case CORE_HTTPS:
        return rdata + 2;
    case CORE_SRV:
        return rdata + 6;
    default:
        return NULL;
    }
}
