/*
 * figures - what the supervisor tells of itself, as every process does
 */

#ifndef CTL_FIGURES_H
#define CTL_FIGURES_H

#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/loop.h"

typedef struct figures figures_t;

/* endpoint: where they are published.  Returns NULL and a fault when it cannot
   be taken. */
figures_t *
    figures_new(void *context, core_loop_t *loop, const char *endpoint,
                struct core_fault *fault);
void
    figures_destroy(figures_t **self_p);

/* That file is the checked configuration that runs now. */
void
    figures_take_version(figures_t *self, const char *path);

/* Where processes that a fault of their own has ended are counted. */
uint64_t *
    figures_panics(figures_t *self);

/* A reload failed. */
void
    figures_count_failure(figures_t *self);

#endif
