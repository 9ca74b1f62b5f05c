/*
 * selection - the services that answer for a name
 */

#include "etcd-sync/selection.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define VISITS (16 * SELECTION_LIMIT)   /* nodes looked at, without services
                                           too */

void
selection_start(struct selection *self)
{
    self->nodes = core_allocate(SELECTION_LIMIT * sizeof *self->nodes);
    self->count = 0;
}

void
selection_end(struct selection *self)
{
    free(self->nodes);
    self->nodes = NULL;
}

static void
take(struct selection *self, const struct tree_node *node,
     enum selection_wanted wanted)
{
    const struct service *service = node->service;

    if (service == NULL || self->count == SELECTION_LIMIT)
        return;
    if (wanted == SELECTION_HOSTS ? service->host_kind != SERVICE_NO_HOST
        : service->text_size > 0)
        self->nodes[self->count++] = node;
}

/* ---- groups -------------------------------------------------------------- */

static bool
has_group(const struct tree_node *node)
{
    return node->service->group_size > 0;
}

static bool
same_group(const struct tree_node *left, const struct tree_node *right)
{
    return left->service->group_size == right->service->group_size
        && memcmp(service_group(left->service), service_group(right->service),
                  left->service->group_size) == 0;
}

/*
 * The service whose group decides.  It is the first one, unless a higher one
 * that has a group follows; looking ends at a higher one that has none.
 */
static const struct tree_node *
find_leader(const struct selection *self, unsigned *depth)
{
    const struct tree_node *leader = self->nodes[0];

    *depth = tree_depth(leader);
    for (size_t i = 1; i < self->count; i++) {
        unsigned other = tree_depth(self->nodes[i]);

        if (other >= *depth)
            continue;
        if (!has_group(self->nodes[i]))
            break;
        leader = self->nodes[i];
        *depth = other;
    }
    return leader;
}

static void
keep_group(struct selection *self)
{
    const struct tree_node *leader;
    unsigned depth;
    size_t kept = 0;

    if (self->count == 0)
        return;
    leader = find_leader(self, &depth);
    if (!has_group(leader))
        return;
    for (size_t i = 0; i < self->count; i++)
        if (has_group(self->nodes[i]) && !same_group(self->nodes[i], leader)
            && tree_depth(self->nodes[i]) == depth)
            return;
    for (size_t i = 0; i < self->count; i++)
        if (!has_group(self->nodes[i]) || same_group(self->nodes[i], leader))
            self->nodes[kept++] = self->nodes[i];
    self->count = kept;
}

void
selection_make(struct selection *self, const struct tree_node *node,
               enum selection_wanted wanted)
{
    const struct tree_node *at = node;

    self->count = 0;
    if (node->below > SELECTION_LIMIT)
        return;
    if (node->below == 0)
        take(self, node, wanted);
    for (size_t i = 0; node->below > 0 && i < VISITS; i++) {
        at = tree_next(node, at);
        if (at == NULL)
            break;
        take(self, at, wanted);
    }
    keep_group(self);
}
