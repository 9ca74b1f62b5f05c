/*
 * tap - the verb tap: what passes on the way to a stage, in this terminal
 */

#ifndef CTL_TAP_H
#define CTL_TAP_H

#include "ctl/grammar.h"

int
    tap_run(const struct request *request);

#endif
