/*
 * hostsfile_reader - the records of a hosts file as changes
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "file-sync/hostsfile_parts.h"

struct hostsfile_reader {
    hostsfile_t *hosts;
    size_t zone;
    size_t at;                          /* item */
    uint8_t *rdatas;
    size_t capacity;
    struct core_change rest;            /* of an RRset being written */
};

int
hostsfile_compare(const uint8_t *left_bytes, const struct hosts_item *left,
               const uint8_t *right_bytes, const struct hosts_item *right)
{
    int order;

    if (left->owner_size != right->owner_size)
        return left->owner_size < right->owner_size ? -1 : 1;
    order = memcmp(left_bytes + left->offset, right_bytes + right->offset,
                   left->owner_size);
    return order != 0 ? order : (int) left->type - (int) right->type;
}

/* The first item of a zone. */
static size_t
first_of_zone(const hostsfile_t *self, size_t zone)
{
    size_t low = 0, high = self->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (self->items[middle].zone < zone)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
/* ---- reading ------------------------------------------------------------- */

hostsfile_reader_t *
hostsfile_read(hostsfile_t *hosts, size_t zone)
{
    hostsfile_reader_t *self = core_allocate(sizeof *self);

    self->hosts = hostsfile_keep(hosts);
    self->zone = zone;
    self->at = first_of_zone(hosts, zone);
    return self;
}

void
hostsfile_reader_destroy(hostsfile_reader_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    hostsfile_release(&(*self_p)->hosts);
    free((*self_p)->rdatas);
    free(*self_p);
    *self_p = NULL;
}

static void
add_rdata(hostsfile_reader_t *self, struct core_change *change,
          const struct hosts_item *item)
{
    size_t size = 2 + (size_t) item->rdata_size;

    if (change->count == HOSTSFILE_RECORDS)
        return;
    if (self->capacity - change->rdatas_size < size) {
        self->capacity = 2 * self->capacity + size;
        self->rdatas = core_reallocate(self->rdatas, self->capacity);
    }
    core_write16(self->rdatas + change->rdatas_size, item->rdata_size);
    memcpy(self->rdatas + change->rdatas_size + 2,
           self->hosts->bytes + item->offset + item->owner_size,
           item->rdata_size);
    change->rdatas_size += size;
    change->count++;
}

bool
hostsfile_reader_next(hostsfile_reader_t *self, struct core_change *change)
{
    const hostsfile_t *hosts = self->hosts;
    const struct hosts_item *first;

    if (self->at == hosts->count || hosts->items[self->at].zone != self->zone)
        return false;
    first = &hosts->items[self->at];
    *change = (struct core_change) {
        .kind = CORE_CHANGE_PUT, .owner = hosts->bytes + first->offset,
        .type = first->type, .ttl = hosts->options.ttl,
    };
    for (; self->at < hosts->count; self->at++) {
        const struct hosts_item *item = &hosts->items[self->at];

        if (item->zone != first->zone
            || hostsfile_compare(hosts->bytes, first, hosts->bytes, item) != 0)
            break;
        add_rdata(self, change, item);
    }
    change->rdatas = self->rdatas;
    return true;
}

size_t
hostsfile_reader_write(hostsfile_reader_t *self, uint8_t *bytes, size_t limit)
{
    size_t size = 0;
    struct core_change part;

    for (;;) {
        if (self->rest.count == 0 && !hostsfile_reader_next(self, &self->rest))
            return size;
        if (!core_change_cut(&self->rest, &part, limit - size))
            return size;
        size += core_change_write(bytes + size, limit - size, &part);
    }
}

/* ---- differences --------------------------------------------------------- */

static bool
changes_equal(const struct core_change *left, const struct core_change *right)
{
    return left->rdatas_size == right->rdatas_size
        && memcmp(left->rdatas, right->rdatas, left->rdatas_size) == 0;
}

static int
compare_changes(const struct core_change *left,
                const struct core_change *right)
{
    struct hosts_item l = {
        .owner_size = (uint16_t) core_name_size(left->owner),
        .type = left->type,
    };
    struct hosts_item r = {
        .owner_size = (uint16_t) core_name_size(right->owner),
        .type = right->type,
    };

    return hostsfile_compare(left->owner, &l, right->owner, &r);
}

size_t
hostsfile_difference(hostsfile_t *from, hostsfile_t *to, size_t zone,
                     void (*change)(void *owner,
                                    const struct core_change *change),
                     void *owner)
{
    hostsfile_reader_t *old_reader = hostsfile_read(from, zone);
    hostsfile_reader_t *new_reader = hostsfile_read(to, zone);
    struct core_change old_set, new_set;
    bool has_old = hostsfile_reader_next(old_reader, &old_set);
    bool has_new = hostsfile_reader_next(new_reader, &new_set);
    size_t count = 0;

    while (has_old || has_new) {
        int order = !has_new ? -1 : !has_old ? 1
            : compare_changes(&old_set, &new_set);

        if (order < 0) {
            change(owner, &(struct core_change) {
                .kind = CORE_CHANGE_DELETE, .owner = old_set.owner,
                .type = old_set.type,
            });
            count++;
        } else if (order > 0 || !changes_equal(&old_set, &new_set)) {
            change(owner, &new_set);
            count++;
        }
        if (order <= 0)
            has_old = hostsfile_reader_next(old_reader, &old_set);
        if (order >= 0)
            has_new = hostsfile_reader_next(new_reader, &new_set);
    }
    hostsfile_reader_destroy(&old_reader);
    hostsfile_reader_destroy(&new_reader);
    return count;
}
