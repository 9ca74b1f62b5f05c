/*
 * inflight - the queries in flight, in memory that outlives the process
 *
 * What a new process must know lies in the area: the slots with their state,
 * and how many of them were ever used.  What it can work out again does not:
 * the free slots and the order of age are ordinary memory, so a process that
 * dies while it changes them breaks nothing.  The state of a slot is written
 * last when it becomes LIVE and first when it becomes free.
 */

#include "frontend/inflight.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "coredns/memory.h"

#define MAGIC 0x434e4649u               /* "IFNC" */
#define VERSION 3
#define PAGE 4096u

enum class { SMALL, LARGE, CLASSES };

struct area {
    uint32_t magic;
    uint32_t version;
    uint64_t key;
    uint32_t stride[CLASSES];           /* octets of a slot */
    uint32_t slots[CLASSES];
    uint32_t used[CLASSES];             /* slots that were ever taken */
};

struct neighbours {
    uint32_t older, newer;
};

struct class_of_slots {
    uint8_t *first;
    uint32_t base;                      /* number of its first slot */
    uint32_t *free;                     /* a stack */
    uint32_t free_count;
};

struct inflight {
    struct area *area;
    struct class_of_slots classes[CLASSES];
    struct neighbours *ages;
    uint32_t oldest, newest;
    uint32_t count;
};

static const size_t room_of[CLASSES] = { INFLIGHT_SMALL, INFLIGHT_LARGE };

_Static_assert(sizeof (struct area) <= PAGE, "the header has one page");
_Static_assert(sizeof (struct inflight_slot) + INFLIGHT_SMALL == 384,
               "a small slot has a size that suits cache lines and pages");

static uint32_t
large_slots(uint32_t slots)
{
    return slots / 16 < 64 ? 64 : slots / 16;
}

static size_t
stride_of(enum class class)
{
    return (sizeof (struct inflight_slot) + room_of[class] + 7) & ~(size_t) 7;
}

static size_t
slots_offset(void)
{
    return PAGE + INFLIGHT_INTAKE;
}

size_t
inflight_area_size(uint32_t slots)
{
    size_t size = slots_offset() + slots * stride_of(SMALL)
        + large_slots(slots) * stride_of(LARGE);

    return (size + PAGE - 1) & ~(size_t) (PAGE - 1);
}

static enum class
class_of(const inflight_t *self, uint32_t slot)
{
    return slot < self->classes[LARGE].base ? SMALL : LARGE;
}

struct inflight_slot *
inflight_at(const inflight_t *self, uint32_t slot)
{
    enum class class = class_of(self, slot);
    uint32_t place = slot - self->classes[class].base;

    assert(place < self->area->slots[class]);
    return (struct inflight_slot *) (void *)
        (self->classes[class].first + (size_t) place * stride_of(class));
}

static void
set_state(struct inflight_slot *slot, enum inflight_state state)
{
    __atomic_store_n(&slot->state, (uint32_t) state, __ATOMIC_RELEASE);
}

static void
append(inflight_t *self, uint32_t slot)
{
    self->ages[slot] = (struct neighbours) { self->newest, INFLIGHT_NONE };
    if (self->newest != INFLIGHT_NONE)
        self->ages[self->newest].newer = slot;
    else
        self->oldest = slot;
    self->newest = slot;
    self->count++;
}

static void
cut_out(inflight_t *self, uint32_t slot)
{
    struct neighbours at = self->ages[slot];

    if (at.older != INFLIGHT_NONE)
        self->ages[at.older].newer = at.newer;
    else
        self->oldest = at.newer;
    if (at.newer != INFLIGHT_NONE)
        self->ages[at.newer].older = at.older;
    else
        self->newest = at.older;
    self->count--;
}

static void
push_free(inflight_t *self, uint32_t slot)
{
    struct class_of_slots *class = &self->classes[class_of(self, slot)];

    class->free[class->free_count++] = slot;
}

static bool
is_as_expected(const struct area *area, uint32_t slots, uint64_t key)
{
    return area->magic == MAGIC && area->version == VERSION
        && area->key == key
        && area->stride[SMALL] == stride_of(SMALL)
        && area->stride[LARGE] == stride_of(LARGE)
        && area->slots[SMALL] == slots
        && area->slots[LARGE] == large_slots(slots)
        && area->used[SMALL] <= area->slots[SMALL]
        && area->used[LARGE] <= area->slots[LARGE];
}

static void
format_area(struct area *area, uint32_t slots, uint64_t key)
{
    memset((uint8_t *) area, 0, slots_offset());
    *area = (struct area) {
        .version = VERSION,
        .key = key,
        .stride = { (uint32_t) stride_of(SMALL), (uint32_t) stride_of(LARGE) },
        .slots = { slots, large_slots(slots) },
    };
    __atomic_store_n(&area->magic, MAGIC, __ATOMIC_RELEASE);
}

/* A slot that is used but was never written to must not look like a query. */
static bool
is_sound(const inflight_t *self, uint32_t slot)
{
    const struct inflight_slot *at = inflight_at(self, slot);

    return at->size <= inflight_room(self, slot)
        && at->control_size <= INFLIGHT_CONTROL;
}

/* Finds out, from the states, what is free and what lives. */
static void
take_stock(inflight_t *self)
{
    for (enum class class = SMALL; class < CLASSES; class++) {
        for (uint32_t i = self->area->used[class]; i > 0; i--) {
            uint32_t slot = self->classes[class].base + i - 1;
            struct inflight_slot *at = inflight_at(self, slot);

            if (at->state == INFLIGHT_LIVE && is_sound(self, slot)) {
                at->progress = at->attempts = at->returns = 0;
                append(self, slot);
            }
            else if (at->state != INFLIGHT_RECEIVING) {
                set_state(at, INFLIGHT_FREE);
                push_free(self, slot);
            }
        }
    }
}

/* So that the kernel need not fault in a page while it hands over a message:
   a process that is being killed could lose it there. */
static void
populate(inflight_t *self)
{
    size_t used = self->area->used[SMALL] * stride_of(SMALL);

    (void) madvise(self->area, slots_offset() + used, MADV_POPULATE_WRITE);
}

inflight_t *
inflight_new(void *area, uint32_t slots, uint64_t key)
{
    inflight_t *self = core_allocate(sizeof *self);
    uint32_t large = large_slots(slots);

    self->area = area;
    if (!is_as_expected(area, slots, key))
        format_area(area, slots, key);
    self->classes[SMALL].first = (uint8_t *) area + slots_offset();
    self->classes[LARGE].first = self->classes[SMALL].first
        + slots * stride_of(SMALL);
    self->classes[LARGE].base = slots;
    self->classes[SMALL].free = core_allocate(slots * sizeof (uint32_t));
    self->classes[LARGE].free = core_allocate(large * sizeof (uint32_t));
    self->ages = core_allocate((slots + large) * sizeof *self->ages);
    self->oldest = self->newest = INFLIGHT_NONE;
    populate(self);
    take_stock(self);
    return self;
}

void
inflight_reclaim(inflight_t *self)
{
    for (enum class class = SMALL; class < CLASSES; class++) {
        for (uint32_t i = 0; i < self->area->used[class]; i++) {
            uint32_t slot = self->classes[class].base + i;

            if (inflight_at(self, slot)->state != INFLIGHT_RECEIVING)
                continue;
            set_state(inflight_at(self, slot), INFLIGHT_FREE);
            push_free(self, slot);
        }
    }
}

void
inflight_destroy(inflight_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->classes[SMALL].free);
    free((*self_p)->classes[LARGE].free);
    free((*self_p)->ages);
    free(*self_p);
    *self_p = NULL;
}

uint32_t
inflight_slots(const inflight_t *self)
{
    return self->area->slots[SMALL] + self->area->slots[LARGE];
}

size_t
inflight_room(const inflight_t *self, uint32_t slot)
{
    return room_of[class_of(self, slot)];
}

uint32_t
inflight_take(inflight_t *self, size_t room)
{
    enum class class = room <= INFLIGHT_SMALL ? SMALL : LARGE;
    struct class_of_slots *slots = &self->classes[class];
    struct inflight_slot *at;
    uint32_t slot;

    if (room > INFLIGHT_LARGE)
        return INFLIGHT_NONE;
    if (slots->free_count > 0) {
        slot = slots->free[--slots->free_count];
        at = inflight_at(self, slot);
    }
    else if (self->area->used[class] < self->area->slots[class]) {
        slot = slots->base + self->area->used[class];
        at = inflight_at(self, slot);
        memset(at, 0, sizeof *at);
        at->message[room_of[class] - 1] = 0;    /* maps its last page */
        __atomic_store_n(&self->area->used[class],
                         self->area->used[class] + 1, __ATOMIC_RELEASE);
    }
    else {
        return INFLIGHT_NONE;
    }
    set_state(at, INFLIGHT_RECEIVING);
    return slot;
}

void
inflight_keep(inflight_t *self, uint32_t slot)
{
    struct inflight_slot *at = inflight_at(self, slot);

    assert(at->state == INFLIGHT_RECEIVING);
    at->progress = at->attempts = at->returns = 0;
    set_state(at, INFLIGHT_LIVE);
    append(self, slot);
}

void
inflight_release(inflight_t *self, uint32_t slot)
{
    struct inflight_slot *at = inflight_at(self, slot);

    assert(at->state != INFLIGHT_FREE);
    if (at->state == INFLIGHT_LIVE)
        cut_out(self, slot);
    set_state(at, INFLIGHT_FREE);
    at->generation++;
    push_free(self, slot);
}

uint32_t
inflight_count(const inflight_t *self)
{
    return self->count;
}

uint32_t
inflight_oldest(const inflight_t *self)
{
    return self->oldest;
}

uint32_t
inflight_after(const inflight_t *self, uint32_t slot)
{
    return self->ages[slot].newer;
}

void *
inflight_intake(const inflight_t *self)
{
    return (uint8_t *) self->area + PAGE;
}

uint64_t
inflight_id(const inflight_t *self, uint32_t slot, unsigned table)
{
    assert(table <= 1);
    return (uint64_t) inflight_at(self, slot)->generation << 32
        | (uint64_t) table << 31 | slot;
}

unsigned
inflight_id_table(uint64_t id)
{
    return (unsigned) (id >> 31) & 1;
}

uint32_t
inflight_find(const inflight_t *self, uint64_t id)
{
    uint32_t slot = (uint32_t) id & INT32_MAX;
    uint32_t base = self->classes[LARGE].base;

    if (slot < base ? slot >= self->area->used[SMALL]
                    : slot - base >= self->area->used[LARGE])
        return INFLIGHT_NONE;

    const struct inflight_slot *at = inflight_at(self, slot);

    if (at->state != INFLIGHT_LIVE || at->generation != (uint32_t) (id >> 32))
        return INFLIGHT_NONE;
    return slot;
}
