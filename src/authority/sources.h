/*
 * sources - the feeds that an authority follows, and when it is ready
 */

#ifndef AUTHORITY_SOURCES_H
#define AUTHORITY_SOURCES_H

#include "authority/zone.h"
#include "coredns/stage.h"

/* watch() of the stage. */
int
    sources_watch(void *state, core_life_t *life, struct core_fault *fault);

/* Tells other servers of the state of a zone; the owner is the struct
   authority. */
void
    sources_tell_servers(void *owner, const struct zone *zone);

#endif
