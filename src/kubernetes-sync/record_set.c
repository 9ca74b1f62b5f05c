/*
 * record_set - the records that one thing makes in a zone
 *
 * All octets lie in one buffer, records are places in it.  A change carries
 * all records of an RRset that come or go together.
 */

#include "kubernetes-sync/record_set.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"

#define WHOLE_WEIGHT 100
#define MOST_RECORDS 60000              /* in one change: they are counted in
                                           16 bits */
#define HEADER_SIZE ((size_t) 16)              /* of a change */

struct record {
    uint32_t place;                     /* in bytes: owner, then rdata */
    uint32_t ttl;
    uint16_t owner_size;
    uint16_t rdata_size;
    uint16_t type;
};

struct record_set {
    struct record *records;
    size_t count, capacity;
    uint8_t *bytes;
    size_t size, limit;
};

record_set_t *
record_set_new(void)
{
    return core_allocate(sizeof (record_set_t));
}

void
record_set_destroy(record_set_t **self_p)
{
    record_set_t *self = *self_p;

    if (self == NULL)
        return;
    free(self->records);
    free(self->bytes);
    free(self);
    *self_p = NULL;
}

#define LARGE (256 * 1024)              /* more is given back after use */

void
record_set_clear(record_set_t *self)
{
    if (self->limit > LARGE) {
        free(self->bytes);
        free(self->records);
        self->bytes = NULL;
        self->records = NULL;
        self->limit = 0;
        self->capacity = 0;
    }
    self->count = 0;
    self->size = 0;
}

size_t
record_set_count(const record_set_t *self)
{
    return self->count;
}

void
record_set_add(record_set_t *self, const uint8_t *owner, uint16_t type,
               uint32_t ttl, const void *rdata, size_t rdata_size)
{
    size_t owner_size = core_name_size(owner);

    if (self->limit - self->size < owner_size + rdata_size) {
        self->limit = 2 * self->limit + owner_size + rdata_size + 256;
        self->bytes = core_reallocate(self->bytes, self->limit);
    }
    self->records = core_grow(self->records, self->count, &self->capacity,
                              sizeof *self->records);
    self->records[self->count++] = (struct record) {
        .place = (uint32_t) self->size, .ttl = ttl, .type = type,
        .owner_size = (uint16_t) owner_size,
        .rdata_size = (uint16_t) rdata_size,
    };
    memcpy(self->bytes + self->size, owner, owner_size);
    if (rdata_size > 0)
        memcpy(self->bytes + self->size + owner_size, rdata, rdata_size);
    self->size += owner_size + rdata_size;
}

static const uint8_t *
owner_of(const record_set_t *self, const struct record *record)
{
    return self->bytes + record->place;
}

static const uint8_t *
rdata_of(const record_set_t *self, const struct record *record)
{
    return self->bytes + record->place + record->owner_size;
}

static int
compare_octets(const uint8_t *left, size_t left_size, const uint8_t *right,
               size_t right_size)
{
    size_t size = left_size < right_size ? left_size : right_size;
    int difference = size == 0 ? 0 : memcmp(left, right, size);

    return difference != 0 ? difference
        : (left_size > right_size) - (left_size < right_size);
}

/* By owner and type; any order of owners will do. */
static int
compare_sets(const record_set_t *left_set, const struct record *left,
             const record_set_t *right_set, const struct record *right)
{
    int difference = compare_octets(owner_of(left_set, left),
                                    left->owner_size,
                                    owner_of(right_set, right),
                                    right->owner_size);

    return difference != 0 ? difference : left->type - right->type;
}

static int
compare_records(const record_set_t *left_set, const struct record *left,
                const record_set_t *right_set, const struct record *right)
{
    int difference = compare_sets(left_set, left, right_set, right);

    return difference != 0 ? difference
        : compare_octets(rdata_of(left_set, left), left->rdata_size,
                         rdata_of(right_set, right), right->rdata_size);
}

static int
compare_places(const void *left, const void *right, void *owner)
{
    return compare_records(owner, left, owner, right);
}

/* The record behind the last one of the RRset that begins there. */
static size_t
end_of_set(const record_set_t *self, size_t start)
{
    size_t end = start + 1;

    while (end < self->count
           && compare_sets(self, &self->records[start], self,
                           &self->records[end]) == 0)
        end++;
    return end;
}

static void
share_weight(record_set_t *self, size_t start, size_t end)
{
    size_t weight = WHOLE_WEIGHT / (end - start);

    for (size_t i = start; i < end; i++) {
        struct record *record = &self->records[i];
        uint8_t *rdata = self->bytes + record->place + record->owner_size;

        core_write16(rdata + 2, (uint16_t) (weight > 0 ? weight : 1));
    }
}

void
record_set_sort(record_set_t *self)
{
    size_t kept = 0;

    if (self->count == 0)
        return;
    qsort_r(self->records, self->count, sizeof *self->records,
            compare_places, self);
    for (size_t start = 0, end; start < self->count; start = end) {
        end = end_of_set(self, start);
        if (self->records[start].type == CORE_SRV)
            share_weight(self, start, end);
    }
    for (size_t i = 1; i < self->count; i++)
        if (compare_records(self, &self->records[kept], self,
                            &self->records[i]) != 0)
            self->records[++kept] = self->records[i];
    self->count = kept + 1;
}

/* ---- differences --------------------------------------------------------- */

/* A change that is being made of records that follow each other. */
struct making {
    struct core_change change;
    uint8_t *rdatas;
    size_t size, limit;
    record_set_visit *visit;
    void *owner;
};

static void
flush(struct making *self)
{
    if (self->change.owner == NULL)
        return;
    self->change.rdatas = self->rdatas;
    self->change.rdatas_size = self->size;
    self->visit(self->owner, &self->change);
    self->change.owner = NULL;
    self->size = 0;
}

static void
put_rdata(struct making *self, const uint8_t *rdata, size_t size)
{
    if (self->limit - self->size < size + 2) {
        self->limit = 2 * self->limit + size + 256;
        self->rdatas = core_reallocate(self->rdatas, self->limit);
    }
    core_write16(self->rdatas + self->size, (uint16_t) size);
    memcpy(self->rdatas + self->size + 2, rdata, size);
    self->size += size + 2;
    self->change.count++;
}

static void
put_record(struct making *self, const record_set_t *set,
           const struct record *record, enum core_change_kind kind)
{
    const uint8_t *owner = owner_of(set, record);

    if (self->change.owner == NULL || self->change.kind != kind
        || self->change.type != record->type
        || self->change.count == MOST_RECORDS
        || !core_name_equal(self->change.owner, owner)) {
        flush(self);
        self->change = (struct core_change) {
            .kind = kind, .owner = owner, .type = record->type,
            .ttl = record->ttl,
        };
    }
    put_rdata(self, rdata_of(set, record), record->rdata_size);
}

/* A name that comes into being or goes, apart from its records. */
static void
put_name(struct making *self, const record_set_t *set,
         const struct record *record, enum core_change_kind kind)
{
    flush(self);
    self->change = (struct core_change) {
        .kind = kind, .owner = owner_of(set, record),
        .type = kind == CORE_CHANGE_DELETE ? CORE_ANY : 0,
    };
    flush(self);
}

static void
put(struct making *self, const record_set_t *set, const struct record *record,
    bool comes)
{
    if (record->type == 0)
        put_name(self, set, record,
                 comes ? CORE_CHANGE_NAME : CORE_CHANGE_DELETE);
    else
        put_record(self, set, record,
                   comes ? CORE_CHANGE_ADD : CORE_CHANGE_REMOVE);
}

/*
 * What goes comes first, name by name: a name that is deleted is deleted
 * before anything is added to it.
 */
void
record_set_difference(const record_set_t *old, const record_set_t *new,
                      record_set_visit *visit, void *owner)
{
    struct making making = { .visit = visit, .owner = owner };

    for (int comes = 0; comes <= 1; comes++) {
        const record_set_t *these = comes ? new : old;
        const record_set_t *others = comes ? old : new;
        size_t other = 0;

        for (size_t i = 0; i < these->count; i++) {
            int order = 1;

            while (other < others->count
                   && (order = compare_records(others, &others->records[other],
                                               these, &these->records[i]))
                      < 0)
                other++;
            if (other == others->count || order != 0)
                put(&making, these, &these->records[i], comes);
        }
        flush(&making);
    }
    free(making.rdatas);
}

/* ---- writing ------------------------------------------------------------- */

struct writing {
    uint8_t *bytes;
    size_t size, limit;
};

static void
write_change(void *owner, const struct core_change *change)
{
    struct writing *self = owner;

    self->size += core_change_write(self->bytes + self->size,
                                    self->limit - self->size, change);
}

size_t
record_set_write(const record_set_t *self, size_t *position, uint8_t *bytes,
                 size_t limit)
{
    struct writing writing = { .bytes = bytes, .limit = limit };
    struct making making = { .visit = write_change, .owner = &writing };
    size_t planned = 0;                 /* octets of what is not flushed yet */

    while (*position < self->count) {
        const struct record *record = &self->records[*position];
        size_t size = HEADER_SIZE + record->owner_size + record->rdata_size
            + 2;

        if (planned + size > limit)
            break;
        planned += size;
        put(&making, self, record, true);
        ++*position;
    }
    flush(&making);
    free(making.rdatas);
    return writing.size;
}
