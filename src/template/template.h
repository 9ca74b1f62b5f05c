/*
 * template - makes up answers from patterns and texts
 *
 * The only file of this folder that knows queries: a rule says which texts a
 * query is answered with, a text becomes a line, a line a record.
 */

#ifndef TEMPLATE_TEMPLATE_H
#define TEMPLATE_TEMPLATE_H

#include "coredns/stage.h"

extern const struct core_stage template_stage;

#endif
