/*
 * errands - keys that an operator has put, read and removed
 *
 * Each is a verb of the control endpoint, carried out at the endpoint of etcd
 * that is being followed, with the same login; the reply comes when etcd has
 * answered.
 */

#ifndef ETCD_SYNC_ERRANDS_H
#define ETCD_SYNC_ERRANDS_H

#include "coredns/control.h"
#include "etcd-sync/follower.h"
#include "etcd-sync/zones.h"

#define ERRANDS_KEYS 1000               /* keys that are read, at most */

typedef struct errands errands_t;

/* All are lent; prefix is that of all keys ("/skydns/"). */
errands_t *
    errands_new(follower_t *follower, const zones_t *zones,
                const char *prefix);

/* Ends those that are under way, which is told to who waits. */
void
    errands_destroy(errands_t **self_p);

/*
 * The arguments of the call: a name, and for put a value and, if it is to go
 * again by itself, the seconds that takes.  What is returned is that of a verb.
 *
 * Only names in one of the zones are put, and none with a label that no query
 * finds.  Any may be read and removed.
 */
int
    errands_put(errands_t *self, core_call_t *call);
int
    errands_get(errands_t *self, core_call_t *call);
int
    errands_remove(errands_t *self, core_call_t *call);

#endif
