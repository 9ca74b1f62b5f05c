/* inflight - slots, and what a process finds that comes after another */

#include "frontend/inflight.h"

#include <sys/mman.h>

#include "core_test.h"

#define SLOTS 128
#define KEY 42

static void *
map_area(void)
{
    void *area = mmap(NULL, inflight_area_size(SLOTS),
                      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);

    ck_assert_ptr_ne(area, MAP_FAILED);
    return area;
}

static uint32_t
keep_one(inflight_t *self, uint8_t first_octet)
{
    uint32_t slot = inflight_take(self, INFLIGHT_SMALL);

    ck_assert_uint_ne(slot, INFLIGHT_NONE);
    inflight_at(self, slot)->size = 1;
    inflight_at(self, slot)->message[0] = first_octet;
    inflight_keep(self, slot);
    return slot;
}

START_TEST(uses_the_last_freed_slot_first)
{
    inflight_t *self = inflight_new(map_area(), SLOTS, KEY);
    uint32_t first = keep_one(self, 1), second = keep_one(self, 2);

    inflight_release(self, first);
    inflight_release(self, second);
    ck_assert_uint_eq(keep_one(self, 3), second);
    ck_assert_uint_eq(keep_one(self, 4), first);
    inflight_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(is_full_when_every_slot_is_taken)
{
    inflight_t *self = inflight_new(map_area(), SLOTS, KEY);

    for (unsigned i = 0; i < SLOTS; i++)
        keep_one(self, 0);
    ck_assert_uint_eq(inflight_take(self, 1), INFLIGHT_NONE);
    ck_assert_uint_ne(inflight_take(self, INFLIGHT_LARGE), INFLIGHT_NONE);
    ck_assert_uint_eq(inflight_take(self, INFLIGHT_LARGE + 1), INFLIGHT_NONE);
    inflight_release(self, inflight_oldest(self));
    ck_assert_uint_ne(inflight_take(self, 1), INFLIGHT_NONE);
    inflight_destroy(&self);
}
END_TEST

START_TEST(knows_the_order_of_age)
{
    inflight_t *self = inflight_new(map_area(), SLOTS, KEY);
    uint32_t first = keep_one(self, 1), second = keep_one(self, 2);
    uint32_t third = keep_one(self, 3);

    ck_assert_uint_eq(inflight_oldest(self), first);
    ck_assert_uint_eq(inflight_after(self, first), second);
    inflight_release(self, second);
    ck_assert_uint_eq(inflight_after(self, first), third);
    ck_assert_uint_eq(inflight_after(self, third), INFLIGHT_NONE);
    inflight_release(self, first);
    ck_assert_uint_eq(inflight_oldest(self), third);
    ck_assert_uint_eq(inflight_count(self), 1);
    inflight_destroy(&self);
}
END_TEST

START_TEST(does_not_find_a_slot_that_was_used_again)
{
    inflight_t *self = inflight_new(map_area(), SLOTS, KEY);
    uint32_t slot = keep_one(self, 1);
    uint64_t id = inflight_id(self, slot, 1);

    ck_assert_uint_eq(inflight_find(self, id), slot);
    ck_assert_uint_eq(inflight_id_table(id), 1);
    inflight_release(self, slot);
    ck_assert_uint_eq(inflight_find(self, id), INFLIGHT_NONE);
    ck_assert_uint_eq(keep_one(self, 2), slot);
    ck_assert_uint_eq(inflight_find(self, id), INFLIGHT_NONE);
    ck_assert_uint_eq(inflight_find(self, UINT64_MAX), INFLIGHT_NONE);
    inflight_destroy(&self);
}
END_TEST

START_TEST(keeps_what_lived_when_the_process_was_killed)
{
    void *area = map_area();
    inflight_t *dead = inflight_new(area, SLOTS, KEY);
    uint32_t released = keep_one(dead, 1), kept = keep_one(dead, 2);
    uint32_t receiving = inflight_take(dead, INFLIGHT_SMALL);
    uint32_t large = inflight_take(dead, INFLIGHT_LARGE);
    uint64_t id = inflight_id(dead, kept, 0);

    inflight_keep(dead, large);
    inflight_release(dead, released);

    /* It never came to end itself. */
    inflight_t *self = inflight_new(area, SLOTS, KEY);

    ck_assert_uint_eq(inflight_count(self), 2);
    ck_assert_uint_eq(inflight_find(self, id), kept);
    ck_assert_uint_eq(inflight_at(self, kept)->message[0], 2);
    ck_assert_uint_eq(inflight_at(self, receiving)->state,
                      INFLIGHT_RECEIVING);
    inflight_reclaim(self);

    /* What was free or half received can be used, what lives cannot. */
    unsigned taken = 0;

    for (uint32_t slot; (slot = inflight_take(self, 1)) != INFLIGHT_NONE;
         taken++)
        ck_assert_uint_ne(slot, kept);
    ck_assert_uint_eq(taken, SLOTS - 1);
    inflight_destroy(&self);
    inflight_destroy(&dead);
}
END_TEST

static const struct {
    const char *what;
    uint32_t slots;
    uint64_t key;
} other_rows[] = {
    { "another number of slots", SLOTS / 2, KEY },
    { "another meaning of origin", SLOTS, KEY + 1 },
};

START_TEST(starts_anew_in_an_area_of_another_kind)
{
    void *area = map_area();
    inflight_t *other = inflight_new(area, SLOTS, KEY);

    keep_one(other, 1);
    inflight_destroy(&other);
    other = inflight_new(area, other_rows[_i].slots, other_rows[_i].key);
    ck_assert_msg(inflight_count(other) == 0, "%s", other_rows[_i].what);
    inflight_destroy(&other);
}
END_TEST

START_TEST(does_not_believe_a_slot_that_cannot_be)
{
    void *area = map_area();
    inflight_t *dead = inflight_new(area, SLOTS, KEY);
    uint32_t slot = keep_one(dead, 1);

    inflight_at(dead, slot)->size = INFLIGHT_SMALL + 1;
    inflight_destroy(&dead);
    dead = inflight_new(area, SLOTS, KEY);
    ck_assert_uint_eq(inflight_count(dead), 0);
    inflight_destroy(&dead);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("inflight");

    tcase_add_test(cases, uses_the_last_freed_slot_first);
    tcase_add_test(cases, is_full_when_every_slot_is_taken);
    tcase_add_test(cases, knows_the_order_of_age);
    tcase_add_test(cases, does_not_find_a_slot_that_was_used_again);
    tcase_add_test(cases, keeps_what_lived_when_the_process_was_killed);
    tcase_add_loop_test(cases, starts_anew_in_an_area_of_another_kind, 0,
                        CORE_TEST_ROWS(other_rows));
    tcase_add_test(cases, does_not_believe_a_slot_that_cannot_be);
    return core_test_run(cases);
}
