/* table - what neighbours find in a store, and that it is always whole */

#include "lib/table.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cache/sample.h"
#include "cache/stress.h"
#include "core_test.h"

#define CAPACITY (1024 * 1024)
#define HOUR_MS 3600000
#define READERS 3
#define KILLS 40

static store_t *store;
static scrub_t *scrub;
static table_t *table;

static void
setup(void)
{
    struct core_fault fault;

    scrub = scrub_new();
    store = store_new(CAPACITY, &sample_secret, &fault);
    ck_assert_ptr_nonnull(store);
    table = table_new(store_descriptor(store), &fault);
    ck_assert_ptr_nonnull(table);
}

static void
teardown(void)
{
    table_destroy(&table);
    store_destroy(&store);
    scrub_destroy(&scrub);
}

/* ---- what is found ------------------------------------------------------- */

/* Keeps 192.0.2.1, or a failure, under www.example. */
static struct entry *
put(unsigned rcode, uint8_t bits)
{
    static struct sample reply;
    struct scrubbed scrubbed;
    struct key key = sample_key("www.example.", CORE_A, bits, &sample_secret);

    sample_reply(&reply, "www.example.", CORE_A, CORE_AD | rcode,
                 (const char *[3]) { rcode != CORE_NOERROR ? NULL
                                     : "www.example. 300 A 192.0.2.1" });
    ck_assert(scrub_reply(scrub, &reply.message, &key, &scrubbed));
    return store_put(store, &key, &scrubbed.image, 100000, 0);
}

static bool
find(const char *name, uint16_t type, unsigned flags, bool with_do,
     int64_t now_ms, struct table_answer *answer)
{
    static struct sample query;

    sample_query(&query, name, type, (uint16_t) flags, with_do);
    return table_find(table, &query.message, now_ms, answer);
}

static const struct {
    const char *name;
    uint16_t type;
    unsigned flags;
    bool with_do;
    int64_t now_ms;
    uint32_t ttl;                       /* 0: it is not found */
    unsigned reply_flags;
} looks[] = {
    { "www.example.", CORE_A, CORE_RD, false, 0, 100, CORE_AA | CORE_RA },
    { "WWW.Example.", CORE_A, 0, false, 500, 100, CORE_AA | CORE_RA },
    { "www.example.", CORE_A, CORE_AD, false, 1000, 99,
      CORE_AA | CORE_RA | CORE_AD },
    { "www.example.", CORE_A, 0, false, 99999, 1, CORE_AA | CORE_RA },
    { "www.example.", CORE_A, 0, false, 100000, 0, 0 },
    { "www.example.", CORE_AAAA, 0, false, 0, 0, 0 },
    { "ww.example.", CORE_A, 0, false, 0, 0, 0 },
    { "www.example.", CORE_A, 0, true, 0, 0, 0 },
    { "www.example.", CORE_A, CORE_CD, false, 0, 0, 0 },
};

START_TEST(finds_by_the_whole_question)
{
    struct table_answer answer;

    put(CORE_NOERROR, 0);

    bool is_found = find(looks[_i].name, looks[_i].type, looks[_i].flags,
                         looks[_i].with_do, looks[_i].now_ms, &answer);

    ck_assert(is_found == (looks[_i].ttl > 0));
    if (!is_found)
        return;
    ck_assert_uint_eq(answer.message_size, 12 + 17 + 16);
    ck_assert_mem_eq(answer.message + 13, "www", 3);
    ck_assert_uint_eq(core_read16(answer.message + 2),
                      CORE_QR | looks[_i].reply_flags);
    ck_assert_uint_eq(core_read32(answer.message + 12 + 17 + 6),
                      looks[_i].ttl);
    ck_assert(answer.is_positive && !answer.is_local);
    ck_assert_ptr_nonnull(store_reported(store, answer.tag,
                                         answer.position));
    ck_assert_ptr_null(store_reported(store, answer.tag + 1,
                                      answer.position));
}
END_TEST

START_TEST(leaves_failures_to_their_owner)
{
    struct table_answer answer;

    put(CORE_SERVFAIL, 0);
    ck_assert(!find("www.example.", CORE_A, 0, false, 0, &answer));
}
END_TEST

START_TEST(tells_the_first_ttl_when_the_policy_says_so)
{
    struct table_answer answer;

    store_policy_set(store, &(struct table_policy) { .keep_ttl = 1 });
    put(CORE_NOERROR, 0);
    ck_assert(find("www.example.", CORE_A, 0, false, 60000, &answer));
    ck_assert_uint_eq(core_read32(answer.message + 12 + 17 + 6), 100);
}
END_TEST

START_TEST(leaves_what_should_be_renewed_to_its_owner)
{
    struct table_answer answer;

    store_policy_set(store, &(struct table_policy) {
        .prefetch = 2, .prefetch_percentage = 10 });

    struct entry *entry = put(CORE_NOERROR, 0);

    entry_hit(entry, HOUR_MS, 1000);
    ck_assert(find("www.example.", CORE_A, 0, false, 95000, &answer));
    entry_hit(entry, HOUR_MS, 1000);
    ck_assert(!find("www.example.", CORE_A, 0, false, 95000, &answer));
    ck_assert(find("www.example.", CORE_A, 0, false, 80000, &answer));
    entry_postpone(entry, 30000, 90000);
    ck_assert(find("www.example.", CORE_A, 0, false, 95000, &answer));
}
END_TEST

START_TEST(finds_local_data_until_they_change)
{
    static struct sample reply;
    struct table_answer answer;
    struct image image;
    struct key key = sample_key("www.example.", CORE_A, 0, &sample_secret);

    sample_reply(&reply, "WWW.example.", CORE_A, CORE_AA, (const char *[3]) {
                 "www.example. 300 A 192.0.2.1" });
    ck_assert(scrub_whole(scrub, &reply.message, &key, &image));
    store_put_local(store, &key, &image, 7, 0);
    store_outdate(store, 8);
    for (int i = 0; i < 2; i++) {
        ck_assert(find("www.example.", CORE_A, 0, false, 90000, &answer));
        ck_assert(answer.is_local);
        ck_assert_mem_eq(answer.message + 13, "www", 3);
        ck_assert_uint_eq(core_read32(answer.message + reply.size - 10), 300);
    }
    store_outdate(store, 7);
    ck_assert(!find("www.example.", CORE_A, 0, false, 90000, &answer));
}
END_TEST

START_TEST(finds_nothing_once_the_owner_has_closed_it)
{
    struct table_answer answer;

    put(CORE_NOERROR, 0);
    ck_assert(table_is_open(table));
    store_destroy(&store);
    ck_assert(!table_is_open(table));
    ck_assert(!find("www.example.", CORE_A, 0, false, 0, &answer));
}
END_TEST

START_TEST(takes_nothing_for_a_table_that_is_none)
{
    struct core_fault fault;
    int descriptor = memfd_create("none", 0);

    ck_assert_ptr_null(table_new(descriptor, &fault));
    ck_assert_int_eq(ftruncate(descriptor, CAPACITY), 0);
    ck_assert_ptr_null(table_new(descriptor, &fault));
    ck_assert_ptr_null(table_new(-1, &fault));
    close(descriptor);
}
END_TEST

START_TEST(is_not_to_be_written_by_readers)
{
    int descriptor = store_descriptor(store);

    ck_assert_ptr_eq(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, descriptor, 0),
                     MAP_FAILED);
    ck_assert_int_eq(write(descriptor, "x", 1), -1);
    ck_assert_int_eq(ftruncate(descriptor, 0), -1);
}
END_TEST

/* ---- while it is written ------------------------------------------------- */

static int64_t
milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How long the stress lasts: STRESS_MS, or a moment. */
static int64_t
stress_ms(void)
{
    const char *text = getenv("STRESS_MS");

    return text == NULL ? 1500 : atoll(text);
}

/* Reads until the time is over; the exit code says what it saw. */
static int
read_all_the_time(unsigned number)
{
    struct stress stress = { .random = 17 + number };
    int64_t end_ms = milliseconds() + stress_ms();
    unsigned found = 0;

    while (milliseconds() < end_ms)
        for (int i = 0; i < 1000; i++) {
            int result = stress_read(&stress, table, 1000);

            if (result == -1)
                return 1;
            found += (unsigned) result;
        }
    return found > 1000 ? 0 : 2;
}

START_TEST(is_whole_whoever_looks)
{
    struct stress stress = { .random = 5 };
    int64_t end_ms = milliseconds() + stress_ms();
    pid_t readers[READERS];
    int status;

    for (unsigned i = 0; i < READERS; i++) {
        readers[i] = fork();
        if (readers[i] == 0)
            _exit(read_all_the_time(i));
    }
    while (milliseconds() < end_ms)
        for (int i = 0; i < 100; i++)
            stress_write(&stress, store, &sample_secret, 0);
    ck_assert_uint_gt(store_counters(store)->evictions, 100);
    for (unsigned i = 0; i < READERS; i++) {
        ck_assert_int_eq(waitpid(readers[i], &status, 0), readers[i]);
        ck_assert_int_eq(status, 0);
    }
}
END_TEST

START_TEST(is_whole_when_the_writer_is_killed)
{
    struct stress stress = { .random = 3 };
    unsigned found = 0;

    for (int i = 0; i < KILLS; i++) {
        pid_t writer = fork();

        if (writer == 0)
            for (stress.random += (uint64_t) i;;)
                stress_write(&stress, store, &sample_secret, 0);
        usleep(2000 + stress_draw(&stress, 3000));
        kill(writer, SIGKILL);
        ck_assert_int_eq(waitpid(writer, NULL, 0), writer);
        for (int n = 0; n < 2 * STRESS_NAMES; n++) {
            int result = stress_read(&stress, table, 1000);

            ck_assert_int_ne(result, -1);
            found += (unsigned) result;
        }
        teardown();                     /* the next one has its own store */
        setup();
    }
    ck_assert_uint_gt(found, 1000);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("published");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, finds_by_the_whole_question, 0,
                        CORE_TEST_ROWS(looks));
    tcase_add_test(cases, leaves_failures_to_their_owner);
    tcase_add_test(cases, tells_the_first_ttl_when_the_policy_says_so);
    tcase_add_test(cases, leaves_what_should_be_renewed_to_its_owner);
    tcase_add_test(cases, finds_local_data_until_they_change);
    tcase_add_test(cases, finds_nothing_once_the_owner_has_closed_it);
    tcase_add_test(cases, takes_nothing_for_a_table_that_is_none);
    tcase_add_test(cases, is_not_to_be_written_by_readers);
    tcase_add_test(cases, is_whole_whoever_looks);
    tcase_add_test(cases, is_whole_when_the_writer_is_killed);
    return core_test_run(cases);
}
