/*
 * exec - hands queries to a script as lines of JSON
 */

#ifndef EXEC_EXEC_H
#define EXEC_EXEC_H

#include "coredns/stage.h"

extern const struct core_stage exec_stage;

#endif
