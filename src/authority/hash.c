/*
 * hash - the hashed owner names of NSEC3 (RFC 5155 section 5)
 *
 * A round takes a third of a microsecond, three times as long as libcrypto
 * needs with the instructions that many processors have for it; but libcrypto
 * takes half a megabyte and more of each authority.
 */

#include "authority/hash.h"

#include <sha1.h>
#include <string.h>

#include "lib/sheet.h"

#define BASE32_SIZE 32                  /* 160 bits, without padding */

static void
digest(const uint8_t *octets, size_t size, const struct zone_nsec3 *nsec3,
       uint8_t result[SHA1_DIGEST_LENGTH])
{
    SHA1_CTX context;

    SHA1Init(&context);
    SHA1Update(&context, octets, size);
    SHA1Update(&context, nsec3->salt, nsec3->salt_size);
    SHA1Final(result, &context);
}

bool
hash_owner(const struct zone *zone, const uint8_t *name,
           uint8_t owner[CORE_NAME_SIZE])
{
    const struct zone_nsec3 *nsec3 = zone->nsec3;
    size_t size = core_name_size(name);
    size_t zone_size = core_name_size(zone->id.name);
    struct core_sheet label = {
        .text = (char *) owner + 1, .limit = BASE32_SIZE,
    };
    uint8_t lower[CORE_NAME_SIZE];
    uint8_t hash[SHA1_DIGEST_LENGTH];

    if (1 + BASE32_SIZE + zone_size > CORE_NAME_SIZE)
        return false;
    memcpy(lower, name, size);
    core_name_lower(lower);
    digest(lower, size, nsec3, hash);
    for (unsigned i = 0; i < nsec3->iterations; i++)
        digest(hash, sizeof hash, nsec3, hash);
    owner[0] = BASE32_SIZE;
    core_sheet_base32(&label, hash, sizeof hash);
    memcpy(owner + 1 + BASE32_SIZE, zone->id.name, zone_size);
    return true;
}
