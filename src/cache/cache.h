/*
 * cache - remembers replies
 *
 * Answers what it knows, passes on what it does not, and learns from the
 * replies that come back.  A question that many ask at once goes down once.
 */

#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include "coredns/stage.h"

extern const struct core_stage cache_stage;

#endif
