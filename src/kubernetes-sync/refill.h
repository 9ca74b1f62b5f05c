/*
 * refill - slices of single services, read once more
 *
 * When a service turns out to need endpoints that were not kept, its slices
 * are asked for by themselves, one service after the other.
 */

#ifndef KUBERNETES_SYNC_REFILL_H
#define KUBERNETES_SYNC_REFILL_H

#include <jansson.h>

#include "coredns/loop.h"
#include "kubernetes-sync/client.h"

typedef struct refill refill_t;

/* A slice that was read. */
typedef void refill_taken(void *owner, const json_t *json);

refill_t *
    refill_new(core_loop_t *loop, client_t *client, refill_taken *taken,
               void *owner);
void
    refill_destroy(refill_t **self_p);

/* False when too many wait already. */
bool
    refill_add(refill_t *self, const char *space, const char *service);

#endif
