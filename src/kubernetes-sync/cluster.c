/*
 * cluster - a cluster's objects, and the zones that are made of them
 */

#include "kubernetes-sync/cluster.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "lib/serial.h"

#define FIXED_SIZE 64                   /* of a change besides owner, rdatas */

/* A zone. */
struct sheet {
    struct cluster_view view;
    struct serial serial;
    char *apex;                         /* as in the view */
    struct address *own;
    record_set_t *before;
    uint8_t *changes;                   /* to be published */
    size_t size, limit;
    bool is_too_much;                   /* to be published as a whole */
};

struct cluster {
    struct sheet *sheets;
    size_t count;
    catalog_t *catalog;
    cluster_lacks *lacks;
    void *owner;
    core_publisher_t *publisher;        /* lent */
    bool is_live;
    bool has_changes;
    bool has_open;                      /* serials that must move again */
    record_set_t *after;
    struct cluster_counters counters;
    unsigned snapshots;                 /* that are being read */
    bool is_ended;                      /* ...and nothing else any more */
};

/* ---- differences --------------------------------------------------------- */

/* Writes a change down for the end of the round. */
static void
note_change(void *owner, const struct core_change *change)
{
    struct sheet *sheet = owner;
    size_t limit = FIXED_SIZE + CORE_NAME_SIZE + change->rdatas_size;

    if (sheet->is_too_much)
        return;
    if (sheet->size + limit > CORE_FEED_TRANSACTION_SIZE) {
        sheet->is_too_much = true;
        return;
    }
    if (sheet->limit - sheet->size < limit) {
        sheet->limit = 2 * sheet->limit + limit;
        sheet->changes = core_reallocate(sheet->changes, sheet->limit);
    }
    sheet->size += core_change_write(sheet->changes + sheet->size,
                                     sheet->limit - sheet->size, change);
}

static void
before(void *owner, enum catalog_thing thing, uint32_t number)
{
    cluster_t *self = owner;

    for (size_t i = 0; self->is_live && i < self->count; i++) {
        struct sheet *sheet = &self->sheets[i];

        record_set_clear(sheet->before);
        view_collect(&sheet->view.view, self->catalog, thing, number,
                     sheet->before);
        record_set_sort(sheet->before);
    }
}

static void
after(void *owner, enum catalog_thing thing, uint32_t number)
{
    cluster_t *self = owner;

    for (size_t i = 0; self->is_live && i < self->count; i++) {
        struct sheet *sheet = &self->sheets[i];

        record_set_clear(self->after);
        view_collect(&sheet->view.view, self->catalog, thing, number,
                     self->after);
        record_set_sort(self->after);
        record_set_difference(sheet->before, self->after, note_change, sheet);
        record_set_clear(sheet->before);
        self->has_changes |= sheet->size > 0 || sheet->is_too_much;
    }
    record_set_clear(self->after);
}

static void
pod(void *owner, uint16_t space, const struct address *address, bool comes)
{
    cluster_t *self = owner;

    for (size_t i = 0; self->is_live && i < self->count; i++) {
        struct sheet *sheet = &self->sheets[i];

        record_set_clear(self->after);
        record_set_clear(sheet->before);
        view_collect_pod(&sheet->view.view, self->catalog, space, address,
                         self->after);
        record_set_sort(self->after);
        if (comes)
            record_set_difference(sheet->before, self->after, note_change,
                                  sheet);
        else
            record_set_difference(self->after, sheet->before, note_change,
                                  sheet);
        self->has_changes |= sheet->size > 0 || sheet->is_too_much;
    }
    record_set_clear(self->after);
}

static void
lacks(void *owner, const char *space, const char *service)
{
    cluster_t *self = owner;

    self->lacks(self->owner, space, service);
}

/* ---- life ---------------------------------------------------------------- */

/* What a snapshot reads is the cluster's own. */
static void
make_sheet(struct sheet *self, const struct cluster_view *view)
{
    size_t size = view->view.own_count * sizeof *self->own;

    self->view = *view;
    self->apex = core_copy_text(view->view.apex);
    self->view.view.apex = self->apex;
    self->own = core_allocate(size);
    if (size > 0)
        memcpy(self->own, view->view.own, size);
    self->view.view.own = self->own;
    self->before = record_set_new();
}

cluster_t *
cluster_new(const struct cluster_view *views, size_t count,
            const struct catalog_options *options, cluster_lacks *wants,
            void *owner)
{
    static const struct catalog_hooks hooks = {
        .before = before, .after = after, .pod = pod, .lacks = lacks,
    };
    cluster_t *self = core_allocate(sizeof *self);

    self->sheets = core_allocate(count * sizeof *self->sheets);
    self->count = count;
    for (size_t i = 0; i < count; i++)
        make_sheet(&self->sheets[i], &views[i]);
    self->catalog = catalog_new(options, &hooks, self);
    self->after = record_set_new();
    self->lacks = wants;
    self->owner = owner;
    return self;
}

static void
end(cluster_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        record_set_destroy(&self->sheets[i].before);
        free(self->sheets[i].apex);
        free(self->sheets[i].own);
        free(self->sheets[i].changes);
    }
    catalog_destroy(&self->catalog);
    record_set_destroy(&self->after);
    free(self->sheets);
    free(self);
}

void
cluster_destroy(cluster_t **self_p)
{
    cluster_t *self = *self_p;

    if (self == NULL)
        return;
    self->is_ended = true;
    if (self->snapshots == 0)
        end(self);
    *self_p = NULL;
}

catalog_t *
cluster_catalog(cluster_t *self)
{
    return self->catalog;
}

bool
cluster_is_live(const cluster_t *self)
{
    return self->is_live;
}

const struct cluster_counters *
cluster_counters(const cluster_t *self)
{
    return &self->counters;
}

/* ---- publishing ---------------------------------------------------------- */

static void
renew(cluster_t *self, const struct sheet *sheet, unsigned flags,
      const char *reason)
{
    const struct core_zone_options options = {
        .flags = (uint16_t) (sheet->view.flags | flags), .reason = reason,
        .fall = sheet->view.fall, .fall_count = sheet->view.fall_count,
    };

    core_publisher_renew(self->publisher, &sheet->view.view.id, &options);
    self->counters.renewals++;
}

void
cluster_announce(cluster_t *self, core_publisher_t *publisher,
                 const char *reason)
{
    self->publisher = publisher;
    for (size_t i = 0; !self->is_live && i < self->count; i++)
        renew(self, &self->sheets[i], CORE_ZONE_FAILED | CORE_ZONE_PENDING,
              reason);
}

void
cluster_go_live(cluster_t *self, uint32_t now_seconds)
{
    self->is_live = true;
    for (size_t i = 0; i < self->count; i++) {
        serial_change(&self->sheets[i].serial, now_seconds);
        renew(self, &self->sheets[i], 0, NULL);
    }
}

/* There is one serial only. */
static void
put_serial(void *owner, const struct core_change *change)
{
    const cluster_t *self = owner;
    struct core_change put = *change;

    put.kind = CORE_CHANGE_PUT;
    core_publisher_change(self->publisher, &put);
}

static void
publish_serial(cluster_t *self, struct sheet *sheet)
{
    record_set_clear(self->after);
    record_set_clear(sheet->before);
    view_collect_soa(&sheet->view.view, sheet->serial.value, self->after);
    record_set_difference(sheet->before, self->after, put_serial, self);
}

static void
publish(cluster_t *self, struct sheet *sheet, bool has_new_serial)
{
    struct core_change change;
    size_t used;

    core_publisher_begin(self->publisher, &sheet->view.view.id);
    if (has_new_serial)
        publish_serial(self, sheet);
    for (size_t offset = 0; offset < sheet->size; offset += used) {
        used = core_change_read(sheet->changes + offset, sheet->size - offset,
                                &change);
        if (used == 0)
            break;
        core_publisher_change(self->publisher, &change);
        self->counters.changes += change.count;
    }
    core_publisher_commit(self->publisher);
    self->counters.transactions++;
}

static void
flush_sheet(cluster_t *self, struct sheet *sheet, uint32_t now_seconds)
{
    if (sheet->is_too_much) {
        serial_change(&sheet->serial, now_seconds);
        renew(self, sheet, 0, NULL);
    } else if (sheet->size > 0) {
        publish(self, sheet, serial_change(&sheet->serial, now_seconds));
    } else if (serial_settle(&sheet->serial, now_seconds)) {
        publish(self, sheet, true);
    }
    sheet->size = 0;
    sheet->is_too_much = false;
    self->has_open |= sheet->serial.is_open;
}

bool
cluster_flush(cluster_t *self, uint32_t now_seconds)
{
    if (!self->has_changes && !self->has_open)
        return false;
    self->has_open = false;
    for (size_t i = 0; i < self->count; i++)
        flush_sheet(self, &self->sheets[i], now_seconds);
    self->has_changes = false;
    return self->has_open;
}

void
cluster_print(const cluster_t *self, FILE *file)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct sheet *sheet = &self->sheets[i];
        char name[CORE_NAME_TEXT_SIZE];

        fprintf(file, "%s %u %" PRIu32 " %s\n",
                core_name_to_text(name, sheet->view.view.id.name),
                sheet->view.view.id.layer, sheet->serial.value,
                self->is_live ? "live" : "pending");
    }
}

/* ---- snapshots ----------------------------------------------------------- */

enum phase { PHASE_APEX, PHASE_SPACES, PHASE_SERVICES, PHASE_PODS_4,
             PHASE_PODS_6, PHASE_END };

struct snapshot {
    cluster_t *cluster;
    const struct sheet *sheet;
    enum phase phase;
    uint32_t number;                    /* the next thing of the phase */
    record_set_t *set;                  /* records being written */
    size_t position;                    /* in the set */
};

static void *
open_snapshot(void *owner, const struct core_zone_id *zone)
{
    cluster_t *self = owner;
    struct snapshot *snapshot;
    const struct sheet *sheet = NULL;

    for (size_t i = 0; self->is_live && i < self->count; i++)
        if (self->sheets[i].view.view.id.layer == zone->layer
            && core_name_equal(self->sheets[i].view.view.id.name, zone->name))
            sheet = &self->sheets[i];
    if (sheet == NULL)
        return NULL;
    snapshot = core_allocate(sizeof *snapshot);
    snapshot->cluster = self;
    snapshot->sheet = sheet;
    snapshot->set = record_set_new();
    self->snapshots++;
    return snapshot;
}

/* How many things a phase has. */
static uint32_t
limit_of(const struct snapshot *self)
{
    const catalog_t *catalog = self->cluster->catalog;

    switch (self->phase) {
    case PHASE_APEX:
        return 1;
    case PHASE_SPACES:
        return catalog_spaces(catalog);
    case PHASE_SERVICES:
        return shelf_places(catalog_services(catalog));
    default:
        return pods_places(catalog_pods(catalog,
                                        self->phase - PHASE_PODS_4));
    }
}

static void
collect_pod(struct snapshot *self)
{
    const catalog_t *catalog = self->cluster->catalog;
    struct pod one;

    if (pods_at(catalog_pods(catalog, self->phase - PHASE_PODS_4),
                self->number, &one))
        view_collect_pod(&self->sheet->view.view, catalog, one.space,
                         &one.address, self->set);
}

/* Collects the records of the next thing. */
static void
collect_next(struct snapshot *self)
{
    const struct view *view = &self->sheet->view.view;
    const catalog_t *catalog = self->cluster->catalog;

    switch (self->phase) {
    case PHASE_APEX:
        view_collect_soa(view, self->sheet->serial.value, self->set);
        view_collect(view, catalog, CATALOG_APEX, 0, self->set);
        break;
    case PHASE_SPACES:
        view_collect_space_name(view, catalog, self->number, self->set);
        break;
    case PHASE_SERVICES:
        view_collect(view, catalog, CATALOG_SERVICE, self->number, self->set);
        break;
    default:
        collect_pod(self);
        break;
    }
    self->number++;
}

/* Has the set hold what is next; false at the end. */
static bool
fill(struct snapshot *self)
{
    while (self->position == record_set_count(self->set)) {
        if (self->phase == PHASE_END)
            return false;
        record_set_clear(self->set);
        self->position = 0;
        if (self->number >= limit_of(self)) {
            self->phase++;
            self->number = 0;
        } else {
            collect_next(self);
            record_set_sort(self->set);
        }
    }
    return true;
}

static size_t
next_of_snapshot(void *opened, uint8_t *bytes, size_t limit)
{
    struct snapshot *self = opened;
    size_t size = 0;

    while (fill(self)) {
        size_t written = record_set_write(self->set, &self->position,
                                          bytes + size, limit - size);

        if (written == 0)
            break;
        size += written;
    }
    return size;
}

static void
close_snapshot(void *opened)
{
    struct snapshot *self = opened;
    cluster_t *cluster = self->cluster;

    record_set_destroy(&self->set);
    free(self);
    if (--cluster->snapshots == 0 && cluster->is_ended)
        end(cluster);
}

const struct core_snapshot_hooks cluster_snapshot_hooks = {
    .open = open_snapshot, .next = next_of_snapshot, .close = close_snapshot,
};
