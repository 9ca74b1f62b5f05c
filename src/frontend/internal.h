/*
 * internal - questions of other stages, which are treated like a client's
 *
 * They come by the frontend's own pipe; the reply goes back to the stage that
 * asked, by the envelope of its query, with the trail that the reply has.
 */

#ifndef FRONTEND_INTERNAL_H
#define FRONTEND_INTERNAL_H

#include "frontend/dispatch.h"

typedef struct internal internal_t;

/* Binds endpoint; NULL and a fault when that is not possible. */
internal_t *
    internal_new(core_life_t *life, const char *endpoint, dispatch_t *dispatch,
                inflight_t *slots, struct core_fault *fault);

void
    internal_destroy(internal_t **self_p);

/* Sends the replies that were gathered in this round. */
void
    internal_flush(internal_t *self);

#endif
