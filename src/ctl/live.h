/*
 * live - the verbs flush, cache, zones, log and next: words to the stages
 *
 * Each process of a kind is asked through its own control endpoint; what it
 * says is printed, behind its name when there are several.
 */

#ifndef CTL_LIVE_H
#define CTL_LIVE_H

#include "ctl/grammar.h"

int
    flush_run(const struct request *request);
int
    cache_run(const struct request *request);
int
    zones_run(const struct request *request);
int
    log_run(const struct request *request);
int
    next_run(const struct request *request);

#endif
