/*
 * sources - the feeds that an authority follows, and when it is ready
 */

#ifndef AUTHORITY_SOURCES_H
#define AUTHORITY_SOURCES_H

#include "coredns/stage.h"

/* watch() of the stage. */
int
    sources_watch(void *state, core_life_t *life, struct core_fault *fault);

#endif
