/*
 * order - the verbs stop, restart and reload: orders to the supervisor
 */

#ifndef CTL_ORDER_H
#define CTL_ORDER_H

#include "ctl/grammar.h"

/*
 * Gives an order to the supervisor, a verb and its arguments, ended by NULL,
 * and prints what it says; the exit code.
 */
int
    order_give(const struct request *request, const char *const *words);

int
    stop_run(const struct request *request);
int
    restart_run(const struct request *request);
int
    reload_run(const struct request *request);

#endif
