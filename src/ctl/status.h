/*
 * status - the verb status: what runs and how it is
 */

#ifndef CTL_STATUS_H
#define CTL_STATUS_H

#include "ctl/grammar.h"

#define STATUS_SCHEMA "corednsctl.status/1"

int
    status_run(const struct request *request);

#endif
