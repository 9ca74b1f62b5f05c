/*
 * weights - how often each address of a name is to come first
 *
 * A file: a line with a name, then a line for each of its addresses with a
 * weight from 1 to 255; '#' starts a comment.  An address that is not listed
 * has the weight 1.
 */

#ifndef FRONTEND_WEIGHTS_H
#define FRONTEND_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"

typedef struct weights weights_t;

/* Reads the file.  NULL and a fault when it cannot be read or is wrong. */
weights_t *
    weights_load(const char *path, struct core_fault *fault);

/* The same without any: all addresses have the same weight until
   weights_refresh() finds the file. */
weights_t *
    weights_new(const char *path);

void
    weights_destroy(weights_t **self_p);

/*
 * Reads the file again when it has changed since.  Returns -1 and a fault when
 * it is wrong; then all stays as it was, and the fault is told once for each
 * change.
 */
int
    weights_refresh(weights_t *self, struct core_fault *fault);

/* The weight of an address (4 or 16 octets) of that name, in any case. */
unsigned
    weights_find(const weights_t *self, const uint8_t *name,
                 const uint8_t *address, size_t address_size);

#endif
