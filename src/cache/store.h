/*
 * store - answers in a fixed piece of memory, the useful ones for longer
 *
 * All memory is taken at the beginning: entries, index, what is remembered of
 * evicted names.  Nothing that is put in makes it grow; what is least worth
 * keeping leaves instead.
 */

#ifndef CACHE_STORE_H
#define CACHE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/entry.h"
#include "lib/image.h"
#include "lib/key.h"
#include "lib/table_layout.h"
#include "coredns/fault.h"

#define STORE_SIZE_LEAST (256 * 1024)
#define STORE_SIZE_MOST ((size_t) 32 << 30)

typedef struct store store_t;

struct store_counters {
    uint64_t entries;
    uint64_t octets;                    /* that live entries take */
    uint64_t evictions;                 /* of entries that were still good */
    uint64_t oversized;                 /* too large for the store */
};

/*
 * A store of capacity octets in all, between the two limits.  Returns NULL and
 * fills fault when there is no room for that in the address space.
 */
store_t *
    store_new(size_t capacity, const struct key_secret *secret,
              struct core_fault *fault);

void
    store_destroy(store_t **self_p);

/* Entries older than their lifetime and this are worth nothing. */
void
    store_stale_set(store_t *self, int64_t stale_ms);

/* What neighbours who look into the store must know. */
void
    store_policy_set(store_t *self, const struct table_policy *policy);

/* The store's memory, to be given to neighbours: lib/table.h is for them; and
   where it lies here. */
int
    store_descriptor(const store_t *self);
const struct table_head *
    store_head(const store_t *self);

/* The entry of that key, or NULL; lent until the next store_put(). */
struct entry *
    store_find(const store_t *self, const struct key *key);

/* Says that the entry was of use. */
void
    store_used(struct entry *entry);

/* The entry at a position that a neighbour reports, if the tag is still its
   own; else NULL. */
struct entry *
    store_reported(const store_t *self, uint32_t tag, uint32_t position);

/*
 * Puts the image under key, in place of what is there; its hits are kept.
 * Returns the entry, or NULL when the image is too large: then nothing is
 * under that key.
 */
struct entry *
    store_put(store_t *self, const struct key *key, const struct image *image,
              int64_t lifetime_ms, int64_t now_ms);

/*
 * The same for data of this server, which are good until the version of that
 * slot (below TABLE_VERSIONS) is another.
 */
struct entry *
    store_put_local(store_t *self, const struct key *key,
                    const struct image *image, uint32_t slot, int64_t now_ms);

/* The version of a slot is another from here on. */
void
    store_outdate(store_t *self, uint32_t slot);

/* What is not local and came until then is outdated. */
void
    store_outdate_upstream(store_t *self, int64_t now_ms);

/* Since when nobody tells of changes of what is local, or 0; neighbours leave
   it to us then. */
void
    store_set_away(store_t *self, int64_t away_ms);
int64_t
    store_away(const store_t *self);

/* False for an entry that is outdated by one of the above. */
bool
    store_is_current(const store_t *self, const struct entry *entry);

/* False when nothing under that name is of others, whatever its type. */
bool
    store_may_have_foreign(const store_t *self, const uint8_t *name);

/* True when there was something under that key. */
bool
    store_remove(store_t *self, const struct key *key);

void
    store_clear(store_t *self);

/* Calls visit for each entry, those that proved of use last; removes the ones
   for which it returns true.  visit may not change the store. */
void
    store_each(store_t *self,
               bool (*visit)(void *owner, const struct entry *entry),
               void *owner);

const struct store_counters *
    store_counters(const store_t *self);

#endif
