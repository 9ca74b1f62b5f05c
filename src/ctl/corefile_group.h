/*
 * corefile_group - chains of a Corefile that share a stage
 *
 * Thousands of blocks are not thousands of processes.  Where a block serves
 * files or upstreams for just its own zones, a name comes to it exactly when
 * no other block's zone is nearer to it; one stage that knows the zones of all
 * such blocks decides the same way, and they share it.
 */

#ifndef CTL_COREFILE_GROUP_H
#define CTL_COREFILE_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include <czmq.h>

#include "ctl/corefile_directive.h"

/* Chains that share a stage. */
struct corefile_group {
    const struct corefile_block *block; /* the first of them */
    const struct corefile_chain *chain; /* the same */
    struct draft items;                 /* of its list */
    struct draft transfers;             /* of those chains that have some */
    struct corefile_zones closed;       /* zones of those that have none */
    bool is_left;                       /* queries may go on behind it */
    const char *name;                   /* of the stage, when it is made */
};

struct corefile_groups {
    zhashx_t *by_key;                   /* struct corefile_group, lent */
    struct corefile_group **items;
    size_t count, capacity;
};

/* All zero but for by_key = zhashx_new() is an empty set of them. */
void
    corefile_groups_clear(struct corefile_groups *self);

/* The group of chains of that place whose next stage is the same. */
struct corefile_group *
    corefile_groups_join(struct corefile_groups *self,
                         const struct corefile_chain *chain);

/* The stage of the chain's group, if it has one, is its first one from here on;
   it leaves the group. */
void
    corefile_group_take(struct corefile_chain *chain);

#endif
