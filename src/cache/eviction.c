/*
 * eviction - what leaves a store when there must be room
 *
 * Eviction is S3-FIFO (Yang and others, SOSP 2023).  A new answer goes to a
 * small ring, a tenth of the room.  When it reaches the end of that and was
 * asked for at least twice, or there is room that nobody uses, it moves to the
 * main ring; otherwise it leaves, and its hash is remembered among the ghosts:
 * if it is learned again soon, it goes to the main ring at once.  At the end of
 * the main ring an answer that was of use since its last turn gets another.
 *
 * Why this one.  A flood of names that are asked once (random labels below a
 * victim's zone, a scan) passes through the small ring and never touches the
 * main one, where what people ask for lies; with LRU it would wash out
 * everything.  A hit writes one octet, and moves nothing.  And queues that are
 * strictly first-in first-out can be rings in memory: entries of any size lie
 * side by side without gaps, without size classes that fit only the traffic of
 * the first hour, and without an allocator.  The price is that an entry whose
 * answer has grown leaves a hole until the end of the ring passes by.
 */

#include "cache/store_parts.h"

#include "lib/guard.h"

#define USES_TO_STAY 2                  /* hits that lead to the main ring */
#define TURNS 64                        /* looked at for one eviction */

static void
evict(store_t *self, struct ring *ring, uint64_t hash)
{
    store_unlist(self, ring_oldest(ring), hash);
    ring_drop(ring);
    self->counters.evictions++;
}

/* Drops the oldest entry when there is nothing to be said for it. */
static bool
drop_worthless(store_t *self, struct ring *ring, int64_t now_ms)
{
    struct entry *entry = ring_oldest(ring);

    if (entry->state != ENTRY_DEAD) {
        if (store_is_current(self, entry)
            && !entry_is_gone(entry, self->stale_ms, now_ms))
            return false;
        store_unlist(self, entry, store_hash(self, entry));
    }
    ring_drop(ring);
    return true;
}

/* Makes room in the main ring. */
static void
shrink_main(store_t *self, int64_t now_ms)
{
    for (unsigned turns = 0;; turns++) {
        if (drop_worthless(self, &self->main, now_ms))
            return;

        struct entry *entry = ring_oldest(&self->main);
        uint64_t hash = store_hash(self, entry);

        if (entry->uses == 0 || turns == TURNS) {
            evict(self, &self->main, hash);
            return;
        }
        __atomic_store_n(&entry->uses, entry->uses - 1, __ATOMIC_RELAXED);

        uint32_t from = store_position(self, entry);

        guard_begin(store_guard(self, from));
        entry = ring_turn(&self->main);
        index_move(&self->index, hash, from, store_position(self, entry));
        guard_end(store_guard(self, from));
    }
}

static void
move_to_main(store_t *self, struct entry *entry, uint64_t hash, int64_t now_ms)
{
    while (!ring_has_room(&self->main, entry->units))
        shrink_main(self, now_ms);

    uint32_t from = store_position(self, entry);
    struct entry *copy = ring_take(&self->main, entry->units);

    guard_write(copy, entry, entry->units);
    __atomic_store_n(&copy->uses, 0, __ATOMIC_RELAXED);
    index_move(&self->index, hash, from, store_position(self, copy));
    guard_break(store_guard(self, from));
}

/* Room in the main ring that costs nothing: what is left over there. */
static bool
has_spare_room(store_t *self, unsigned units, int64_t now_ms)
{
    for (unsigned turns = 0; turns < TURNS; turns++) {
        if (ring_has_room(&self->main, units))
            return true;
        if (!drop_worthless(self, &self->main, now_ms))
            return false;
    }
    return false;
}

/* Makes room in the small ring. */
static void
shrink_small(store_t *self, int64_t now_ms)
{
    if (drop_worthless(self, &self->small, now_ms))
        return;

    struct entry *entry = ring_oldest(&self->small);
    uint64_t hash = store_hash(self, entry);

    if (entry->uses >= USES_TO_STAY
        || has_spare_room(self, entry->units, now_ms)) {
        move_to_main(self, entry, hash, now_ms);
        ring_drop(&self->small);
        return;
    }
    ghosts_add(&self->ghosts, hash);
    evict(self, &self->small, hash);
}

/* Only very many very small entries can fill the index. */
static void
make_room_in_index(store_t *self, int64_t now_ms)
{
    while (index_is_full(&self->index)) {
        if (ring_oldest(&self->small) != NULL)
            shrink_small(self, now_ms);
        else
            shrink_main(self, now_ms);
    }
}

struct entry *
store_make_room(store_t *self, struct ring *ring, unsigned units,
                int64_t now_ms)
{
    make_room_in_index(self, now_ms);
    while (!ring_has_room(ring, units)) {
        if (ring == &self->small)
            shrink_small(self, now_ms);
        else
            shrink_main(self, now_ms);
    }
    return ring_take(ring, units);
}
