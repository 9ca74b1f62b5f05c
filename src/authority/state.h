/*
 * state - what an authority is while it runs; for the files of the stage
 */

#ifndef AUTHORITY_STATE_H
#define AUTHORITY_STATE_H

#include "authority/answer.h"
#include "authority/counters.h"
#include "authority/notify.h"
#include "authority/subscription.h"
#include "authority/transfers.h"
#include "coredns/setting.h"
#include "coredns/stage.h"

struct authority {
    core_life_t *life;                  /* NULL before watch() */
    struct answer_style style;
    struct core_list expected;          /* const uint8_t *: zones that the
                                           sources will have; lent */
    bool is_complete;                   /* each source has been heard, or its
                                           zones were on disk */
    int64_t lookup_ms;
    int64_t patience_ms;
    core_timer_t *patience;             /* NULL: it is at its end */
    zones_t *zones;
    transfers_t *transfers;
    notifier_t *notifier;               /* NULL: another instance tells */
    size_t source_count;
    subscription_t **subscriptions;
    const char **source_names;          /* lent from the subscriptions */
    struct counters counters;
};

#endif
