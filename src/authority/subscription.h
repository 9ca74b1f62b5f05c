/*
 * subscription - the zones of one source, kept as the source has them
 *
 * What replaces a zone is built beside it and takes its place in one step.
 * Smaller transactions are written down and applied when they are complete, so
 * nothing has to be undone, and no query ever sees half of one.
 *
 * With an archive, what the source says is also written to disk; when it does
 * not answer, subscription_restore() brings back what it said last, marked
 * stale, until it is heard again.
 */

#ifndef AUTHORITY_SUBSCRIPTION_H
#define AUTHORITY_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "authority/zones.h"
#include "coredns/feed.h"

typedef struct subscription subscription_t;

struct subscription_counters {
    uint64_t transactions;              /* committed */
    uint64_t changes;
    uint64_t abandoned;
};

/* The source of that place among all, whose zones go into zones (lent); name
   is the stage's. */
subscription_t *
    subscription_new(zones_t *zones, unsigned source, const char *name,
                     struct subscription_counters *counters);

/* Ends it; its zones stay. */
void
    subscription_destroy(subscription_t **self_p);

/* What the feed calls; the owner of these is the subscription. */
extern const struct core_subscriber_hooks subscription_hooks;

/*
 * Begins to follow the feed.  changed is called each time the source has
 * become, or ceased to be, complete.
 */
int
    subscription_follow(subscription_t *self, void *context,
                        core_loop_t *loop, const char *endpoints,
                        const char *identity, void (*changed)(void *owner),
                        void *owner, struct core_fault *fault);

/* told is called, with the owner above, for each name whose data of that type
   became others; NULL: any may have. */
typedef void subscription_told(void *owner, const uint8_t *name,
                               uint16_t type);

void
    subscription_tell(subscription_t *self, subscription_told *told);

/* settled is called, with the owner above, when a zone of the source has
   records that it said itself, all of them. */
typedef void subscription_settled(void *owner, const struct zone *zone);

void
    subscription_settle(subscription_t *self, subscription_settled *settled);

/* Keeps an archive at path.  Returns -1 and a fault when that cannot be; the
   subscription then goes on without. */
int
    subscription_keep(subscription_t *self, const char *path,
                      struct core_fault *fault);

/* Writes to disk what was said until now, if there is an archive. */
void
    subscription_flush(subscription_t *self);

/*
 * Brings back the zones in the archive, if the source has not been complete
 * and there is one.  Returns how many transactions it held; with 0, fault says
 * why.
 */
unsigned
    subscription_restore(subscription_t *self, struct core_fault *fault);

const char *
    subscription_name(const subscription_t *self);

/* Says whether there are data: the source has been complete once, or they are
   from the archive; and whether it is complete. */
bool
    subscription_has_zones(const subscription_t *self);
bool
    subscription_is_complete(const subscription_t *self);

/* Why it is not; "" when it is or when nobody knows. */
const char *
    subscription_reason(const subscription_t *self);

#endif
