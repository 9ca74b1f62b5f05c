/*
 * chaos - delays, drops, repeats and breaks on purpose
 *
 * The only file of this folder that knows queries; settings.c and effect.c say
 * what befalls them, memory.c what befell them before, waiting.c keeps those
 * that are late, making.c writes answers.
 */

#ifndef CHAOS_CHAOS_H
#define CHAOS_CHAOS_H

#include "coredns/stage.h"

extern const struct core_stage chaos_stage;

#endif
