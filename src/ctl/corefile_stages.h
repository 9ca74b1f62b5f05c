/*
 * corefile_stages - the stages that the chains of a Corefile become
 */

#ifndef CTL_COREFILE_STAGES_H
#define CTL_COREFILE_STAGES_H

#include <stdio.h>

#include "ctl/corefile_directive.h"

typedef struct corefile_stages corefile_stages_t;

corefile_stages_t *
    corefile_stages_new(void);

void
    corefile_stages_destroy(corefile_stages_t **self_p);

/*
 * Makes the stages of all chains and sets the head of each: NULL where nobody
 * is asked.  The drafts of the chains are moved.  Stages that read the same are
 * one.  Chains of one place share what serves each of them for its own zones
 * alone: zone files, upstreams.
 */
void
    corefile_stages_build(corefile_stages_t *self,
                          struct corefile_chain *chains, size_t count);

/* A stage of that program with these members, which are moved; its name. */
const char *
    corefile_stages_put(corefile_stages_t *self, const char *program,
                        struct draft *members,
                        const struct corefile_block *block);

void
    corefile_stages_write(const corefile_stages_t *self, FILE *file);

#endif
