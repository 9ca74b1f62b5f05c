/*
 * hash - the hashed owner names of NSEC3 (RFC 5155 section 5)
 *
 * The library is first asked for its hash when a zone has need of one: before
 * that it takes two megabytes and some milliseconds of nobody.
 */

#include "authority/hash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

#include "coredns/memory.h"

#include <stdlib.h>

#define DIGEST_SIZE 20                  /* SHA-1, the only hash there is */
#define BASE32_SIZE 32

struct hasher {
    EVP_MD *sha1;                       /* NULL: not asked for yet */
    EVP_MD_CTX *context;
};

hasher_t *
hasher_new(void)
{
    hasher_t *self = core_allocate(sizeof *self);

    return self;
}

void
hasher_destroy(hasher_t **self_p)
{
    hasher_t *self = *self_p;

    if (self == NULL)
        return;
    EVP_MD_CTX_free(self->context);
    EVP_MD_free(self->sha1);
    free(self);
    *self_p = NULL;
}

static void
prepare(hasher_t *self)
{
    if (self->sha1 != NULL)
        return;
    self->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    if (self->context == NULL)
        self->context = EVP_MD_CTX_new();
    assert(self->context != NULL);
}

static bool
digest(hasher_t *self, const void *octets, size_t size,
       const struct zone_nsec3 *nsec3, uint8_t result[DIGEST_SIZE])
{
    return EVP_DigestInit_ex2(self->context, self->sha1, NULL) == 1
        && EVP_DigestUpdate(self->context, octets, size) == 1
        && EVP_DigestUpdate(self->context, nsec3->salt, nsec3->salt_size) == 1
        && EVP_DigestFinal_ex(self->context, result, NULL) == 1;
}

/* RFC 4648 section 7; 160 bits make 32 letters without padding. */
static void
write_base32(uint8_t text[BASE32_SIZE], const uint8_t octets[DIGEST_SIZE])
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuv";
    uint32_t bits = 0;
    unsigned count = 0;

    for (unsigned i = 0; i < DIGEST_SIZE; i++) {
        bits = bits << 8 | octets[i];
        for (count += 8; count >= 5; count -= 5)
            *text++ = (uint8_t) letters[bits >> (count - 5) & 31];
    }
}

bool
hasher_owner(hasher_t *self, const struct zone *zone, const uint8_t *name,
             uint8_t owner[CORE_NAME_SIZE])
{
    const struct zone_nsec3 *nsec3 = zone->nsec3;
    size_t size = core_name_size(name);
    size_t zone_size = core_name_size(zone->id.name);
    uint8_t lower[CORE_NAME_SIZE];
    uint8_t hash[DIGEST_SIZE];

    prepare(self);
    if (self->sha1 == NULL || 1 + BASE32_SIZE + zone_size > CORE_NAME_SIZE)
        return false;
    memcpy(lower, name, size);
    core_name_lower(lower);
    if (!digest(self, lower, size, nsec3, hash))
        return false;
    for (unsigned i = 0; i < nsec3->iterations; i++)
        if (!digest(self, hash, sizeof hash, nsec3, hash))
            return false;
    owner[0] = BASE32_SIZE;
    write_base32(owner + 1, hash);
    memcpy(owner + 1 + BASE32_SIZE, zone->id.name, zone_size);
    return true;
}
