/*
 * session - the keys of an etcd by one set of settings
 *
 * Follows the etcd and keeps its catalogue.  A session is live from the end of
 * its first load on; a reload begins another one beside it.
 */

#ifndef ETCD_SYNC_SESSION_H
#define ETCD_SYNC_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/loop.h"
#include "etcd-sync/catalogue.h"
#include "etcd-sync/errands.h"
#include "etcd-sync/follower.h"
#include "etcd-sync/settings.h"

typedef struct session session_t;

struct session_hooks {
    /* The first load has ended. */
    void (*loaded)(void *owner, session_t *session);

    /* It follows its etcd, or does not; reason says why. */
    void (*state)(void *owner, session_t *session, bool is_following,
                  const char *reason);
};

/* Starts at once.  settings are lent until session_freeze(). */
session_t *
    session_new(core_loop_t *loop, const struct etcd_sync_settings *settings,
                const struct session_hooks *hooks, void *owner);

void
    session_destroy(session_t **self_p);

/* Lets go of the etcd and the settings; what was read stays as it is. */
void
    session_freeze(session_t *self);

/* Publishes changes there from here on; the caller announces the zones. */
void
    session_publish_to(session_t *self, core_publisher_t *publisher);

catalogue_t *
    session_catalogue(const session_t *self);

/* NULL when it is frozen. */
const follower_t *
    session_follower(const session_t *self);

/* Likewise. */
errands_t *
    session_errands(const session_t *self);

#endif
