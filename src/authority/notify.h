/*
 * notify - telling other servers that a zone has changed (RFC 1996)
 *
 * Each server is told of each new serial of a zone once it answers, five times
 * at most and then given up until the next change; never of one zone more
 * than once a second, for a zone may change a hundred times in it.
 */

#ifndef AUTHORITY_NOTIFY_H
#define AUTHORITY_NOTIFY_H

#include "authority/transfers.h"
#include "authority/zone.h"
#include "coredns/loop.h"
#include "coredns/telemetry.h"

typedef struct notifier notifier_t;

notifier_t *
    notifier_new(core_loop_t *loop, core_telemetry_t *telemetry);

void
    notifier_destroy(notifier_t **self_p);

/* The rule holds for the zone: its servers are told, if the zone's serial is
   not the one that they were told of.  Both are lent for the call. */
void
    notifier_tell(notifier_t *self, const struct zone *zone,
                  const struct transfer_rule *rule);

/* The rules are others from here on. */
void
    notifier_rules_changed(notifier_t *self);

/* Adds a fault for each address of the rule that is none; where is the place
   of the rule in the configuration ("authority.transfers[2]"). */
void
    notify_check(const struct transfer_rule *rule, const char *where,
                 core_faults_t *faults);

#endif
