/*
 * records - the RRsets of a name, made of the services that answer for it
 */

#include "etcd-sync/records.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "etcd-sync/leases.h"
#include "etcd-sync/records_parts.h"

#define TXT_PIECE 255

static const uint16_t set_types[SETS] = {
    [SET_SOA] = CORE_SOA, [SET_NS] = CORE_NS, [SET_A] = CORE_A,
    [SET_AAAA] = CORE_AAAA, [SET_CNAME] = CORE_CNAME, [SET_SRV] = CORE_SRV,
    [SET_MX] = CORE_MX, [SET_TXT] = CORE_TXT, [SET_PTR] = CORE_PTR,
};

const struct records_style records_usual_style = {
    .ttl_seconds = 300, .negative_seconds = 30, .refresh_seconds = 7200,
    .retry_seconds = 1800, .expire_seconds = 86400, .priority = 10,
};

records_t *
records_new(tree_t *tree, const zones_t *zones,
            const struct records_style *style)
{
    records_t *self = core_allocate(sizeof *self);

    self->tree = tree;
    self->zones = zones;
    self->style = style;
    selection_start(&self->hosts);
    selection_start(&self->texts);
    for (size_t i = 0; i < RECORDS_CHAIN; i++)
        selection_start(&self->chain[i]);
    self->weights = core_allocate((UINT16_MAX + 1) * sizeof *self->weights);
    return self;
}

void
records_destroy(records_t **self_p)
{
    assert(self_p);

    records_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < SETS; i++)
        free(self->sets[i].bytes);
    selection_end(&self->hosts);
    selection_end(&self->texts);
    for (size_t i = 0; i < RECORDS_CHAIN; i++)
        selection_end(&self->chain[i]);
    free(self->weights);
    free(self);
    *self_p = NULL;
}

/* ---- writing ------------------------------------------------------------- */

static void
clear(records_t *self)
{
    for (size_t i = 0; i < SETS; i++) {
        self->sets[i].count = 0;
        self->sets[i].size = 0;
    }
    self->reached = UINT64_C(0xcbf29ce484222325);
    self->left_out = 0;
}

/*
 * Room for a record of that size, which is to be filled; NULL when the RRset
 * has as many as it may have.  An RRset has one TTL (RFC 2181 section 5.2):
 * the least.  What is there twice the authority leaves out.
 */
static uint8_t *
add_record(struct set *set, uint32_t ttl_seconds, size_t size)
{
    uint8_t *at;

    if (set->count == SELECTION_LIMIT || set->size > RECORDS_SIZE)
        return NULL;
    if (set->capacity - set->size < size + 2) {
        set->capacity = 2 * set->capacity + size + 2;
        set->bytes = core_reallocate(set->bytes, set->capacity);
    }
    at = set->bytes + set->size;
    core_write16(at, (uint16_t) size);
    set->size += size + 2;
    if (set->count++ == 0 || ttl_seconds < set->ttl_seconds)
        set->ttl_seconds = ttl_seconds;
    return at + 2;
}

void
records_add(struct set *set, uint32_t ttl_seconds, const uint8_t *octets,
            size_t size)
{
    uint8_t *rdata = add_record(set, ttl_seconds, size);

    if (rdata != NULL)
        memcpy(rdata, octets, size);
}

uint32_t
records_ttl(const records_t *self, const struct tree_node *node)
{
    uint32_t lease = leases_ttl(node);
    uint32_t ttl = node->service->ttl_seconds;

    if (ttl == 0)
        return lease == UINT32_MAX ? self->style->ttl_seconds : lease;
    return ttl < lease ? ttl : lease;
}

/* The name of the host: that of its own, or of the key where it is an address;
   without the labels it is stripped of, if any are left then. */
static bool
write_target(const struct tree_node *node, uint8_t target[CORE_NAME_SIZE])
{
    const struct service *service = node->service;
    uint8_t name[CORE_NAME_SIZE];
    const uint8_t *rest = name;

    if (service->host_kind == SERVICE_NAME)
        memcpy(name, service_host(service), service->host_size);
    else if (!tree_target(node, name))
        return false;
    if (service->targetstrip < core_name_labels(name))
        rest = core_name_skip(name, service->targetstrip);
    memcpy(target, rest, core_name_size(rest));
    return true;
}

/* ---- services ------------------------------------------------------------ */

/* Weights as CoreDNS works them out, rounding included. */
static uint16_t
share(uint32_t sum, uint16_t weight)
{
    double part = floor(100.0 / sum * weight);

    return part < 1 ? 1 : (uint16_t) part;
}

static uint16_t
priority_of(const records_t *self, const struct service *service)
{
    return service->priority == 0 ? self->style->priority : service->priority;
}

/* Adds the weights of all services of one priority up. */
static void
sum_weights(records_t *self, const struct selection *hosts)
{
    for (size_t i = 0; i < hosts->count; i++)
        self->weights[priority_of(self, hosts->nodes[i]->service)] = 0;
    for (size_t i = 0; i < hosts->count; i++)
        self->weights[priority_of(self, hosts->nodes[i]->service)] +=
            hosts->nodes[i]->service->weight;
}

static void
make_srv(records_t *self, const struct selection *hosts)
{
    uint8_t target[CORE_NAME_SIZE];

    sum_weights(self, hosts);
    for (size_t i = 0; i < hosts->count; i++) {
        const struct service *service = hosts->nodes[i]->service;
        uint16_t priority = priority_of(self, service);
        size_t size;
        uint8_t *rdata;

        if (service->port == SERVICE_NO_PORT
            || !write_target(hosts->nodes[i], target))
            continue;
        size = core_name_size(target);
        rdata = add_record(&self->sets[SET_SRV],
                           records_ttl(self, hosts->nodes[i]), 6 + size);
        if (rdata == NULL)
            return;
        core_write16(rdata, priority);
        core_write16(rdata + 2, share(self->weights[priority],
                                      service->weight));
        core_write16(rdata + 4, (uint16_t) service->port);
        memcpy(rdata + 6, target, size);
    }
}

static void
make_mx(records_t *self, const struct selection *hosts)
{
    uint8_t target[CORE_NAME_SIZE];

    for (size_t i = 0; i < hosts->count; i++) {
        const struct service *service = hosts->nodes[i]->service;
        size_t size;
        uint8_t *rdata;

        if (!service->mail || !write_target(hosts->nodes[i], target))
            continue;
        size = core_name_size(target);
        rdata = add_record(&self->sets[SET_MX],
                           records_ttl(self, hosts->nodes[i]), 2 + size);
        if (rdata == NULL)
            return;
        core_write16(rdata, priority_of(self, service));
        memcpy(rdata + 2, target, size);
    }
}

static void
make_txt(records_t *self, const struct tree_node *node)
{
    selection_make(&self->texts, node, SELECTION_TEXTS);
    for (size_t i = 0; i < self->texts.count; i++) {
        const struct service *service = self->texts.nodes[i]->service;
        const uint8_t *text = service_text(service);
        size_t left = service->text_size;
        uint8_t *rdata = add_record(&self->sets[SET_TXT],
                                    records_ttl(self, self->texts.nodes[i]),
                                    left + (left + TXT_PIECE - 1) / TXT_PIECE);

        while (rdata != NULL && left > 0) {
            size_t piece = left < TXT_PIECE ? left : TXT_PIECE;

            *rdata++ = (uint8_t) piece;
            memcpy(rdata, text, piece);
            rdata += piece;
            text += piece;
            left -= piece;
        }
    }
}

/* Where an address leads back to: only what its own key says. */
static void
make_ptr(records_t *self, const struct tree_node *node)
{
    const struct service *service = node->service;

    if (self->zone->is_reverse && service != NULL
        && service->host_kind == SERVICE_NAME)
        records_add(&self->sets[SET_PTR], records_ttl(self, node),
                    service_host(service), service->host_size);
}

/* ---- the top of a zone --------------------------------------------------- */

/* Writes who is responsible; the size, or -1 when it makes no name. */
static int
write_hostmaster(const records_t *self, const struct zone *zone,
                 uint8_t name[CORE_NAME_SIZE])
{
    static const uint8_t hostmaster[] = "\12hostmaster";
    const uint8_t *given = self->style->hostmaster;

    if (!self->style->has_hostmaster)
        return core_name_join(name, hostmaster, 1, zone->id.name);
    memcpy(name, given, core_name_size(given));
    return (int) core_name_size(given);
}

static void
add_soa(records_t *self, const struct zone *zone, uint32_t serial)
{
    static const uint8_t mname[] = "\2ns\3dns";
    const struct records_style *style = self->style;
    uint8_t rdata[2 * CORE_NAME_SIZE + 20];
    int mname_size = core_name_join(rdata, mname, 2, zone->id.name);
    int rname_size = mname_size == -1 ? -1
        : write_hostmaster(self, zone, rdata + mname_size);
    uint8_t *at = rdata + mname_size + rname_size;

    /* A zone whose name leaves no room for them has none. */
    if (rname_size == -1)
        return;
    core_write32(at, serial);
    core_write32(at + 4, style->refresh_seconds);
    core_write32(at + 8, style->retry_seconds);
    core_write32(at + 12, style->expire_seconds);
    core_write32(at + 16, style->negative_seconds);
    records_add(&self->sets[SET_SOA], style->negative_seconds, rdata,
                (size_t) (mname_size + rname_size + 20));
}

static void
make_servers(records_t *self, const struct zone *zone)
{
    static const uint8_t prefix[] = "\2ns\3dns";
    uint8_t name[CORE_NAME_SIZE], target[CORE_NAME_SIZE];
    const struct tree_node *node =
        core_name_join(name, prefix, 2, zone->id.name) == -1 ? NULL
        : tree_find_name(self->tree, name);

    if (node == NULL)
        return;
    selection_make(&self->hosts, node, SELECTION_HOSTS);
    for (size_t i = 0; i < self->hosts.count; i++)
        if (self->hosts.nodes[i]->service->host_kind != SERVICE_NAME
            && write_target(self->hosts.nodes[i], target))
            records_add(&self->sets[SET_NS],
                        records_ttl(self, self->hosts.nodes[i]), target,
                        core_name_size(target));
}

void
records_make_soa(records_t *self, const struct zone *zone, uint32_t serial)
{
    clear(self);
    self->exists = true;
    memcpy(self->name, zone->id.name, core_name_size(zone->id.name));
    add_soa(self, zone, serial);
}

/* An RRset is sent whole or not at all. */
static void
drop_large(records_t *self)
{
    for (size_t i = 0; i < SETS; i++)
        if (self->sets[i].size > RECORDS_SIZE) {
            self->left_out |= TREE_TOO_LARGE;
            self->sets[i].count = 0;
            self->sets[i].size = 0;
        }
}

void
records_make(records_t *self, const struct tree_node *node, uint32_t serial)
{
    clear(self);
    self->exists = node->service != NULL || node->below > 0
        || (node->flags & (TREE_BAD | TREE_LOCAL)) != 0;
    self->zone = zones_of(self->zones, node);
    if (self->zone == NULL || !tree_name(node, self->name)) {
        self->exists = false;
        return;
    }
    if ((node->flags & TREE_LOCAL) != 0) {
        records_add(&self->sets[SET_CNAME], self->style->ttl_seconds,
                    self->style->local, core_name_size(self->style->local));
        return;
    }
    if (node == self->zone->apex) {
        add_soa(self, self->zone, serial);
        make_servers(self, self->zone);
    }
    records_make_addresses(self, node);
    if (node == self->zone->apex)       /* its addresses may be others' */
        selection_make(&self->hosts, node, SELECTION_HOSTS);
    make_srv(self, &self->hosts);
    make_mx(self, &self->hosts);
    make_txt(self, node);
    make_ptr(self, node);
    drop_large(self);
}

/* ---- what was made ------------------------------------------------------- */

unsigned
records_left_out(const records_t *self)
{
    return self->left_out;
}

static bool
is_empty(const records_t *self)
{
    for (size_t i = 0; i < SETS; i++)
        if (self->sets[i].count > 0)
            return false;
    return true;
}

bool
records_next(const records_t *self, size_t *index, struct core_change *change)
{
    if (*index == 0 && self->exists && is_empty(self)) {
        *index = SETS;
        *change = (struct core_change) {
            .kind = CORE_CHANGE_NAME, .owner = self->name,
        };
        return true;
    }
    while (*index < SETS && self->sets[*index].count == 0)
        (*index)++;
    if (*index == SETS)
        return false;

    const struct set *set = &self->sets[*index];

    *change = (struct core_change) {
        .kind = CORE_CHANGE_PUT, .owner = self->name,
        .type = set_types[*index], .ttl = set->ttl_seconds,
        .count = set->count, .rdatas = set->bytes, .rdatas_size = set->size,
    };
    (*index)++;
    return true;
}

uint64_t
records_mix(uint64_t hash, const void *octets, size_t size)
{
    const uint8_t *at = octets;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t
records_hash(const records_t *self)
{
    uint64_t hash = self->reached + self->exists;

    for (size_t i = SET_SOA + 1; i < SETS; i++) {
        const struct set *set = &self->sets[i];

        hash = records_mix(hash, &set->count, sizeof set->count);
        if (set->count == 0)
            continue;
        hash = records_mix(hash, &set->ttl_seconds, sizeof set->ttl_seconds);
        hash = records_mix(hash, set->bytes, set->size);
    }
    return hash == 0 ? 1 : hash;
}
