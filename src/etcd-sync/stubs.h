/*
 * stubs - zones whose servers are listed in etcd
 *
 * SkyDNS's stub zones: a service below dns.stub of one of our zones, as
 * 1.example.net.stub.dns.skydns.local, says by its host, which must be an
 * address, and its port who is to be asked for the names of the zone
 * example.net.  The parts of its key may be labels, or have dots.
 *
 * Our own zones are never stubs, nor is the root.
 */

#ifndef ETCD_SYNC_STUBS_H
#define ETCD_SYNC_STUBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"
#include "etcd-sync/zones.h"

#define STUBS_ZONES 1000                /* at most */
#define STUBS_SERVERS 15                /* of a zone, as many as forward asks */

struct stub {
    uint8_t zone[CORE_NAME_SIZE];       /* small letters */
    uint16_t count;                     /* of servers */
    uint8_t *rdatas;                    /* TXT, each behind its size */
    size_t size;
};

typedef struct stubs stubs_t;

struct stubs_hooks {
    /* The servers of a zone are others; lent. */
    void (*put)(void *owner, const struct stub *stub);

    /* A zone has no servers any more. */
    void (*remove)(void *owner, const struct stub *stub);
};

/* Both are lent. */
stubs_t *
    stubs_new(tree_t *tree, const zones_t *zones);

void
    stubs_destroy(stubs_t **self_p);

/* Says whether that is the node dns.stub of a zone. */
bool
    stubs_are_below(const struct tree_node *node);

/* Looks at the keys again, and tells what that changes.  Returns how many
   services were left out: hosts that are no addresses, and too many. */
size_t
    stubs_refresh(stubs_t *self, const struct stubs_hooks *hooks,
                  void *owner);

size_t
    stubs_count(const stubs_t *self);
const struct stub *
    stubs_at(const stubs_t *self, size_t index);

/* The stub of that zone, or NULL. */
const struct stub *
    stubs_find(const stubs_t *self, const uint8_t *zone);

#endif
