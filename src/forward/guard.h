/*
 * guard - finds out whether an upstream leads back to this server
 *
 * A query with a label that nobody can guess is sent to a suspect upstream.
 * When a query with that label arrives here, the upstream is a loop.  Labels
 * are used once and forgotten soon, so who has seen one can do nothing with it.
 */

#ifndef FORWARD_GUARD_H
#define FORWARD_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/name.h"
#include "forward/generator.h"

typedef struct guard guard_t;

/* The generator is lent. */
guard_t *
    guard_new(generator_t *generator);

void
    guard_destroy(guard_t **self_p);

/*
 * Makes a name to ask a suspect for: below base, so that it goes the way the
 * query for base went.  suspect is remembered with it.
 */
void
    guard_name(guard_t *self, const uint8_t *base, const void *suspect,
               int64_t now_ms, uint8_t name[CORE_NAME_SIZE]);

/*
 * The suspect whose name this is, or NULL when it is none of ours.  A name
 * is found only once.
 */
const void *
    guard_find(guard_t *self, const uint8_t *name, int64_t now_ms);

#endif
