/* store - what is kept, what leaves, and that it never grows */

#include "cache/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/sample.h"
#include "core_test.h"

#define CAPACITY (1024 * 1024)
#define HOUR_MS 3600000
#define NULL_TYPE 10                    /* any octets (RFC 1035) */

static store_t *store;
static scrub_t *scrub;

static void
setup(void)
{
    struct core_fault fault;

    scrub = scrub_new();
    store = store_new(CAPACITY, &sample_secret, &fault);
    ck_assert_ptr_nonnull(store);
}

static void
teardown(void)
{
    store_destroy(&store);
    ck_assert_ptr_null(store);
    scrub_destroy(&scrub);
}

/* Keeps an answer of some 50 octets and so many more; NULL: too large. */
static struct entry *
put(const char *name, size_t more, int64_t now_ms)
{
    static struct sample reply;
    struct scrubbed scrubbed;
    struct key key = sample_key(name, NULL_TYPE, 0, &sample_secret);
    uint8_t record[12] = { 0xc0, 12, 0, NULL_TYPE, 0, 1, 0, 0, 1, 0 };

    sample_reply(&reply, name, NULL_TYPE, 0, (const char *[3]) { NULL });
    core_write16(record + 10, (uint16_t) more);
    memcpy(reply.bytes + reply.size, record, sizeof record);
    memset(reply.bytes + reply.size + sizeof record, 'x', more);
    reply.size += sizeof record + more;
    core_write16(reply.bytes + 6, 1);
    sample_parse(&reply);
    ck_assert(scrub_reply(scrub, &reply.message, &key, &scrubbed));
    return store_put(store, &key, &scrubbed.image, HOUR_MS, now_ms);
}

static struct entry *
find(const char *name)
{
    struct key key = sample_key(name, NULL_TYPE, 0, &sample_secret);

    return store_find(store, &key);
}

static char *
numbered(const char *word, unsigned number)
{
    static char name[64];

    snprintf(name, sizeof name, "%s%u.example.", word, number);
    return name;
}

START_TEST(finds_by_the_whole_key)
{
    struct key other = sample_key("a.example.", NULL_TYPE, KEY_DNSSEC_OK,
                                  &sample_secret);

    put("a.example.", 4, 0);
    ck_assert_ptr_nonnull(find("A.EXAMPLE."));
    ck_assert_ptr_null(find("b.example."));
    ck_assert_ptr_null(store_find(store, &other));
}
END_TEST

START_TEST(replaces_in_place_or_elsewhere)
{
    static const size_t sizes[] = { 4, 8, 400, 380, 10, 4000, 4 };

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct entry *entry = put("a.example.", sizes[i], 0);

        ck_assert_ptr_eq(find("a.example."), entry);
        entry->hits++;
        ck_assert_uint_eq(entry->hits, i + 1);      /* carried over */
        ck_assert_uint_eq(store_counters(store)->entries, 1);
        ck_assert_uint_eq(store_counters(store)->octets,
                          entry->units * ENTRY_UNIT);
    }
}
END_TEST

START_TEST(removes_and_clears)
{
    struct key key = sample_key("a.example.", NULL_TYPE, 0,
                                &sample_secret);

    put("a.example.", 4, 0);
    put("b.example.", 4, 0);
    ck_assert(store_remove(store, &key));
    ck_assert(!store_remove(store, &key));
    ck_assert_ptr_nonnull(find("b.example."));
    store_clear(store);
    ck_assert_ptr_null(find("b.example."));
    ck_assert_uint_eq(store_counters(store)->entries, 0);
    ck_assert_uint_eq(store_counters(store)->octets, 0);
    ck_assert_ptr_nonnull(put("b.example.", 4, 0));
}
END_TEST

static bool
remove_it(void *owner, const struct entry *entry)
{
    (void) owner;
    (void) entry;
    return true;
}

START_TEST(knows_which_names_are_of_others)
{
    struct key key = sample_key("a.example.", NULL_TYPE, 0, &sample_secret);
    struct image image;

    ck_assert(!store_may_have_foreign(store, key.question));
    image = entry_image(put("a.example.", 4, 0));
    ck_assert(store_may_have_foreign(store, key.question));
    put("a.example.", 400, 0);          /* elsewhere */
    store_remove(store, &key);
    ck_assert(!store_may_have_foreign(store, key.question));
    image = entry_image(put("a.example.", 4, 0));
    store_put_local(store, &key, &image, 1, 0);             /* in place */
    ck_assert(!store_may_have_foreign(store, key.question));
    put("a.example.", 4, 0);
    ck_assert(store_may_have_foreign(store, key.question));
    store_clear(store);
    ck_assert(!store_may_have_foreign(store, key.question));
    for (unsigned i = 0; i < 40000; i++)            /* many are evicted */
        put(numbered("a", i), 100, 0);
    ck_assert_uint_gt(store_counters(store)->evictions, 1000);
    store_each(store, remove_it, NULL);
    for (unsigned i = 0; i < 40000; i++) {
        key = sample_key(numbered("a", i), NULL_TYPE, 0, &sample_secret);
        ck_assert(!store_may_have_foreign(store, key.question));
    }
}
END_TEST

static bool
count_or_remove(void *owner, const struct entry *entry)
{
    unsigned *count = owner;
    size_t size;

    (*count)++;
    return entry_question(entry, &size)[1] == 'r';
}

START_TEST(shows_each_one_once)
{
    unsigned count = 0;

    for (unsigned i = 0; i < 100; i++)
        put(numbered(i % 2 == 0 ? "r" : "k", i), i, 0);
    store_each(store, count_or_remove, &count);
    ck_assert_uint_eq(count, 100);
    ck_assert_ptr_null(find("r0.example."));
    ck_assert_ptr_nonnull(find("k1.example."));
    ck_assert_uint_eq(store_counters(store)->entries, 50);
}
END_TEST

START_TEST(never_takes_more_than_its_capacity)
{
    srand(3);
    for (unsigned i = 0; i < 60000; i++) {
        size_t more = rand() % 20 == 0 ? (size_t) rand() % 9000
                                       : (size_t) rand() % 200;

        put(numbered("n", (unsigned) rand() % 20000), more, i);
        ck_assert_uint_lt(store_counters(store)->octets, CAPACITY);
    }
    ck_assert_uint_gt(store_counters(store)->evictions, 10000);

    /* The rings are well filled: less than a third is lost to dead ones. */
    ck_assert_uint_gt(store_counters(store)->octets, CAPACITY / 2);
}
END_TEST

START_TEST(refuses_what_is_too_large)
{
    put("a.example.", 4, 0);
    ck_assert_ptr_null(put("a.example.", 60000, 0));
    ck_assert_ptr_null(find("a.example."));     /* it is not true any more */
    ck_assert_uint_eq(store_counters(store)->oversized, 1);
}
END_TEST

/* Uses each popular name, some of which the flood may have pushed out. */
static unsigned
use_popular(unsigned count, int64_t now_ms)
{
    unsigned found = 0;

    for (unsigned i = 0; i < count; i++) {
        struct entry *entry = find(numbered("popular", i));

        if (entry == NULL)
            put(numbered("popular", i), 4, now_ms);
        else {
            store_used(entry);
            found++;
        }
    }
    return found;
}

START_TEST(survives_a_flood_of_names_asked_once)
{
    unsigned flood = 0;

    for (int round = 0; round < 4; round++)
        use_popular(2000, 0);

    /* Ten times what the store can hold, and a look at each name of ours in
       between. */
    for (int round = 0; round < 10; round++) {
        for (unsigned i = 0; i < 10000; i++)
            put(numbered("flood", flood++), 4, round);
        ck_assert_uint_ge(use_popular(2000, round), 1990);
    }
    ck_assert_uint_gt(store_counters(store)->evictions, 80000);
}
END_TEST

START_TEST(learns_what_becomes_popular_late)
{
    for (unsigned i = 0; i < 30000; i++)
        put(numbered("first", i), 4, 0);
    for (int round = 0; round < 6; round++) {
        use_popular(2000, 0);
        for (unsigned i = 0; i < 1500; i++)
            put(numbered("flood", (unsigned) round * 1500 + i), 4, 0);
    }
    ck_assert_uint_ge(use_popular(2000, 0), 1990);
}
END_TEST

START_TEST(drops_first_what_is_gone)
{
    for (unsigned i = 0; i < 4000; i++) {
        put(numbered("old", i), 4, 0);
        store_used(find(numbered("old", i)));
        store_used(find(numbered("old", i)));
    }

    uint64_t before = store_counters(store)->evictions;

    for (unsigned i = 0; i < 8000; i++)
        put(numbered("new", i), 4, 2 * HOUR_MS);
    ck_assert_uint_eq(store_counters(store)->evictions, before);
    ck_assert_ptr_nonnull(find(numbered("new", 0)));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("store");

    tcase_set_timeout(cases, 30);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, finds_by_the_whole_key);
    tcase_add_test(cases, replaces_in_place_or_elsewhere);
    tcase_add_test(cases, removes_and_clears);
    tcase_add_test(cases, knows_which_names_are_of_others);
    tcase_add_test(cases, shows_each_one_once);
    tcase_add_test(cases, never_takes_more_than_its_capacity);
    tcase_add_test(cases, refuses_what_is_too_large);
    tcase_add_test(cases, survives_a_flood_of_names_asked_once);
    tcase_add_test(cases, learns_what_becomes_popular_late);
    tcase_add_test(cases, drops_first_what_is_gone);
    return core_test_run(cases);
}
