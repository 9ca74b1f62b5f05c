/*
 * catalogue - all keys of a store, and what is published of them
 *
 * Takes keys as they come and go, works out which names that touches - that of
 * the key, all above it up to the root, for each answers with what is below
 * it, and those whose aliases lead to one that changed - and publishes those
 * whose records have become others.
 *
 * A name is always published whole: whatever was at it goes, then come its
 * RRsets.  So a reader of a zone may get a name as it is a moment later than
 * its snapshot says: the change that follows says the same once more.
 */

#ifndef ETCD_SYNC_CATALOGUE_H
#define ETCD_SYNC_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "coredns/fault.h"
#include "coredns/feed.h"
#include "etcd-sync/leases.h"
#include "etcd-sync/records.h"
#include "etcd-sync/stubs.h"
#include "etcd-sync/zones.h"

#define CATALOGUE_PARTS 4000000         /* of paths, at most; a key that needs
                                           more is a bad one */

struct catalogue_settings {
    const char *path;                   /* in front of all keys: "/skydns";
                                           lent */
    const uint8_t *const *zones;        /* wire names in small letters */
    size_t zone_count;
    struct lease_limits lease_limits;
    const struct records_style *style;  /* NULL: the usual one; lent for the
                                           call */
};

/* Where changes go: transactions of one zone, as a publisher takes them. */
struct catalogue_sink {
    void (*begin)(void *owner, const struct core_zone_id *zone);
    void (*change)(void *owner, const struct core_change *change);
    void (*commit)(void *owner);

    /* A zone besides ours has come, or is another one; without options it has
       gone.  Not within a transaction. */
    void (*zone)(void *owner, const struct core_zone_id *zone,
                 const struct core_zone_options *options);
    void *owner;
};

struct catalogue_counters {
    uint64_t keys;                      /* with a good value */
    uint64_t bad;                       /* with a bad one, or no place */
    uint64_t leases;
    uint64_t published;                 /* names, since the start */
    uint64_t too_wide;                  /* names with too many services */
    uint64_t too_large;                 /* names without one of their RRsets */
    uint64_t too_many_hosts;            /* names without one of their hosts */
    uint64_t stubs;                     /* zones with servers of their own */
    uint64_t stubs_left_out;            /* services that are no such server */
};

/* One key with its value; both are lent. */
struct catalogue_key {
    const char *key;
    size_t key_size;
    const char *value;
    size_t value_size;
    struct lease_id lease;
};

enum catalogue_result {
    CATALOGUE_TAKEN,
    CATALOGUE_FOREIGN,                  /* in no zone of ours: left out */
    CATALOGUE_BAD,                      /* a fault says why */
    CATALOGUE_STILL_BAD,                /* it was already */
};

typedef struct catalogue catalogue_t;

catalogue_t *
    catalogue_new(const struct catalogue_settings *settings);

void
    catalogue_destroy(catalogue_t **self_p);

const zones_t *
    catalogue_zones(const catalogue_t *self);

/* What all keys begin with: "/skydns/"; lent. */
const char *
    catalogue_prefix(const catalogue_t *self);

/* Puts a key, in place of what it was. */
enum catalogue_result
    catalogue_put(catalogue_t *self, const struct catalogue_key *key,
                  int64_t now_ms, struct core_fault *fault);

void
    catalogue_remove(catalogue_t *self, const char *key, size_t key_size);

/* All keys are put again from here on; what has not been when the load ends is
   removed. */
void
    catalogue_load_begin(catalogue_t *self);
void
    catalogue_load_end(catalogue_t *self);

leases_t *
    catalogue_leases(catalogue_t *self);

/* The records of the node may be others; owner is the catalogue. */
void
    catalogue_touch(void *owner, struct tree_node *node);

/* Each zone there is: ours, and those that come with them - of the layer
   CORE_FEED_UPSTREAMS for stubs (see stubs.h), and one whose names all fall
   through for each stub within our zones. */
void
    catalogue_each_zone(const catalogue_t *self,
                        void (*each)(void *owner,
                                     const struct core_zone_id *zone),
                        void *owner);

bool
    catalogue_has_zone(const catalogue_t *self,
                       const struct core_zone_id *zone);

/*
 * From here on changes are published there; our zones are to be announced by
 * the caller, those that come with them are told at once.  now_seconds is the
 * time, here and below, of which serials are made (serial.h).
 */
void
    catalogue_publish_to(catalogue_t *self, const struct catalogue_sink *sink,
                         uint32_t now_seconds);

/* Which names are published. */
enum catalogue_which {
    CATALOGUE_NARROW,                   /* with few services below them */
    CATALOGUE_ALL,
};

/*
 * Publishes some of what was touched; true when there is more of that kind.
 * Names with many services below them cost much: so that somebody can pace
 * them, *cost (may be NULL) is how many services those had that were published.
 */
bool
    catalogue_flush(catalogue_t *self, uint32_t now_seconds,
                    enum catalogue_which which, size_t *cost);

/* Publishes the serials that must move once more because several changes came
   in one second; true when it should be called again in the next one. */
bool
    catalogue_settle(catalogue_t *self, uint32_t now_seconds);

/* Says whether names of that kind wait to be published. */
bool
    catalogue_waits(const catalogue_t *self, enum catalogue_which which);

void
    catalogue_count(const catalogue_t *self,
                    struct catalogue_counters *counters);

/* Writes a line for each key with a bad value, and each name that has not all
   the records it should, so many of them at most: the key or name, the text
   behind, and what it is. */
void
    catalogue_print_bad(const catalogue_t *self, size_t limit,
                        const char *behind, FILE *file);

/* ---- reading a zone ------------------------------------------------------ */

typedef struct catalogue_reader catalogue_reader_t;

/*
 * Reads the records of a zone, name after name, while the catalogue changes.
 * NULL when there is no such zone.  The reader must not outlive the catalogue.
 */
catalogue_reader_t *
    catalogue_read(catalogue_t *self, const struct core_zone_id *zone);

/* As struct core_snapshot_hooks.next. */
size_t
    catalogue_reader_write(catalogue_reader_t *self, uint8_t *bytes,
                           size_t limit);
void
    catalogue_reader_destroy(catalogue_reader_t **self_p);

#endif
