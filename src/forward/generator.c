/*
 * generator - numbers that nobody outside can guess
 *
 * ChaCha20 with fast key erasure: each pool of the stream begins with the key
 * of the next one, so a process that is read out does not tell what it drew
 * before.  A pool lasts for hundreds of queries, because setting a key costs
 * as much as a kilobyte of the stream.  The kernel is asked once: a system call
 * for each query would cost more than the rest of choosing its id, port and
 * letters.
 */

#include "forward/generator.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/evp.h>

#include "coredns/memory.h"

#define POOL_SIZE 8192

struct generator {
    EVP_CIPHER_CTX *cipher;
    size_t used;
    uint8_t pool[POOL_SIZE];            /* the next key, then what is drawn */
};

static void
refill(generator_t *self)
{
    static const uint8_t counter_and_nonce[16];
    uint8_t key[GENERATOR_SEED_SIZE];
    int size = 0;

    memcpy(key, self->pool, sizeof key);
    memset(self->pool, 0, sizeof self->pool);

    int rc = EVP_EncryptInit_ex(self->cipher, EVP_chacha20(), NULL, key,
                                counter_and_nonce);

    assert(rc == 1);
    rc = EVP_EncryptUpdate(self->cipher, self->pool, &size, self->pool,
                           sizeof self->pool);
    assert(rc == 1 && size == POOL_SIZE);
    explicit_bzero(key, sizeof key);
    self->used = GENERATOR_SEED_SIZE;
}

generator_t *
generator_new_seeded(const uint8_t seed[GENERATOR_SEED_SIZE])
{
    generator_t *self = core_allocate(sizeof *self);

    self->cipher = EVP_CIPHER_CTX_new();
    assert(self->cipher != NULL);
    memcpy(self->pool, seed, GENERATOR_SEED_SIZE);
    refill(self);
    return self;
}

generator_t *
generator_new(void)
{
    uint8_t seed[GENERATOR_SEED_SIZE];
    ssize_t size = getrandom(seed, sizeof seed, 0);

    assert(size == sizeof seed);        /* up to 256 octets always come whole */

    generator_t *self = generator_new_seeded(seed);

    explicit_bzero(seed, sizeof seed);
    return self;
}

void
generator_destroy(generator_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    EVP_CIPHER_CTX_free((*self_p)->cipher);
    explicit_bzero(*self_p, sizeof **self_p);
    free(*self_p);
    *self_p = NULL;
}

void
generator_fill(generator_t *self, void *bytes, size_t size)
{
    uint8_t *at = bytes;

    while (size > 0) {
        size_t part = POOL_SIZE - self->used;

        if (part == 0) {
            refill(self);
            continue;
        }
        if (part > size)
            part = size;
        memcpy(at, self->pool + self->used, part);
        memset(self->pool + self->used, 0, part);
        self->used += part;
        at += part;
        size -= part;
    }
}

uint64_t
generator_draw(generator_t *self)
{
    uint64_t number;

    generator_fill(self, &number, sizeof number);
    return number;
}

uint32_t
generator_below(generator_t *self, uint32_t limit)
{
    assert(limit > 0);

    /* The few numbers above the last whole multiple would favour some. */
    uint32_t rest = (uint32_t) (-limit) % limit;
    uint32_t number;

    do {
        generator_fill(self, &number, sizeof number);
    } while (number < rest);
    return number % limit;
}
