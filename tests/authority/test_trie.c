/* trie - random names against a sorted array that knows the truth */

#include "authority/trie.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define NAMES 2000

struct thing {
    unsigned number;
    uint8_t name[CORE_NAME_SIZE];
};

/* The same numbers in each run. */
static unsigned
next_random(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 16;
}

/* A name of few labels over few octets, so that many are close relatives:
   letters, both kinds of odd octets, and the ends of the range. */
static void
make_name(uint8_t name[CORE_NAME_SIZE], unsigned *state)
{
    static const uint8_t octets[] = {
        'a', 'b', 'A', '*', '-', '_', 0, 0xff, '.', '/', '`', '{', 'z', '0',
    };
    unsigned labels = next_random(state) % 5;
    size_t size = 0;

    for (unsigned i = 0; i < labels; i++) {
        unsigned length = 1 + next_random(state) % 3;

        name[size++] = (uint8_t) length;
        while (length-- > 0)
            name[size++] = octets[next_random(state) % sizeof octets];
    }
    name[size] = 0;
}

static int
compare(const void *left, const void *right)
{
    return core_name_compare(((const struct thing *) left)->name,
                             ((const struct thing *) right)->name);
}

/* Sorted, without two of the same name; returns how many are left. */
static size_t
make_things(struct thing *things, unsigned seed)
{
    size_t count = 0;

    for (size_t i = 0; i < NAMES; i++)
        make_name(things[i].name, &seed);
    qsort(things, NAMES, sizeof *things, compare);
    for (size_t i = 0; i < NAMES; i++)
        if (count == 0 || compare(&things[i], &things[count - 1]) != 0)
            things[count++] = things[i];
    for (size_t i = 0; i < count; i++)
        things[i].number = (unsigned) i;
    return count;
}

static void
shuffle(size_t *order, size_t count, unsigned *state)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t other = next_random(state) % i;
        size_t kept = order[i - 1];

        order[i - 1] = order[other];
        order[other] = kept;
    }
}

/* How many labels two names have in common, from the root. */
static unsigned
shared_labels(const uint8_t *left, const uint8_t *right)
{
    unsigned labels = core_name_labels(left);

    while (!core_name_is_below(right, left)) {
        left = core_name_skip(left, 1);
        labels--;
    }
    return labels;
}

static struct thing things[NAMES];
static bool is_in[NAMES];

/* What a search should say, by looking at each name. */
static void
check_search(const trie_t *trie, size_t count, const uint8_t *name)
{
    struct trie_path path;
    struct key key;
    unsigned shared = 0;
    unsigned above = 0;
    struct thing *match = NULL;
    struct thing *before = NULL;
    struct thing *after = NULL;

    key_make(&key, name);
    trie_search(trie, &key, &path);
    for (size_t i = 0; i < count; i++) {
        int order = core_name_compare(things[i].name, name);
        unsigned labels;

        if (!is_in[i])
            continue;
        labels = shared_labels(name, things[i].name);
        shared = labels > shared ? labels : shared;
        if (order == 0)
            match = &things[i];
        else if (order < 0)
            before = &things[i];
        else if (after == NULL)
            after = &things[i];
        if (order < 0 && core_name_is_below(name, things[i].name)) {
            ck_assert_uint_lt(above, path.count);
            ck_assert_ptr_eq(path.above[above++], &things[i]);
        }
    }
    ck_assert_ptr_eq(path.match, match);
    ck_assert_ptr_eq(trie_find(trie, &key), match);
    ck_assert_uint_eq(path.count, above);
    ck_assert_uint_eq(path.shared, shared);
    ck_assert_ptr_eq(trie_before(trie, &key), before);
    ck_assert_ptr_eq(trie_after(trie, &key), after);
    ck_assert_ptr_eq(trie_from(trie, &key), match != NULL ? match : after);
}

/* The same for the key behind a name and all below it. */
static void
check_behind(const trie_t *trie, size_t count, const uint8_t *name)
{
    struct thing *before = NULL;
    struct thing *after = NULL;
    struct key key;

    key_make_behind(&key, name);
    for (size_t i = 0; i < count; i++) {
        if (!is_in[i])
            continue;
        if (core_name_compare(things[i].name, name) <= 0
            || core_name_is_below(things[i].name, name))
            before = &things[i];
        else if (after == NULL)
            after = &things[i];
    }
    ck_assert_ptr_eq(trie_before(trie, &key), before);
    ck_assert_ptr_eq(trie_after(trie, &key), after);
}

static bool
check_order(void *owner, void *thing)
{
    unsigned *next = owner;
    const struct thing *found = thing;

    while (!is_in[*next])
        ++*next;
    ck_assert_uint_eq(found->number, *next);
    ++*next;
    return true;
}

static void
check_trie(const trie_t *trie, size_t count, unsigned *state)
{
    unsigned next = 0;

    trie_walk(trie, check_order, &next);
    for (unsigned i = 0; i < 40; i++) {
        uint8_t name[CORE_NAME_SIZE];

        make_name(name, state);
        check_search(trie, count, name);
        check_search(trie, count, things[next_random(state) % count].name);
        check_behind(trie, count, name);
        check_behind(trie, count, things[next_random(state) % count].name);
    }
}

START_TEST(agrees_with_a_sorted_array)
{
    unsigned state = (unsigned) _i + 1;
    size_t count = make_things(things, state);
    size_t order[NAMES];
    slab_t *slab = slab_new();
    trie_t *trie = trie_new(slab, offsetof(struct thing, name));
    struct key key;

    memset(is_in, 0, sizeof is_in);
    shuffle(order, count, &state);
    for (size_t i = 0; i < count; i++) {
        key_make(&key, things[order[i]].name);
        ck_assert_ptr_null(trie_put(trie, &key, &things[order[i]]));
        is_in[order[i]] = true;
        if (i < 20 || i % 100 == 0)
            check_trie(trie, count, &state);
    }
    ck_assert_uint_eq(trie_count(trie), count);
    check_trie(trie, count, &state);
    shuffle(order, count, &state);
    for (size_t i = 0; i < count; i++) {
        key_make(&key, things[order[i]].name);
        ck_assert_ptr_eq(trie_remove(trie, &key), &things[order[i]]);
        ck_assert_ptr_null(trie_remove(trie, &key));
        is_in[order[i]] = false;
        if (i % 100 == 0)
            check_trie(trie, count, &state);
    }
    ck_assert_uint_eq(trie_count(trie), 0);
    ck_assert_ptr_null(trie_first(trie));
    trie_destroy(&trie);
    slab_destroy(&slab);
}
END_TEST

START_TEST(replaces_what_has_the_same_name)
{
    struct thing old = { .name = "\3wWw" };
    struct thing new = { .name = "\3www" };
    slab_t *slab = slab_new();
    trie_t *trie = trie_new(slab, offsetof(struct thing, name));
    struct key key;

    key_make(&key, old.name);
    ck_assert_ptr_null(trie_put(trie, &key, &old));
    key_make(&key, new.name);
    ck_assert_ptr_eq(trie_put(trie, &key, &new), &old);
    ck_assert_ptr_eq(trie_find(trie, &key), &new);
    ck_assert_uint_eq(trie_count(trie), 1);
    slab_destroy(&slab);
}
END_TEST

/* All octets in all places, the longest names, the most labels. */
START_TEST(holds_any_name)
{
    static struct thing all[256 + 2];
    slab_t *slab = slab_new();
    trie_t *trie = trie_new(slab, offsetof(struct thing, name));
    unsigned count = 0;
    struct key key;

    for (unsigned i = 0; i < 256; i++) {
        uint8_t name[] = { 2, 'x', (uint8_t) i, 0 };

        memcpy(all[count++].name, name, sizeof name);
    }
    for (unsigned i = 0; i < CORE_NAME_LABELS; i++)
        memcpy(all[count].name + 2 * i, "\1\377", 2);
    count++;
    for (unsigned i = 0; i < 4; i++) {
        all[count].name[64 * i] = (uint8_t) (i < 3 ? 63 : 61);
        memset(all[count].name + 64 * i + 1, 0x80, i < 3 ? 63 : 61);
    }
    count++;
    for (unsigned i = 0; i < count; i++) {
        key_make(&key, all[i].name);
        trie_put(trie, &key, &all[i]);
    }
    ck_assert_uint_eq(trie_count(trie), count - 26);    /* no capitals */
    for (unsigned i = 0; i < count; i++) {
        key_make(&key, all[i].name);

        const struct thing *found = trie_find(trie, &key);

        ck_assert_ptr_nonnull(found);
        ck_assert(core_name_equal(found->name, all[i].name));
    }
    slab_destroy(&slab);
}
END_TEST

START_TEST(takes_memory_back)
{
    slab_t *slab = slab_new();
    trie_t *trie = trie_new(slab, offsetof(struct thing, name));
    size_t count = make_things(things, 7);
    size_t octets = 0;
    struct key key;

    for (unsigned round = 0; round < 5; round++) {
        for (size_t i = 0; i < count; i++) {
            key_make(&key, things[i].name);
            trie_put(trie, &key, &things[i]);
        }
        for (size_t i = 0; i < count; i++) {
            key_make(&key, things[i].name);
            trie_remove(trie, &key);
        }
        if (round == 0)
            octets = slab_octets(slab);
        ck_assert_uint_eq(slab_octets(slab), octets);
    }
    slab_destroy(&slab);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("trie");

    tcase_add_loop_test(cases, agrees_with_a_sorted_array, 0, 8);
    tcase_add_test(cases, replaces_what_has_the_same_name);
    tcase_add_test(cases, holds_any_name);
    tcase_add_test(cases, takes_memory_back);
    tcase_set_timeout(cases, 60);
    return core_test_run(cases);
}
