/*
 * store - answers in a fixed piece of memory, the useful ones for longer
 *
 * The memory is: a head for those who look into it, an eighth of the rest for
 * the index, a thirty-second for ghosts, what remains for the rings.
 *
 * Neighbours look while entries come and go.  For them an entry is written
 * before the index has it; it is out of the index, and its guard has moved,
 * before its room is used again; and its guard is odd while it is changed
 * where it lies.
 */

#include "cache/store.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/store_parts.h"
#include "coredns/memory.h"
#include "coredns/name.h"
#include "lib/guard.h"

#define GHOSTS_SHARE 32                 /* of the capacity */
#define SMALL_SHARE 10                  /* a tenth of the rings */
#define LARGEST_SHARE 8                 /* of the small ring, for one entry */
#define USES_MOST 3
#define CACHE_LINE 64
#define LARGE_PAGE_SHARE 16             /* filled before they are used */
#define LOCAL_LIFETIME_MS (3600 * 1000) /* then the source is asked again */
#define FOREIGN_NAMES 4096              /* hashes that are told apart */

/* ---- life ---------------------------------------------------------------- */

static size_t
rounded(size_t size)
{
    return size / 64 * 64;
}

static size_t
head_size(void)
{
    return rounded(sizeof (struct table_head) + 63);
}

static size_t
ghosts_size(const store_t *self)
{
    return rounded((self->capacity - head_size()) / GHOSTS_SHARE);
}

/* Ghosts are nobody else's to see, and read before they are written: that
   takes no memory but in a piece of their own. */
static void
lay_out(store_t *self)
{
    size_t size = self->capacity - head_size();
    size_t index_size = rounded(size / 8);
    size_t rings_size = size - index_size - ghosts_size(self);
    size_t small_size = rounded(rings_size / SMALL_SHARE);
    uint8_t *at = self->region.bytes + head_size();

    index_init(&self->index, (struct index_slot *) (void *) at,
               index_size / sizeof (struct index_slot));
    at += index_size;
    ring_init(&self->small, at, small_size);
    at += small_size;
    ring_init(&self->main, at, rings_size - small_size);
    free(self->tags);
    self->tags = core_allocate(ghosts_size(self));
    ghosts_init(&self->ghosts, self->tags, ghosts_size(self)
                / sizeof (uint32_t) / GHOSTS_IN_BUCKET);
}

static void
tell_index_size(store_t *self)
{
    __atomic_store_n(&self->head->index_size, self->index.size,
                     __ATOMIC_RELEASE);
}

static void
write_head(store_t *self)
{
    struct table_head *head = self->head;

    head->size = self->region.size;
    head->index = (size_t) ((uint8_t *) self->index.slots
                            - self->region.bytes);
    head->index_most = self->index.most;
    tell_index_size(self);
    head->secret = self->secret;
    head->since_ms = -1;
    head->magic = TABLE_MAGIC;
}

store_t *
store_new(size_t capacity, const struct key_secret *secret,
          struct core_fault *fault)
{
    assert(capacity >= STORE_SIZE_LEAST && capacity <= STORE_SIZE_MOST);

    store_t *self = core_allocate(sizeof *self);

    self->capacity = rounded(capacity - sizeof *self);
    if (!region_reserve(&self->region, self->capacity
                        - ghosts_size(self))) {
        core_fault_set(fault, NULL, 0,
                       "capacity: cannot reserve %zu octets: %s", capacity,
                       strerror(errno));
        free(self);
        return NULL;
    }
    self->head = (struct table_head *) (void *) self->region.bytes;
    self->draft = core_reallocate(NULL, ENTRY_SIZE_MOST + ENTRY_UNIT);
    self->foreign = core_allocate(FOREIGN_NAMES * sizeof *self->foreign);
    self->secret = *secret;
    lay_out(self);
    write_head(self);
    return self;
}

void
store_destroy(store_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    __atomic_store_n(&(*self_p)->head->is_closed, 1, __ATOMIC_RELEASE);
    region_release(&(*self_p)->region);
    free((*self_p)->tags);
    free((*self_p)->foreign);
    free((*self_p)->draft);
    free(*self_p);
    *self_p = NULL;
}

void
store_policy_set(store_t *self, const struct table_policy *policy)
{
    struct table_policy *told = &self->head->policy;

    __atomic_store_n(&told->keep_ttl, policy->keep_ttl, __ATOMIC_RELAXED);
    __atomic_store_n(&told->prefetch, policy->prefetch, __ATOMIC_RELAXED);
    __atomic_store_n(&told->prefetch_percentage, policy->prefetch_percentage,
                     __ATOMIC_RELAXED);
}

int
store_descriptor(const store_t *self)
{
    return self->region.descriptor;
}

void
store_stale_set(store_t *self, int64_t stale_ms)
{
    self->stale_ms = stale_ms;
}

const struct table_head *
store_head(const store_t *self)
{
    return self->head;
}

/* Its memory stays: who looks at it must not lose it. */
void
store_clear(store_t *self)
{
    for (size_t i = 0; i < self->index.size; i++)
        guard_write(&self->index.slots[i], &(uint64_t) { 0 }, 1);
    for (size_t i = 0; i < TABLE_GUARDS; i++)
        guard_break(&self->head->guards[i]);
    self->counters.entries = 0;
    self->counters.octets = 0;
    memset(self->foreign, 0, FOREIGN_NAMES * sizeof *self->foreign);
    lay_out(self);
    tell_index_size(self);
}

/* ---- entries and their places -------------------------------------------- */

static unsigned
units_of(const struct image *image)
{
    return (unsigned) ((entry_size(image) + ENTRY_UNIT - 1) / ENTRY_UNIT);
}

static void
count(store_t *self, const struct entry *entry, int sign)
{
    uint64_t octets = (uint64_t) entry->units * ENTRY_UNIT;

    self->counters.entries += (uint64_t) (int64_t) sign;
    self->counters.octets += sign > 0 ? octets : 0 - octets;
}

static uint32_t *
foreign_of(const store_t *self, const uint8_t *name)
{
    return &self->foreign[core_name_hash(name) % FOREIGN_NAMES];
}

/* What is there as an entry comes, by 1, or goes, by -1. */
static void
count_foreign(store_t *self, const struct entry *entry, int sign)
{
    size_t size;

    if (entry->state == ENTRY_LIVE)
        *foreign_of(self, entry_question(entry, &size)) += (uint32_t) sign;
}

void
store_unlist(store_t *self, struct entry *entry, uint64_t hash)
{
    uint32_t position = store_position(self, entry);

    index_remove(&self->index, hash, position);
    count(self, entry, -1);
    count_foreign(self, entry, -1);
    __atomic_store_n(&entry->state, ENTRY_DEAD, __ATOMIC_RELEASE);
    guard_break(store_guard(self, position));
}

/* ---- what it is for ------------------------------------------------------ */

struct entry *
store_find(const store_t *self, const struct key *key)
{
    struct index_walk walk;
    uint32_t position = index_first(&self->index, key->hash, &walk);

    for (; position != 0; position = index_next(&self->index, &walk)) {
        struct entry *entry = store_entry(self, position);

        /* Its question may begin there: fetch both lines at once. */
        __builtin_prefetch((const uint8_t *) entry + CACHE_LINE);
        if (entry_matches(entry, key))
            return entry;
    }
    return NULL;
}

void
store_used(struct entry *entry)
{
    entry_use(entry, USES_MOST);
}

struct entry *
store_reported(const store_t *self, uint32_t tag, uint32_t position)
{
    struct index_walk walk;
    uint64_t hash = (uint64_t) tag << 32;
    uint32_t found = index_first(&self->index, hash, &walk);

    for (; found != 0; found = index_next(&self->index, &walk))
        if (found == position)
            return store_entry(self, position);
    return NULL;
}

/* The answer to a question that is asked often seldom changes its size: then
   the new one takes the room of the old. */
static bool
fits_in_place(const struct entry *old, unsigned units)
{
    return old != NULL && old->units >= units && old->units / 2u <= units;
}

/* Takes the old entry away and gives room for the new one, or NULL. */
static struct entry *
replace(store_t *self, const struct key *key, struct entry *old,
        unsigned units, int64_t now_ms)
{
    bool is_for_main;

    if (old != NULL) {
        is_for_main = ring_holds(&self->main, old);
        store_unlist(self, old, key->hash);
    }
    else
        is_for_main = ghosts_take(&self->ghosts, key->hash);
    if (units > self->small.size / ENTRY_UNIT / LARGEST_SHARE) {
        self->counters.oversized++;
        return NULL;
    }
    return store_make_room(self, is_for_main ? &self->main : &self->small,
                           units, now_ms);
}

/* Puts the draft, of so many units, in place of the old entry. */
static struct entry *
put(store_t *self, const struct key *key, struct entry *old, unsigned units,
    int64_t now_ms)
{
    struct entry *draft = (struct entry *) self->draft;
    struct entry *entry = old;

    if (fits_in_place(old, units)) {
        uint32_t *guard = store_guard(self, store_position(self, old));

        draft->units = old->units;
        count_foreign(self, old, -1);
        count_foreign(self, draft, 1);
        guard_begin(guard);
        guard_write(old, draft, units);
        guard_end(guard);
        return old;
    }
    draft->units = (uint16_t) units;
    entry = replace(self, key, old, units, now_ms);
    if (entry == NULL)
        return NULL;
    guard_write(entry, draft, units);
    if (index_grow(&self->index))
        tell_index_size(self);
    index_add(&self->index, key->hash, store_position(self, entry));
    count(self, entry, 1);
    count_foreign(self, entry, 1);
    if (self->counters.octets > self->region.size / LARGE_PAGE_SHARE)
        region_use_large_pages(&self->region);
    return entry;
}

static struct entry *
put_image(store_t *self, const struct key *key, const struct image *image,
          const struct entry_version *version, int64_t lifetime_ms,
          int64_t now_ms)
{
    struct entry *draft = (struct entry *) self->draft;
    struct entry *old = store_find(self, key);

    entry_fill(draft, image, key->bits, version, lifetime_ms, now_ms);
    if (old != NULL) {
        draft->hits = old->hits;
        draft->uses = old->uses;
    }
    return put(self, key, old, units_of(image), now_ms);
}

struct entry *
store_put(store_t *self, const struct key *key, const struct image *image,
          int64_t lifetime_ms, int64_t now_ms)
{
    return put_image(self, key, image, NULL, lifetime_ms, now_ms);
}

struct entry *
store_put_local(store_t *self, const struct key *key,
                const struct image *image, uint32_t slot, int64_t now_ms)
{
    struct entry_version version = { slot, self->head->versions[slot] };

    return put_image(self, key, image, &version, LOCAL_LIFETIME_MS, now_ms);
}

void
store_outdate(store_t *self, uint32_t slot)
{
    guard_add(&self->head->versions[slot], 1, __ATOMIC_RELEASE);
}

void
store_outdate_upstream(store_t *self, int64_t now_ms)
{
    __atomic_store_n(&self->head->since_ms, now_ms, __ATOMIC_RELEASE);
}

void
store_set_away(store_t *self, int64_t away_ms)
{
    __atomic_store_n(&self->head->away_ms, away_ms, __ATOMIC_RELEASE);
}

int64_t
store_away(const store_t *self)
{
    return self->head->away_ms;
}

bool
store_is_current(const store_t *self, const struct entry *entry)
{
    if (entry->state != ENTRY_LOCAL)
        return entry->stored_ms > self->head->since_ms;
    return self->head->versions[entry->version.slot] == entry->version.value;
}

bool
store_may_have_foreign(const store_t *self, const uint8_t *name)
{
    return *foreign_of(self, name) > 0;
}

bool
store_remove(store_t *self, const struct key *key)
{
    struct entry *entry = store_find(self, key);

    if (entry == NULL)
        return false;
    store_unlist(self, entry, key->hash);
    return true;
}

void
store_each(store_t *self,
           bool (*visit)(void *owner, const struct entry *entry), void *owner)
{
    const struct ring *rings[] = { &self->small, &self->main };

    for (int i = 0; i < 2; i++) {
        struct entry *entry = NULL;

        while ((entry = ring_next(rings[i], entry)) != NULL)
            if (entry->state != ENTRY_DEAD && visit(owner, entry))
                store_unlist(self, entry, store_hash(self, entry));
    }
}

const struct store_counters *
store_counters(const store_t *self)
{
    return &self->counters;
}
