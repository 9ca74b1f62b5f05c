/* index - what was added is found, what was removed is not */

#include "lib/index.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define SLOTS 64
#define HASHES 12                       /* few, so that they crowd */

static struct index_slot slots[SLOTS];

static unsigned
count_found(const struct index *index, uint64_t hash, uint32_t position)
{
    struct index_walk walk;
    uint32_t found = index_first(index, hash, &walk);
    unsigned count = 0;

    for (; found != 0; found = index_next(index, &walk))
        count += found == position;
    return count;
}

/* Hashes at the very end, too: the table goes on at its front. */
static uint64_t
hash_of(uint32_t position)
{
    return (uint64_t) (position % HASHES) * (UINT64_MAX / (HASHES - 1));
}

START_TEST(finds_what_is_there_and_nothing_else)
{
    struct index index;
    bool is_there[200] = { false };
    uint32_t moved_to[200];

    memset(slots, 0, sizeof slots);
    index_init(&index, slots, SLOTS);
    srand((unsigned) _i);
    for (int i = 0; i < 3000; i++) {
        uint32_t number = 1 + (uint32_t) rand() % 199;
        uint64_t hash = hash_of(number);

        if (is_there[number] && rand() % 3 == 0) {
            index_move(&index, hash, moved_to[number],
                       moved_to[number] + 1000);
            moved_to[number] += 1000;
        }
        else if (is_there[number]) {
            index_remove(&index, hash, moved_to[number]);
            is_there[number] = false;
        }
        else if (!index_is_full(&index)) {
            index_add(&index, hash, number);
            is_there[number] = true;
            moved_to[number] = number;
        }

        unsigned wrong = 0;

        for (number = 1; number < 200; number++)
            wrong += count_found(&index, hash_of(number),
                                 is_there[number] ? moved_to[number]
                                                  : number)
                != is_there[number];
        ck_assert_uint_eq(wrong, 0);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("index");

    tcase_add_loop_test(cases, finds_what_is_there_and_nothing_else, 0, 4);
    return core_test_run(cases);
}
