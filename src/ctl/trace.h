/*
 * trace - the verb trace: one query, and every stop on its way
 */

#ifndef CTL_TRACE_H
#define CTL_TRACE_H

#include "ctl/grammar.h"

int
    trace_run(const struct request *request);

#endif
