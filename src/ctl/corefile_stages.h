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

/* Says where queries go on, or what they get where they may come to the end:
   CoreDNS fails there. */
void
    corefile_set_next(struct draft *members,
                      const struct corefile_block *block, const char *next,
                      bool is_left);

/* Moves the items to the members, as a list of that key. */
void
    corefile_set_list(struct draft *members,
                      const struct corefile_block *block, const char *key,
                      struct draft *items);

/* For corefile_stages_build(): the stages of one kind for all chains, or for
   one. */
void
    corefile_build_forwards(corefile_stages_t *self,
                            struct corefile_chain *chains, size_t count);
void
    corefile_build_authorities(corefile_stages_t *self,
                               struct corefile_chain *chains, size_t count);
void
    corefile_put_etcd(corefile_stages_t *self, struct corefile_chain *chain);

void
    corefile_stages_write(const corefile_stages_t *self, FILE *file);

#endif
