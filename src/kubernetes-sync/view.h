/*
 * view - one zone, as a picture of the cluster
 *
 * The same catalog makes different records in different zones: names of
 * services and pods, names of addresses, names for the world outside.
 */

#ifndef KUBERNETES_SYNC_VIEW_H
#define KUBERNETES_SYNC_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"
#include "kubernetes-sync/catalog.h"
#include "kubernetes-sync/record_set.h"

enum view_kind {
    VIEW_CLUSTER,                       /* services, endpoints, pods */
    VIEW_REVERSE,                       /* addresses of these */
    VIEW_IMPORTS,                       /* services of other clusters */
    VIEW_EXTERNAL,                      /* addresses for the world outside */
    VIEW_EXTERNAL_REVERSE,
};

enum view_pods { VIEW_PODS_NONE, VIEW_PODS_INSECURE, VIEW_PODS_VERIFIED };

struct view {
    enum view_kind kind;
    struct core_zone_id id;
    uint8_t primary[CORE_NAME_SIZE];    /* the zone that names of addresses
                                           lead into */
    uint32_t ttl;
    enum view_pods pods;
    bool ignores_empty;                 /* cluster IPs without endpoints */
    bool has_endpoints;                 /* endpoints have names */
    bool has_zones;                     /* so do those of one zone */
    bool is_headless;                   /* external: endpoints of headless
                                           services too */
    const char *apex;                   /* external: label above ns1 */
    const struct address *own;          /* addresses of servers; lent */
    size_t own_count;
};

/* Adds the records that a thing makes in the view; number as in the hooks of
   the catalog.  A space is all that is in it; the apex has no SOA. */
void
    view_collect(const struct view *self, const catalog_t *catalog,
                 enum catalog_thing thing, uint32_t number, record_set_t *set);

/* No more than that the namespace exists. */
void
    view_collect_space_name(const struct view *self, const catalog_t *catalog,
                            uint32_t number, record_set_t *set);

/* The record of one verified pod. */
void
    view_collect_pod(const struct view *self, const catalog_t *catalog,
                     uint16_t space, const struct address *address,
                     record_set_t *set);

/* Adds the SOA with that serial. */
void
    view_collect_soa(const struct view *self, uint32_t serial,
                     record_set_t *set);

#endif
