/*
 * status_all - the verb status with --all: what runs on every host
 */

#ifndef CTL_STATUS_ALL_H
#define CTL_STATUS_ALL_H

#include "ctl/grammar.h"

int
    status_all_run(const struct request *request);

#endif
