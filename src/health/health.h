/*
 * health - tells over HTTP how the toolkit is
 *
 * The only file of this folder that knows settings and the process' life; what
 * it tells is in roster.h and exposition.h, how it is told in http.h.
 */

#ifndef HEALTH_HEALTH_H
#define HEALTH_HEALTH_H

#include "coredns/stage.h"

extern const struct core_stage health_stage;

#endif
