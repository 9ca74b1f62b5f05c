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
 * Makes the stages of a chain, or finds those that are the same; the drafts of
 * the chain are moved.  Chains of other places are not joined, unless they are
 * the same.  Sets the chain's head.
 */
void
    corefile_stages_add(corefile_stages_t *self,
                        struct corefile_chain *chain);

/* The name of a stage that answers nothing, so that all is REFUSED; lent. */
const char *
    corefile_stages_add_refusal(corefile_stages_t *self,
                                const struct corefile_block *block);

/* A stage of that program with these members, which are moved; its name. */
const char *
    corefile_stages_put(corefile_stages_t *self, const char *program,
                        struct draft *members,
                        const struct corefile_block *block);

void
    corefile_stages_write(const corefile_stages_t *self, FILE *file);

#endif
