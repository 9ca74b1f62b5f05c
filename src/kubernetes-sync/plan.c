/*
 * plan - the settings, as cluster and catalog want them
 */

#include "kubernetes-sync/plan.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

/* Zones for outside are asked before those of the cluster. */
enum { LAYER_OUTSIDE, LAYER_INSIDE };

/* ---- addresses of ours --------------------------------------------------- */

static void
add_own(struct plan *self, const struct address *address)
{
    if (self->options.own_count < PLAN_ADDRESSES)
        self->own[self->options.own_count++] = *address;
}

/* Addresses that others could reach. */
static bool
take_interface(const struct ifaddrs *item, struct address *address)
{
    memset(address, 0, sizeof *address);
    if (item->ifa_addr == NULL || (item->ifa_flags & IFF_LOOPBACK) != 0)
        return false;
    if (item->ifa_addr->sa_family == AF_INET) {
        const struct sockaddr_in *four =
            (const struct sockaddr_in *) (const void *) item->ifa_addr;

        address->size = 4;
        memcpy(address->bytes, &four->sin_addr, 4);
        return true;
    }
    if (item->ifa_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six =
            (const struct sockaddr_in6 *) (const void *) item->ifa_addr;

        address->size = 16;
        memcpy(address->bytes, &six->sin6_addr, 16);
        return !IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr);
    }
    return false;
}

static void
add_host(struct plan *self)
{
    struct ifaddrs *list;
    struct address address;

    if (getifaddrs(&list) == -1)
        return;
    for (const struct ifaddrs *item = list; item != NULL;
         item = item->ifa_next)
        if (take_interface(item, &address))
            add_own(self, &address);
    freeifaddrs(list);
}

static void
find_own(struct plan *self, const struct settings *settings)
{
    const char *const *texts = settings->addresses.items;
    struct address address;

    if (settings->addresses.count == 0)
        add_host(self);
    for (size_t i = 0; i < settings->addresses.count; i++)
        if (strcmp(texts[i], "host") == 0)
            add_host(self);
        else if (address_read(&address, texts[i]))
            add_own(self, &address);
    self->options.own = self->own;
}

/* ---- zones --------------------------------------------------------------- */

static struct cluster_view *
add_view(struct plan *self, const uint8_t *zone, enum view_kind kind,
         unsigned layer)
{
    struct cluster_view *view = &self->views[self->count++];

    view->view.kind = kind;
    view->view.id.layer = (uint16_t) layer;
    memcpy(view->view.id.name, zone, core_name_size(zone));
    view->view.own = self->own;
    view->view.own_count = self->options.own_count;
    return view;
}

static void
set_fall(struct cluster_view *view, const struct core_list *names)
{
    if (names->count == 0)
        return;
    view->flags |= CORE_ZONE_FALLTHROUGH;
    view->fall = names->items;
    view->fall_count = (unsigned) names->count;
}

/* The first zone that is not one of addresses. */
static const uint8_t *
primary_of(const struct core_list *zones, const struct core_list *imports)
{
    const uint8_t *const *items = zones->items;
    const uint8_t *found = NULL;

    for (size_t i = zones->count; i-- > 0;)
        if (!settings_is_reverse(items[i])
            && (found == NULL || imports == NULL
                || !settings_has_name(imports, items[i])))
            found = items[i];
    return found != NULL ? found : items[0];
}

static void
add_inside(struct plan *self, const struct settings *settings)
{
    const uint8_t *const *zones = settings->zones.items;
    const uint8_t *primary = primary_of(&settings->zones,
                                        &settings->multicluster);

    for (size_t i = 0; i < settings->zones.count; i++) {
        bool is_import = settings_has_name(&settings->multicluster, zones[i]);
        struct cluster_view *view =
            add_view(self, zones[i], settings_is_reverse(zones[i])
                     ? VIEW_REVERSE : is_import ? VIEW_IMPORTS : VIEW_CLUSTER,
                     LAYER_INSIDE);

        memcpy(view->view.primary, primary, core_name_size(primary));
        view->view.ttl = (uint32_t) settings->ttl_seconds;
        view->view.pods = (enum view_pods) settings->pods;
        view->view.ignores_empty = settings->ignore_empty_service;
        view->view.has_endpoints = settings->endpoints != ENDPOINTS_NONE;
        view->view.has_zones = settings->zonal;
        if (settings->pods == PODS_INSECURE)
            view->flags |= CORE_ZONE_ECHO;
        set_fall(view, &settings->fallthrough);
    }
}

static void
add_outside(struct plan *self, const struct external_settings *settings)
{
    const uint8_t *const *zones = settings->zones.items;
    const uint8_t *primary = primary_of(&settings->zones, NULL);

    for (size_t i = 0; i < settings->zones.count; i++) {
        bool is_reverse = settings_is_reverse(zones[i]);
        struct cluster_view *view =
            add_view(self, zones[i], is_reverse ? VIEW_EXTERNAL_REVERSE
                     : VIEW_EXTERNAL, LAYER_OUTSIDE);

        memcpy(view->view.primary, primary, core_name_size(primary));
        view->view.ttl = (uint32_t) settings->ttl_seconds;
        view->view.is_headless = settings->headless;
        view->view.has_endpoints = true;
        view->view.apex = settings->apex;
        view->flags |= CORE_ZONE_SINGLE;
        set_fall(view, &settings->fallthrough);
    }
}

void
plan_make(struct plan *self, const struct settings *settings)
{
    const struct external_settings *external = settings->external.items;
    size_t count = settings->zones.count;

    for (size_t i = 0; i < settings->external.count; i++)
        count += external[i].zones.count;
    *self = (struct plan) {
        .views = core_allocate(count * sizeof *self->views),
        .options = {
            .no_endpoints = settings->endpoints == ENDPOINTS_NONE,
            .all_endpoints = settings->endpoints == ENDPOINTS_ALL,
            .spaces = settings->namespaces.items,
            .space_count = settings->namespaces.count,
        },
        .style = {
            .pod_names = settings->endpoint_pod_names,
            .zones = settings->zonal,
        },
        .limits = {
            .per_second = settings->qps, .inflight = settings->inflight,
            .burst = settings->burst > 0 ? settings->burst : settings->qps,
        },
        .needs_pods = settings->pods == PODS_VERIFIED,
        .needs_imports = settings->multicluster.count > 0,
        .needs_slices = settings->endpoints != ENDPOINTS_NONE
            || settings->ignore_empty_service
            || settings->multicluster.count > 0,
    };
    find_own(self, settings);
    add_inside(self, settings);
    for (size_t i = 0; i < settings->external.count; i++)
        add_outside(self, &external[i]);
}

void
plan_clear(struct plan *self)
{
    free(self->views);
    self->views = NULL;
}

struct access *
plan_access(const struct settings *settings, struct core_fault *fault)
{
    const struct access_settings access = {
        .endpoint = settings->endpoint, .authority = settings->ca,
        .certificate = settings->certificate, .key = settings->key,
        .token = settings->token, .kubeconfig = settings->kubeconfig,
        .context = settings->context, .account = settings->service_account,
    };

    return access_new(&access, fault);
}
