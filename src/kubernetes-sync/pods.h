/*
 * pods - which addresses have a pod, in which namespace
 *
 * Hundreds of thousands of them, so of a pod nothing is kept but its address,
 * its namespace and a number of 64 bits made of its name, from a secret: two
 * pods with the same number are not to be expected in the life of a cluster.
 * One table holds addresses of one size.
 */

#ifndef KUBERNETES_SYNC_PODS_H
#define KUBERNETES_SYNC_PODS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kubernetes-sync/address.h"

typedef struct pods pods_t;

/* One pod, unpacked. */
struct pod {
    uint64_t key;
    uint16_t space;                     /* number of its namespace */
    uint8_t generation;                 /* of the list that named it last */
    struct address address;
};

/* address_size: 4 or 16. */
pods_t *
    pods_new(unsigned address_size);
void
    pods_destroy(pods_t **self_p);

size_t
    pods_count(const pods_t *self);

/* Places there are, free ones too; a pod keeps its place for life. */
uint32_t
    pods_places(const pods_t *self);

/* The pod at a place; false when there is none. */
bool
    pods_at(const pods_t *self, uint32_t place, struct pod *pod);

/* The place of the pod with that key; SHELF_NONE when there is none. */
uint32_t
    pods_find(const pods_t *self, uint64_t key);

/* Adds a pod whose key is not there; its place. */
uint32_t
    pods_add(pods_t *self, const struct pod *pod);

void
    pods_remove(pods_t *self, uint32_t place);

void
    pods_stamp(pods_t *self, uint32_t place, uint8_t generation);

/* How many pods have that address in that namespace; counts up to two. */
unsigned
    pods_with(const pods_t *self, uint16_t space,
              const struct address *address);

#endif
