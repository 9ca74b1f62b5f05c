/*
 * dispatch - from a query to the reply of an upstream
 *
 * A query becomes a flight, or joins one that asks the same.  A flight makes
 * attempts: one upstream after the other, each waited for as long as it
 * usually takes, none given up before its time, until one replies or no time
 * is left.
 */

#ifndef FORWARD_DISPATCH_H
#define FORWARD_DISPATCH_H

#include <stdio.h>

#include "coredns/stage.h"
#include "forward/metrics.h"
#include "forward/plan.h"

typedef struct dispatch dispatch_t;

/* All is lent. */
dispatch_t *
    dispatch_new(core_life_t *life, generator_t *generator,
                 metrics_t *metrics);

/* No query may be under way any more, but attempts nobody waits for. */
void
    dispatch_destroy(dispatch_t **self_p);

/* From here on queries take this plan, which is the dispatch's from here on;
   what was known of its upstreams stays known. */
void
    dispatch_change(dispatch_t *self, plan_t *plan);

/* The plan queries take; NULL before the first one. */
plan_t *
    dispatch_plan(const dispatch_t *self);

enum core_verdict
    dispatch_query(dispatch_t *self, core_query_t *query);

/* Writes a line for each upstream: its route, state, speed. */
void
    dispatch_report(const dispatch_t *self, FILE *file);

#endif
