/*
 * referrers - which nodes have a host of that name
 */

#include "etcd-sync/referrers.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"

#define FIRST_BUCKETS 64

struct referrer {
    uint64_t name;
    struct tree_node *node;
    struct referrer *next;              /* of the same bucket */
};

struct referrers {
    struct referrer **buckets;
    size_t bucket_count;                /* a power of two */
    size_t count;
};

referrers_t *
referrers_new(void)
{
    referrers_t *self = core_allocate(sizeof *self);

    self->bucket_count = FIRST_BUCKETS;
    self->buckets = core_allocate(FIRST_BUCKETS * sizeof *self->buckets);
    return self;
}

void
referrers_destroy(referrers_t **self_p)
{
    assert(self_p);

    referrers_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->bucket_count; i++) {
        struct referrer *at = self->buckets[i];

        while (at != NULL) {
            struct referrer *next = at->next;

            free(at);
            at = next;
        }
    }
    free(self->buckets);
    free(self);
    *self_p = NULL;
}

static struct referrer **
bucket_of(const referrers_t *self, uint64_t name)
{
    return &self->buckets[name & (self->bucket_count - 1)];
}

static void
grow(referrers_t *self)
{
    struct referrer **old = self->buckets;
    size_t old_count = self->bucket_count;

    if (self->count < 2 * self->bucket_count)
        return;
    self->bucket_count *= 4;
    self->buckets = core_allocate(self->bucket_count * sizeof *self->buckets);
    for (size_t i = 0; i < old_count; i++) {
        struct referrer *at = old[i];

        while (at != NULL) {
            struct referrer *next = at->next;
            struct referrer **bucket = bucket_of(self, at->name);

            at->next = *bucket;
            *bucket = at;
            at = next;
        }
    }
    free(old);
}

void
referrers_add(referrers_t *self, uint64_t name, struct tree_node *node)
{
    struct referrer *referrer = core_allocate(sizeof *referrer);
    struct referrer **bucket;

    grow(self);
    bucket = bucket_of(self, name);
    referrer->name = name;
    referrer->node = node;
    referrer->next = *bucket;
    *bucket = referrer;
    self->count++;
}

void
referrers_remove(referrers_t *self, uint64_t name, struct tree_node *node)
{
    struct referrer **link = bucket_of(self, name);

    while (*link != NULL && ((*link)->name != name || (*link)->node != node))
        link = &(*link)->next;

    struct referrer *found = *link;

    if (found == NULL)
        return;
    *link = found->next;
    free(found);
    self->count--;
}

struct tree_node *
referrers_next(const referrers_t *self, uint64_t name,
               const struct referrer **at)
{
    *at = *at == NULL ? *bucket_of(self, name) : (*at)->next;
    while (*at != NULL && (*at)->name != name)
        *at = (*at)->next;
    return *at == NULL ? NULL : (*at)->node;
}
