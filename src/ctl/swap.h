/*
 * swap - the verbs swap, insert and remove: programs put on the wires by hand
 */

#ifndef CTL_SWAP_H
#define CTL_SWAP_H

#include "ctl/grammar.h"

int
    swap_run(const struct request *request);
int
    insert_run(const struct request *request);
int
    remove_run(const struct request *request);

#endif
