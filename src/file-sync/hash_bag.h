/*
 * hash_bag - how often something is there, known by its hash
 *
 * A million records must not be kept only to know whether one of them is
 * there twice: eight octets each are enough.  Hashes start from a seed of
 * chance, so nobody can write a file in which two records look the same.
 */

#ifndef FILE_SYNC_HASH_BAG_H
#define FILE_SYNC_HASH_BAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hash_bag hash_bag_t;

/* With room for about so many; it grows. */
hash_bag_t *
    hash_bag_new(size_t expected);
void
    hash_bag_destroy(hash_bag_t **self_p);

/* Adds one; returns how many there are of it.  More than 255 count as 255, and
   are never forgotten. */
unsigned
    hash_bag_add(hash_bag_t *self, uint64_t hash);

/* Says that this one will be asked for soon. */
void
    hash_bag_expect(const hash_bag_t *self, uint64_t hash);

/* Takes one out; returns how many are left. */
unsigned
    hash_bag_remove(hash_bag_t *self, uint64_t hash);

unsigned
    hash_bag_count(const hash_bag_t *self, uint64_t hash);

/* How many different ones there are. */
size_t
    hash_bag_size(const hash_bag_t *self);

/* A hash of octets, mixed with that of what came before. */
uint64_t
    hash_octets(uint64_t before, const uint8_t *octets, size_t size);

/* A number to start hashing with, by chance. */
uint64_t
    hash_seed(void);

#endif
