/*
 * forward - asks upstream servers
 *
 * The tail of the pipe: names that a route covers are asked of its upstreams,
 * others go on to the next stage, if there is one.
 */

#ifndef FORWARD_FORWARD_H
#define FORWARD_FORWARD_H

#include "coredns/stage.h"

extern const struct core_stage forward_stage;

#endif
