/*
 * plan - the settings, as cluster and catalog want them
 */

#ifndef KUBERNETES_SYNC_PLAN_H
#define KUBERNETES_SYNC_PLAN_H

#include "kubernetes-sync/access.h"
#include "kubernetes-sync/catalog.h"
#include "kubernetes-sync/cluster.h"
#include "kubernetes-sync/limiter.h"
#include "kubernetes-sync/settings.h"

#define PLAN_ADDRESSES 16               /* of ours */

struct plan {
    struct cluster_view *views;
    size_t count;
    struct catalog_options options;
    struct object_style style;
    struct address own[PLAN_ADDRESSES];
    struct limits limits;               /* of requests */
    bool needs_slices;
    bool needs_pods;
    bool needs_imports;
};

/* settings are lent as long as the plan lives. */
void
    plan_make(struct plan *self, const struct settings *settings);
void
    plan_clear(struct plan *self);

/* Where the server is by these settings, see access_new(). */
struct access *
    plan_access(const struct settings *settings, struct core_fault *fault);

#endif
