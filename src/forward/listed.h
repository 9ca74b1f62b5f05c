/*
 * listed - routes to the servers that sources list for zones
 *
 * A source (coredns-etcd-sync(8) with SkyDNS's stub zones) says by its feed
 * who is to be asked for the names of a zone, see CORE_FEED_UPSTREAMS in
 * coredns/feed.h.  Such a route is like the configured one that would be taken
 * without it, but for its zone and its servers.  A route that is configured
 * for just that zone counts more.
 */

#ifndef FORWARD_LISTED_H
#define FORWARD_LISTED_H

#include <stdbool.h>

#include "coredns/stage.h"
#include "forward/settings.h"

typedef struct listed listed_t;

listed_t *
    listed_new(void);

void
    listed_destroy(listed_t **self_p);

/*
 * Follows a source; changed is called, at the end of a round of the loop, when
 * what is listed has become something else, or a source complete.  Returns -1
 * and a fault when that cannot be.
 */
int
    listed_follow(listed_t *self, core_life_t *life, const char *source,
                  void (*changed)(void *owner), void *owner,
                  struct core_fault *fault);

/* Says whether all sources have once told all they have; else the name of one
   that has not.  */
bool
    listed_is_complete(const listed_t *self, const char **missing);

/* As subscribers call them, for the source of that index; for tests. */
void
    listed_add_source(listed_t *self, const char *name);
const struct core_subscriber_hooks *
    listed_hooks(void);
void *
    listed_source(listed_t *self, size_t index);

/*
 * The settings with a route more for each zone that is listed; both are lent
 * to them.  They end by listed_end_settings().
 */
struct settings *
    listed_settings(const listed_t *self, const struct settings *settings);

void
    listed_end_settings(struct settings **settings_p);

#endif
