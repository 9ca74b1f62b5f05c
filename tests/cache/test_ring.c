/* ring - entries come, go and turn, and none is lost */

#include "cache/ring.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define SIZE 4096

static _Alignas(8) uint8_t memory[SIZE];

/* Takes room for units and marks the entry by number. */
static void
put(struct ring *ring, unsigned units, uint32_t number)
{
    struct entry *entry = ring_take(ring, units);

    memset((uint8_t *) entry + 2, 0, units * ENTRY_UNIT - 2);
    entry->state = ENTRY_LIVE;
    entry->lifetime_ms = number;
}

/* The number of the oldest live entry; dead ones are dropped. */
static uint32_t
oldest(struct ring *ring)
{
    struct entry *entry;

    while ((entry = ring_oldest(ring)) != NULL && entry->state == ENTRY_DEAD)
        ring_drop(ring);
    return entry == NULL ? 0 : entry->lifetime_ms;
}

START_TEST(gives_back_in_the_order_of_coming)
{
    struct ring ring;
    uint32_t next = 1, first = 1;

    ring_init(&ring, memory, sizeof memory);
    ck_assert_ptr_null(ring_oldest(&ring));
    srand(7);
    for (int i = 0; i < 20000; i++) {
        unsigned units = 4 + (unsigned) rand() % 60;

        while (!ring_has_room(&ring, units)) {
            ck_assert_uint_eq(oldest(&ring), first++);
            ring_drop(&ring);
        }
        put(&ring, units, next++);
        ck_assert_uint_le(ring.used, ring.size);
    }

    /* A walk sees the same. */
    struct entry *entry = NULL;
    uint32_t number = first;

    while ((entry = ring_next(&ring, entry)) != NULL)
        if (entry->state == ENTRY_LIVE)
            ck_assert_uint_eq(entry->lifetime_ms, number++);
    ck_assert_uint_eq(number, next);
}
END_TEST

/* However full it is, and wherever the oldest entry lies. */
START_TEST(turns_always)
{
    struct ring ring;
    uint32_t next = 1;

    ring_init(&ring, memory, sizeof memory);
    srand((unsigned) _i);
    for (int i = 0; i < 20000; i++) {
        unsigned units = 4 + (unsigned) rand() % 60;

        if (rand() % 2 == 0 && oldest(&ring) != 0) {
            uint32_t number = oldest(&ring);
            unsigned old_units = ring_oldest(&ring)->units;
            const struct entry *entry = ring_turn(&ring);

            ck_assert_uint_eq(entry->lifetime_ms, number);
            ck_assert_uint_eq(entry->units, old_units);
        }
        while (!ring_has_room(&ring, units))
            ring_drop(&ring);
        put(&ring, units, next++);
        ck_assert_uint_le(ring.used, ring.size);
    }
}
END_TEST

START_TEST(holds_one_that_fills_it)
{
    struct ring ring;

    ring_init(&ring, memory, sizeof memory);
    put(&ring, 10, 1);
    ring_drop(&ring);
    ck_assert(ring_has_room(&ring, SIZE / ENTRY_UNIT));
    put(&ring, SIZE / ENTRY_UNIT, 2);
    ck_assert(!ring_has_room(&ring, 1));
    ck_assert_uint_eq(ring_turn(&ring)->lifetime_ms, 2);
    ck_assert_ptr_null(ring_next(&ring, ring_oldest(&ring)));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("ring");

    tcase_add_test(cases, gives_back_in_the_order_of_coming);
    tcase_add_loop_test(cases, turns_always, 0, 8);
    tcase_add_test(cases, holds_one_that_fills_it);
    return core_test_run(cases);
}
