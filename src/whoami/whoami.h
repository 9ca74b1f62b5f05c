/*
 * whoami - tells clients who they are, as seen from here
 *
 * The only file of this folder that knows queries; portrait.c writes what is
 * said.
 */

#ifndef WHOAMI_WHOAMI_H
#define WHOAMI_WHOAMI_H

#include "coredns/stage.h"

extern const struct core_stage whoami_stage;

#endif
