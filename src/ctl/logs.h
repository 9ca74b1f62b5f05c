/*
 * logs - the verb logs: what the stages have written
 */

#ifndef CTL_LOGS_H
#define CTL_LOGS_H

#include "ctl/grammar.h"

int
    logs_run(const struct request *request);

#endif
