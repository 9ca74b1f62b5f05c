/*
 * check - the verb check: all that is wrong with the configuration
 */

#ifndef CTL_CHECK_H
#define CTL_CHECK_H

#include "ctl/grammar.h"

int
    check_run(const struct request *request);

#endif
