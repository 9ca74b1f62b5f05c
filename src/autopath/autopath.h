/*
 * autopath - the stage that walks the client's search path for it
 *
 *   search         which names a name leads to
 *   this file      asks for them, one after the other
 */

#ifndef AUTOPATH_AUTOPATH_H
#define AUTOPATH_AUTOPATH_H

#include "coredns/stage.h"

extern const struct core_stage autopath_stage;

#endif
