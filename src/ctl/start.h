/*
 * start - the verb start: check, lock, become the supervisor
 */

#ifndef CTL_START_H
#define CTL_START_H

#include "ctl/grammar.h"

int
    start_run(const struct request *request);

#endif
