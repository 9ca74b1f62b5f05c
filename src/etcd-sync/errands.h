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

#define ERRANDS_KEYS 1000               /* keys that are read, at most */

typedef struct errands errands_t;

/* Both are lent; prefix is that of all keys ("/skydns/"). */
errands_t *
    errands_new(follower_t *follower, const char *prefix);

/* Ends those that are under way, which is told to who waits. */
void
    errands_destroy(errands_t **self_p);

/*
 * The arguments of the call: a name, and for put a value and, if it is to go
 * again by itself, the seconds that takes.  What is returned is that of a verb.
 */
int
    errands_put(errands_t *self, core_call_t *call);
int
    errands_get(errands_t *self, core_call_t *call);
int
    errands_remove(errands_t *self, core_call_t *call);

#endif
