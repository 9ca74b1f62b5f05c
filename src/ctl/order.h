/*
 * order - the verbs stop, restart and reload: orders to the supervisor
 */

#ifndef CTL_ORDER_H
#define CTL_ORDER_H

#include "ctl/grammar.h"

int
    stop_run(const struct request *request);
int
    restart_run(const struct request *request);
int
    reload_run(const struct request *request);

#endif
