/*
 * generator - numbers that nobody outside can guess
 *
 * For what an attacker would have to guess to forge a reply: ids, ports,
 * letters, which upstream is asked.
 */

#ifndef FORWARD_GENERATOR_H
#define FORWARD_GENERATOR_H

#include <stddef.h>
#include <stdint.h>

#define GENERATOR_SEED_SIZE 32

typedef struct generator generator_t;

/* Seeded by the kernel. */
generator_t *
    generator_new(void);

/* The same numbers for the same seed: for tests. */
generator_t *
    generator_new_seeded(const uint8_t seed[GENERATOR_SEED_SIZE]);

void
    generator_destroy(generator_t **self_p);

void
    generator_fill(generator_t *self, void *bytes, size_t size);

uint64_t
    generator_draw(generator_t *self);

/* 0 to limit - 1, each as likely as the others; limit is not 0. */
uint32_t
    generator_below(generator_t *self, uint32_t limit);

#endif
