/* arena - small and large pieces, zeroed and apart */

#include "lib/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"
#include "coredns/memory.h"

static const size_t sizes[] = { 1, 7, 16, 255, 16384, 16385, 1000000 };

START_TEST(pieces_are_zeroed_aligned_and_apart)
{
    core_arena_t *arena = core_arena_new();
    unsigned char *pieces[200];
    size_t size = sizes[_i];

    for (int i = 0; i < 200; i++) {
        pieces[i] = core_arena_allocate(arena, size);
        ck_assert_uint_eq((uintptr_t) pieces[i] % 16, 0);
        ck_assert_int_eq(pieces[i][0] | pieces[i][size - 1], 0);
        memset(pieces[i], i + 1, size);
    }
    for (int i = 0; i < 200; i++)
        ck_assert(pieces[i][0] == i + 1 && pieces[i][size - 1] == i + 1);
    core_arena_destroy(&arena);
    ck_assert_ptr_null(arena);
    core_arena_destroy(&arena);
}
END_TEST

START_TEST(nothing_takes_no_room)
{
    core_arena_t *arena = core_arena_new();

    ck_assert_ptr_null(core_arena_allocate(arena, 0));
    ck_assert_ptr_null(core_arena_copy(arena, NULL, 0));
    ck_assert_str_eq(core_arena_copy(arena, "text", 5), "text");
    core_arena_destroy(&arena);
}
END_TEST

START_TEST(an_array_grows)
{
    int *items = NULL;
    size_t capacity = 0;

    for (int i = 0; i < 1000; i++) {
        items = core_grow(items, (size_t) i, &capacity, sizeof *items);
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items[i], i);
    ck_assert_uint_lt(capacity, 2001);
    free(items);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("arena");

    tcase_add_loop_test(cases, pieces_are_zeroed_aligned_and_apart, 0,
                        CORE_TEST_ROWS(sizes));
    tcase_add_test(cases, nothing_takes_no_room);
    tcase_add_test(cases, an_array_grows);
    return core_test_run(cases);
}
