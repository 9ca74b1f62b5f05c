/*
 * strange - tells of objects that make no sense
 *
 * A line each, but no more of them in a minute than somebody reads.
 */

#ifndef KUBERNETES_SYNC_STRANGE_H
#define KUBERNETES_SYNC_STRANGE_H

#include <stdint.h>

#include "kubernetes-sync/object.h"

/* All zero at the beginning. */
struct strange {
    unsigned count;                     /* of lines */
    int64_t since_ms;                   /* when they began to be counted */
};

/* Logs kind, namespace, name and what is wrong. */
void
    strange_tell(struct strange *self, const struct object *object,
                 int64_t now_ms);

#endif
