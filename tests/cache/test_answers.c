/* answers - what displaces what, how long it is told, when it is renewed */

#include "cache/answers.h"

#include "cache/sample.h"
#include "core_test.h"

#define STALE_MS 3600000
#define TTL_MS 60000                    /* of positive and negative ones */
#define NONE 0xff

static answers_t *answers;
static struct policy policy;
static scrub_t *scrub;

static void
start(void)
{
    struct core_fault fault;

    scrub = scrub_new();
    answers = answers_new(&policy, &fault);
    ck_assert_ptr_nonnull(answers);
}

static void
setup(void)
{
    policy = sample_policy();
    policy.failure_ms = TTL_MS;
}

static void
teardown(void)
{
    answers_destroy(&answers);
    scrub_destroy(&scrub);
}

static enum learned
learn_for(const char *name, enum image_kind kind, int64_t now_ms)
{
    static struct sample reply;
    struct key key = sample_key(name, CORE_A, 0, answers_secret(answers));
    struct scrubbed scrubbed;
    int64_t lifetime_ms;
    char record[300];

    snprintf(record, sizeof record, "%s 60 A 192.0.2.1", name);
    sample_reply(&reply, name, CORE_A,
                 kind == IMAGE_NEGATIVE ? CORE_NXDOMAIN
                 : kind == IMAGE_FAILURE ? CORE_SERVFAIL : CORE_NOERROR,
                 (const char *[3]) {
                     kind == IMAGE_POSITIVE ? record : NULL,
                     kind == IMAGE_NEGATIVE
                         ? "example. 60 SOA ns.x. a.x. 1 2 3 4 60" : NULL });
    ck_assert(scrub_reply(scrub, &reply.message, &key, &scrubbed));
    return answers_learn(answers, &key, &scrubbed, &lifetime_ms, now_ms);
}

static enum learned
learn(enum image_kind kind, int64_t now_ms)
{
    return learn_for("a.example.", kind, now_ms);
}

static struct recall
recall(int64_t now_ms)
{
    struct key key = sample_key("A.example.", CORE_A, 0,
                                answers_secret(answers));

    return answers_recall(answers, &key, now_ms);
}

static struct recall
ask(int64_t now_ms)
{
    struct key key = sample_key("a.example.", CORE_A, 0,
                                answers_secret(answers));

    return answers_ask(answers, &key, now_ms);
}

/* ---- the matrix ---------------------------------------------------------- */

enum age { FRESH, STALE, GONE, STALE_NOT_SERVED, AGES };

static const int64_t ages_ms[AGES] = {
    [FRESH] = 1000, [STALE] = TTL_MS + 1000,
    [GONE] = TTL_MS + STALE_MS + 1000, [STALE_NOT_SERVED] = TTL_MS + 1000,
};

#define P IMAGE_POSITIVE
#define N IMAGE_NEGATIVE
#define F IMAGE_FAILURE

/* First came `first`, then, when it had that age, `second`. */
static const struct {
    uint8_t first;
    enum age age;
    uint8_t second;
    uint8_t remains;                    /* the kind that is known then */
    bool is_old;                        /* and used instead of the second */
} matrix[] = {
    { NONE, FRESH, P, P, false },
    { NONE, FRESH, N, N, false },
    { NONE, FRESH, F, F, false },

    { P, FRESH, P, P, false },
    { P, FRESH, N, N, false },
    { P, FRESH, F, P, true },
    { P, STALE, P, P, false },
    { P, STALE, N, N, false },
    { P, STALE, F, P, true },
    { P, GONE, P, P, false },
    { P, GONE, N, N, false },
    { P, GONE, F, F, false },
    { P, STALE_NOT_SERVED, P, P, false },
    { P, STALE_NOT_SERVED, N, N, false },
    { P, STALE_NOT_SERVED, F, F, false },

    { N, FRESH, P, P, false },
    { N, FRESH, N, N, false },
    { N, FRESH, F, N, true },
    { N, STALE, P, P, false },
    { N, STALE, N, N, false },
    { N, STALE, F, N, true },
    { N, GONE, P, P, false },
    { N, GONE, N, N, false },
    { N, GONE, F, F, false },
    { N, STALE_NOT_SERVED, P, P, false },
    { N, STALE_NOT_SERVED, N, N, false },
    { N, STALE_NOT_SERVED, F, F, false },

    { F, FRESH, P, P, false },
    { F, FRESH, N, N, false },
    { F, FRESH, F, F, false },
    { F, STALE, P, P, false },          /* a failure is never stale: gone */
    { F, STALE, N, N, false },
    { F, STALE, F, F, false },
    { F, GONE, P, P, false },
    { F, GONE, N, N, false },
    { F, GONE, F, F, false },
    { F, STALE_NOT_SERVED, P, P, false },
    { F, STALE_NOT_SERVED, N, N, false },
    { F, STALE_NOT_SERVED, F, F, false },
};

START_TEST(a_failure_never_displaces_a_good_answer)
{
    int64_t now_ms = 1000000;
    int64_t later_ms = now_ms + ages_ms[matrix[_i].age];
    bool serves_stale = matrix[_i].age != STALE_NOT_SERVED;

    policy.stale_ms = serves_stale ? STALE_MS : 0;
    start();
    if (matrix[_i].first != NONE)
        learn(matrix[_i].first, now_ms);
    ck_assert((learn(matrix[_i].second, later_ms) == LEARNED_OLD)
              == matrix[_i].is_old);

    struct recall known = recall(later_ms);

    ck_assert_int_ne(known.state, RECALL_NOTHING);
    ck_assert_int_eq(known.entry->kind, matrix[_i].remains);
    ck_assert_int_eq(known.state, matrix[_i].is_old && matrix[_i].age == STALE
                     ? RECALL_STALE : RECALL_FRESH);

    /* Never two for one question. */
    ck_assert_uint_eq(answers_counters(answers, ANSWERS_SUCCESS)->entries
                      + answers_counters(answers, ANSWERS_DENIAL)->entries, 1);

    /* After a failure nobody is asked for a while. */
    if (matrix[_i].is_old)
        ck_assert(!entry_is_due(known.entry, later_ms + 29999)
                  && entry_is_due(known.entry, later_ms + 30000));
}
END_TEST

/* A third order: good, failure, and then good, failure or gone. */
START_TEST(recovers_after_failures)
{
    policy.stale_ms = STALE_MS;
    start();
    learn(P, 0);
    ck_assert_int_eq(learn(F, TTL_MS), LEARNED_OLD);
    ck_assert_int_eq(learn(F, TTL_MS + 30000), LEARNED_OLD);
    ck_assert(!recall(TTL_MS + 59999).is_due);
    ck_assert(recall(TTL_MS + 60000).is_due);
    ck_assert_int_eq(learn(N, TTL_MS + 60000), LEARNED_ANSWER);
    ck_assert_int_eq(recall(TTL_MS + 60000).entry->kind, N);
    ck_assert_int_eq(recall(TTL_MS + 60000).state, RECALL_FRESH);
}
END_TEST

START_TEST(may_prefer_positive_answers)
{
    policy.stale_ms = STALE_MS;
    policy.stale_prefer_positive = true;
    start();
    learn(P, 0);
    ck_assert_int_eq(learn(N, 2 * TTL_MS), LEARNED_OLD);
    ck_assert_int_eq(recall(2 * TTL_MS).entry->kind, P);
    ck_assert_int_eq(learn(N, 2 * TTL_MS + STALE_MS), LEARNED_ANSWER);
    ck_assert_int_eq(learn(N, 2 * TTL_MS + STALE_MS), LEARNED_ANSWER);
    ck_assert_int_eq(learn(P, 2 * TTL_MS + STALE_MS), LEARNED_ANSWER);
}
END_TEST

/* ---- TTLs ---------------------------------------------------------------- */

static const struct {
    const char *name;
    int64_t advance_ms;
    int64_t stale_ttl;
    bool keeps_ttl;
    enum image_kind kind;
    enum recall_state state;
    uint32_t ttl;
} ttls[] = {
    { "legacy default", 120000, 0, false, P, RECALL_STALE, 0 },
    { "stale", 120000, 30, false, P, RECALL_STALE, 30 },
    { "exact expiry", 60000, 30, false, P, RECALL_STALE, 30 },
    { "a moment before", 59999, 30, false, P, RECALL_FRESH, 1 },
    { "negative", 120000, 25, false, N, RECALL_STALE, 25 },
    { "stale TTL overrides keep_ttl", 120000, 17, true, P, RECALL_STALE, 17 },
    { "fresh is unchanged", 10000, 30, false, P, RECALL_FRESH, 50 },
    { "not counted down", 10000, 30, true, P, RECALL_FRESH, 60 },
    { "30 minutes", 30 * 60000, 0, false, P, RECALL_STALE, 0 },
    { "60 minutes", 60 * 60000, 0, false, P, RECALL_STALE, 0 },
    { "61 minutes", 61 * 60000, 0, false, P, RECALL_STALE, 0 },
    { "70 minutes", 70 * 60000, 0, false, P, RECALL_NOTHING, 0 },
    { "a failure", 60000, 30, false, F, RECALL_NOTHING, 0 },
};

START_TEST(tells_the_ttl)
{
    struct recall known;

    policy.stale_ms = STALE_MS;
    policy.stale_ttl = ttls[_i].stale_ttl;
    policy.keep_ttl = ttls[_i].keeps_ttl;
    start();
    learn(ttls[_i].kind, 1000);
    known = recall(1000 + ttls[_i].advance_ms);
    ck_assert_msg(known.state == ttls[_i].state, "%s", ttls[_i].name);
    if (known.state != RECALL_NOTHING)
        ck_assert_msg(known.ttl_seconds == ttls[_i].ttl, "%s",
                      ttls[_i].name);
}
END_TEST

/* ---- what is not kept ---------------------------------------------------- */

static const uint8_t *root[] = { (const uint8_t *) "" };

START_TEST(keeps_nothing_that_is_disabled)
{
    policy.success_disable = (struct core_list) { root, 1 };
    start();
    learn(N, 0);
    ck_assert_int_eq(learn(P, 1), LEARNED_NOTHING);

    /* The one before is not true any more. */
    ck_assert_int_eq(recall(1).state, RECALL_NOTHING);
    ck_assert_int_eq(learn(N, 0), LEARNED_ANSWER);
}
END_TEST

START_TEST(keeps_no_failure_with_ttl_0)
{
    policy.failure_ms = 0;
    start();
    ck_assert_int_eq(learn(F, 0), LEARNED_FAILURE);
    ck_assert_int_eq(recall(0).state, RECALL_NOTHING);
}
END_TEST

/* ---- renewal ------------------------------------------------------------- */

static const struct {
    int64_t prefetch;
    int hits;
    int64_t last_ms;                    /* when the last hit comes */
    bool is_due;
} renewals[] = {
    { 1, 1, 54000, true },              /* 6 s are 10 percent of 60 */
    { 1, 1, 53999, false },
    { 0, 5, 59000, false },             /* never */
    { 3, 2, 54000, false },
    { 3, 3, 54000, true },
    { 3, 3, 59999, true },
};

START_TEST(renews_what_is_popular_before_its_end)
{
    struct recall known = { .is_due = false };

    policy.prefetch = renewals[_i].prefetch;
    start();
    learn(P, 0);
    for (int i = 1; i <= renewals[_i].hits; i++)
        known = ask(renewals[_i].last_ms - renewals[_i].hits + i);
    ck_assert_int_eq(known.state, RECALL_FRESH);
    ck_assert(known.is_due == renewals[_i].is_due);

    /* Not at once again, when that fails. */
    if (known.is_due) {
        learn(F, renewals[_i].last_ms);
        ck_assert(!ask(renewals[_i].last_ms).is_due);
    }
}
END_TEST

/* ---- the whole ----------------------------------------------------------- */

START_TEST(carries_over_to_another_size)
{
    struct policy larger = policy;
    struct core_fault fault;
    char name[64];
    unsigned found = 0;

    start();
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "a%d.example.", i);
        learn_for(name, i % 2 == 0 ? P : N, 1000);
    }
    larger.capacity = 16 << 20;
    ck_assert_int_eq(answers_policy_set(answers, &larger, &fault), 0);
    for (int i = 0; i < 2000; i++) {
        struct key key;

        snprintf(name, sizeof name, "a%d.example.", i);
        key = sample_key(name, CORE_A, 0, answers_secret(answers));
        found += answers_recall(answers, &key, 31000).ttl_seconds == 30;
        ck_assert(answers_forget(answers, &key));
        ck_assert(!answers_forget(answers, &key));
    }
    ck_assert_uint_eq(found, 2000);
}
END_TEST

static const struct {
    const char *name;
    uint16_t type;
    uint8_t bits;
    bool is_forgotten;
} sayings[] = {
    { "a.example.", CORE_A, 0, true },
    { "a.example.", CORE_A, KEY_DNSSEC_OK, true },
    { "a.example.", CORE_AAAA, KEY_DNSSEC_OK | KEY_CHECKING_DISABLED, true },
    { "A.Example.", CORE_TXT, 0, true },
    { "a.example.", CORE_CAA, KEY_CHECKING_DISABLED, true },
    { "b.example.", CORE_A, 0, false },
    { "x.a.example.", CORE_A, 0, false },
};

START_TEST(forgets_what_others_said_of_a_name)
{
    static const uint8_t name[] = "\1a\7example";

    start();
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
        struct key key = sample_key(sayings[i].name, sayings[i].type,
                                    sayings[i].bits, answers_secret(answers));
        struct scrubbed scrubbed;
        struct sample reply;
        int64_t lifetime_ms;

        sample_reply(&reply, sayings[i].name, sayings[i].type, CORE_NXDOMAIN,
                     (const char *[3]) {
                         NULL, "example. 60 SOA ns.x. a.x. 1 2 3 4 60" });
        ck_assert(scrub_reply(scrub, &reply.message, &key, &scrubbed));
        answers_learn(answers, &key, &scrubbed, &lifetime_ms, 0);
    }
    answers_forget_foreign(answers, name);
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
        struct key key = sample_key(sayings[i].name, sayings[i].type,
                                    sayings[i].bits, answers_secret(answers));

        ck_assert_int_eq(answers_recall(answers, &key, 0).state,
                         sayings[i].is_forgotten ? RECALL_NOTHING
                         : RECALL_FRESH);
    }
}
END_TEST

START_TEST(forgets_all)
{
    start();
    learn(P, 0);
    answers_clear(answers);
    ck_assert_int_eq(recall(0).state, RECALL_NOTHING);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("answers");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, a_failure_never_displaces_a_good_answer, 0,
                        CORE_TEST_ROWS(matrix));
    tcase_add_test(cases, recovers_after_failures);
    tcase_add_test(cases, may_prefer_positive_answers);
    tcase_add_loop_test(cases, tells_the_ttl, 0, CORE_TEST_ROWS(ttls));
    tcase_add_test(cases, keeps_nothing_that_is_disabled);
    tcase_add_test(cases, keeps_no_failure_with_ttl_0);
    tcase_add_loop_test(cases, renews_what_is_popular_before_its_end, 0,
                        CORE_TEST_ROWS(renewals));
    tcase_add_test(cases, carries_over_to_another_size);
    tcase_add_test(cases, forgets_what_others_said_of_a_name);
    tcase_add_test(cases, forgets_all);
    return core_test_run(cases);
}
