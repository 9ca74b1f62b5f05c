/*
 * corefile_frontend - the addresses of a Corefile, and which blocks they serve
 */

#ifndef CTL_COREFILE_FRONTEND_H
#define CTL_COREFILE_FRONTEND_H

#include "ctl/corefile_directive.h"
#include "ctl/corefile_stages.h"

typedef struct corefile_listeners corefile_listeners_t;

corefile_listeners_t *
    corefile_listeners_new(void);

void
    corefile_listeners_destroy(corefile_listeners_t **self_p);

/*
 * Notes that the zone of the chain is served at the address ("": all there
 * are) and port; a fault when it is another block's already.  The zones of a
 * chain come one after the other.
 */
void
    corefile_listeners_add(corefile_listeners_t *self,
                           struct corefile_chain *chain, const char *address,
                           unsigned port, const char *zone);

/* Adds what is wrong with addresses that blocks share. */
void
    corefile_listeners_check(corefile_listeners_t *self,
                             core_faults_t *faults);

/* Tells each chain the name its frontend will have. */
void
    corefile_listeners_name(corefile_listeners_t *self);

/* Makes the frontends; all chains have their heads. */
void
    corefile_listeners_put(corefile_listeners_t *self,
                           corefile_stages_t *fronts);

#endif
