/*
 * selection - the services that answer for a name
 *
 * All below its node in the order of their keys; its own service only when
 * there is nothing below.  Then the groups: that of the highest service which
 * has one leaves only its members and those of no group, unless services as
 * high as that one disagree.
 */

#ifndef ETCD_SYNC_SELECTION_H
#define ETCD_SYNC_SELECTION_H

#include <stddef.h>

#include "etcd-sync/tree.h"

/*
 * A name with more services below it has no records of them: no message could
 * hold so many addresses, and no change of one of them may cost more.
 */
#define SELECTION_LIMIT 4000

enum selection_wanted {
    SELECTION_HOSTS,                    /* services with a host */
    SELECTION_TEXTS,                    /* services with a text */
};

struct selection {
    const struct tree_node **nodes;
    size_t count;
};

/* An empty one; ended by selection_end(). */
void
    selection_start(struct selection *self);
void
    selection_end(struct selection *self);

/* Fills it anew. */
void
    selection_make(struct selection *self, const struct tree_node *node,
                   enum selection_wanted wanted);

#endif
