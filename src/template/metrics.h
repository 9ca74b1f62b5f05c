/*
 * metrics - how often each rule matched, and how often its texts failed
 *
 * Values outlive the rules they are of: what a reload brings back counts on.
 */

#ifndef TEMPLATE_METRICS_H
#define TEMPLATE_METRICS_H

#include "coredns/telemetry.h"
#include "template/rule.h"

typedef struct metrics metrics_t;

metrics_t *
    metrics_new(core_telemetry_t *telemetry);
void
    metrics_destroy(metrics_t **self_p);

/* The rule answers a query of that zone of its own. */
void
    metrics_match(metrics_t *self, const struct rule *rule, size_t zone);

enum metrics_failure {
    METRICS_TEXT,                       /* it could not be carried out */
    METRICS_RECORD,                     /* what came out is no record */
};

void
    metrics_fail(metrics_t *self, enum metrics_failure failure,
                 const struct rule *rule, size_t zone,
                 const struct rule_text *text);

#endif
