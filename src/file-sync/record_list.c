/*
 * record_list - records set aside, to be compared
 *
 * The octets of all records lie in one growing row; what is sorted and taken
 * out are small fixed items that point into it.
 */

#include "file-sync/record_list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct item {
    size_t offset;                      /* of the owner; the rdatas follow */
    uint32_t rdatas_size;
    uint32_t ttl;
    int line;
    uint16_t type;
    uint16_t owner_size;
};

struct record_list {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    struct item *items;
    size_t count;
    size_t item_capacity;
};

record_list_t *
record_list_new(void)
{
    return core_allocate(sizeof (record_list_t));
}

void
record_list_destroy(record_list_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->bytes);
    free((*self_p)->items);
    free(*self_p);
    *self_p = NULL;
}

void
record_list_add(record_list_t *self, const struct zone_record *record)
{
    size_t size = record->owner_size + record->rdatas_size;

    if (self->capacity - self->size < size) {
        self->capacity = 2 * self->capacity + size;
        self->bytes = core_reallocate(self->bytes, self->capacity);
    }
    if (self->count == self->item_capacity)
        self->items = core_grow(self->items, self->count,
                                &self->item_capacity, sizeof *self->items);
    self->items[self->count++] = (struct item) {
        .offset = self->size, .rdatas_size = (uint32_t) record->rdatas_size,
        .ttl = record->ttl, .line = record->line, .type = record->type,
        .owner_size = record->owner_size,
    };
    memcpy(self->bytes + self->size, record->owner, record->owner_size);
    memcpy(self->bytes + self->size + record->owner_size, record->rdatas,
           record->rdatas_size);
    self->size += size;
}

size_t
record_list_count(const record_list_t *self)
{
    return self->count;
}

static void
view(const uint8_t *bytes, const struct item *item,
     struct zone_record *record)
{
    *record = (struct zone_record) {
        .owner = bytes + item->offset, .owner_size = item->owner_size,
        .type = item->type, .ttl = item->ttl, .line = item->line,
        .rdatas = bytes + item->offset + item->owner_size,
        .rdatas_size = item->rdatas_size,
    };
}

void
record_list_at(const record_list_t *self, size_t index,
               struct zone_record *record)
{
    view(self->bytes, &self->items[index], record);
}

int
zone_record_compare(const struct zone_record *left,
                    const struct zone_record *right)
{
    int order;

    if (left->owner_size != right->owner_size)
        return left->owner_size < right->owner_size ? -1 : 1;
    order = memcmp(left->owner, right->owner, left->owner_size);
    if (order != 0)
        return order;
    if (left->type != right->type)
        return left->type < right->type ? -1 : 1;
    if (left->rdatas_size != right->rdatas_size)
        return left->rdatas_size < right->rdatas_size ? -1 : 1;
    return memcmp(left->rdatas, right->rdatas, left->rdatas_size);
}

static int
compare_with_ttl(const struct zone_record *left,
                 const struct zone_record *right)
{
    int order = zone_record_compare(left, right);

    return order != 0 ? order
        : (left->ttl > right->ttl) - (left->ttl < right->ttl);
}

static int
compare_items(const void *left, const void *right, void *bytes)
{
    struct zone_record left_record, right_record;

    view(bytes, left, &left_record);
    view(bytes, right, &right_record);
    return compare_with_ttl(&left_record, &right_record);
}

void
record_list_sort(record_list_t *self)
{
    if (self->count > 1)
        qsort_r(self->items, self->count, sizeof *self->items, compare_items,
                self->bytes);
}

void
record_list_unique(record_list_t *self)
{
    size_t kept = 0;

    for (size_t i = 0; i < self->count; i++) {
        struct zone_record last, record;

        if (kept > 0) {
            record_list_at(self, kept - 1, &last);
            record_list_at(self, i, &record);
            if (zone_record_compare(&last, &record) == 0)
                continue;
        }
        self->items[kept++] = self->items[i];
    }
    self->count = kept;
}

void
record_list_cancel(record_list_t *left, record_list_t *right)
{
    size_t l = 0, r = 0, left_kept = 0, right_kept = 0;

    while (l < left->count && r < right->count) {
        struct zone_record left_record, right_record;
        int order;

        record_list_at(left, l, &left_record);
        record_list_at(right, r, &right_record);
        order = compare_with_ttl(&left_record, &right_record);
        if (order < 0)
            left->items[left_kept++] = left->items[l];
        if (order > 0)
            right->items[right_kept++] = right->items[r];
        l += order <= 0;
        r += order >= 0;
    }
    while (l < left->count)
        left->items[left_kept++] = left->items[l++];
    while (r < right->count)
        right->items[right_kept++] = right->items[r++];
    left->count = left_kept;
    right->count = right_kept;
}

size_t
record_list_find(const record_list_t *self, const struct zone_record *record,
                 size_t *index)
{
    size_t low = 0, high = self->count, copies = 0;
    struct zone_record found;

    while (low < high) {
        size_t middle = (low + high) / 2;

        record_list_at(self, middle, &found);
        if (zone_record_compare(&found, record) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    for (; low < self->count; low++, copies++) {
        record_list_at(self, low, &found);
        if (zone_record_compare(&found, record) != 0)
            break;
    }
    return copies;
}
