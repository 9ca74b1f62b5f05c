/*
 * rates - queries a second of each process, from what it publishes
 */

#ifndef CTL_RATES_H
#define CTL_RATES_H

#include "coredns/loop.h"

typedef struct rates rates_t;

rates_t *
    rates_new(void *context, core_loop_t *loop);

void
    rates_destroy(rates_t **self_p);

/* Listens to the telemetry of that endpoint, or no longer. */
void
    rates_follow(rates_t *self, const char *endpoint);
void
    rates_unfollow(rates_t *self, const char *endpoint);

/* Queries a second of that process; -1 when it tells of none. */
double
    rates_of(const rates_t *self, const char *name);

#endif
