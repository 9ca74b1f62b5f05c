/* worker - one running script and the questions for it */

#include "exec/worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "core_test.h"

#define ASKS 600
#define LIMIT_MS 20000                  /* then a test has failed */

/* A stage of its own: questions, and what became of them. */
static struct {
    core_loop_t *loop;
    worker_t *worker;
    struct ask asks[ASKS];
    unsigned answered, failed[REASONS], given_back;
    unsigned until;                     /* the loop ends with so many ended */
    bool is_until_gone;
} stage;

static const struct terms usual = {
    .workers = 1, .timeout_ms = 10000, .stuck_ms = 10000, .waiting = 1000,
    .in_flight = 16, .line_size = 1000, .unasked_size = 2000,
    .answer = { .records = 10, .size = 4096 }, .restart_ms = 10,
    .restart_most_ms = 40, .grace_ms = 100, .error_lines = 10,
};

static size_t
write_question(void *owner, const struct ask *ask, uint64_t id, char *line)
{
    (void) owner;
    return (size_t) sprintf(line, "{\"id\":%llu,\"ask\":%zu}\n",
                            (unsigned long long) id,
                            (size_t) (ask - stage.asks));
}

static unsigned
ended(void)
{
    unsigned sum = stage.answered + stage.given_back;

    for (unsigned i = 0; i < REASONS; i++)
        sum += stage.failed[i];
    return sum;
}

static int
take_answer(void *owner, struct ask *ask, answer_t *answer,
            struct core_fault *fault)
{
    (void) owner, (void) ask;
    if (answer_check(answer, fault) == ANSWER_BROKEN)
        return -1;
    stage.answered++;
    return 0;
}

static void
take_failure(void *owner, struct ask *ask, enum terms_reason reason)
{
    (void) owner, (void) ask;
    stage.failed[reason]++;
}

static void
give_back(void *owner, struct ask *ask)
{
    (void) owner, (void) ask;
    stage.given_back++;
}

static void
beat(void *owner)
{
    (void) owner;
    worker_beat(stage.worker);
}

static void
flush(void *owner)
{
    (void) owner;
    worker_flush(stage.worker);
    if (stage.is_until_gone ? worker_is_gone(stage.worker)
        : ended() >= stage.until)
        core_loop_stop(stage.loop);
}

static void
give_up(void *owner)
{
    (void) owner;
    ck_abort_msg("it takes too long");
}

/* Starts a shell with that script; then all questions of the tests. */
static void
begin(const struct terms *terms, const char *script,
      struct terms_counters *counters)
{
    static char *arguments[4] = { "/bin/sh", "-c" };
    static struct quota complaints = { .most = 10, .span_ms = 1000000 };
    static struct worker_home home;

    memset(&stage, 0, sizeof stage);
    core_test_stderr();
    stage.loop = core_loop_new();
    arguments[2] = core_copy_text(script);
    home = (struct worker_home) {
        .loop = stage.loop, .terms = terms, .counters = counters,
        .complaints = &complaints, .arguments = arguments, .folder = "/",
        .write = write_question, .answer = take_answer, .fail = take_failure,
        .give_back = give_back,
    };
    stage.worker = worker_new(&home, "script");
    core_loop_timer(stage.loop, 0, 5, beat, NULL);
    core_loop_timer(stage.loop, LIMIT_MS, 0, give_up, NULL);
    core_loop_flusher(stage.loop, flush, NULL);
    worker_beat(stage.worker);
}

static void
ask(unsigned count)
{
    int64_t now_ms = core_loop_now_ms(stage.loop);

    for (unsigned i = 0; i < count; i++) {
        stage.asks[i].hand_due_ms = now_ms + 10000;
        stage.asks[i].due_ms = now_ms + 10000;
        worker_take(stage.worker, &stage.asks[i]);
    }
}

/* Runs until so many questions have ended, all told. */
static void
run(unsigned until)
{
    stage.until = until;
    if (ended() < until)
        core_loop_run(stage.loop);
}

static void
run_until_gone(void)
{
    stage.is_until_gone = true;
    core_loop_run(stage.loop);
}

static void
end(void)
{
    worker_destroy(&stage.worker);
    ck_assert_ptr_null(stage.worker);
    core_loop_destroy(&stage.loop);
}

/* Answers each. */
#define ANSWER \
    "while read -r q; do q=${q#*:}; " \
    "echo \"{\\\"id\\\":${q%%,*},\\\"rcode\\\":0}\"; done"

START_TEST(all_are_answered_by_one_process)
{
    struct terms_counters counters = { .starts = 0 };

    begin(&usual, ANSWER, &counters);
    ask(ASKS);
    run(ASKS);
    ck_assert_uint_eq(stage.answered, ASKS);
    ck_assert_uint_eq(counters.starts, 1);
    ck_assert_uint_eq(counters.handed, ASKS);
    ck_assert(worker_is_open(stage.worker, core_loop_now_ms(stage.loop)));
    end();
    ck_assert_uint_eq(counters.running, 0);
}
END_TEST

START_TEST(one_that_leaves_answers_what_it_has_and_ends)
{
    struct terms_counters counters = { .starts = 0 };

    begin(&usual, ANSWER "; exit 0", &counters);
    ask(ASKS);
    worker_leave(stage.worker, 10000);
    ck_assert(!worker_is_open(stage.worker, core_loop_now_ms(stage.loop)));
    run_until_gone();
    ck_assert_uint_eq(stage.answered, ASKS);
    ck_assert_uint_eq(counters.running, 0);
    end();
}
END_TEST

START_TEST(one_that_leaves_is_killed_in_the_end)
{
    struct terms_counters counters = { .starts = 0 };
    int64_t begun_ms;

    begin(&usual, "trap '' TERM; while :; do sleep 1; done", &counters);
    ask(20);
    begun_ms = core_loop_now_ms(stage.loop);
    worker_leave(stage.worker, 400);
    run_until_gone();
    ck_assert_int_ge(core_loop_now_ms(stage.loop) - begun_ms, 340);
    ck_assert_uint_eq(ended(), 20);
    ck_assert_uint_eq(stage.answered, 0);
    end();
}
END_TEST

START_TEST(one_that_dies_fails_what_it_was_given_and_is_started_again)
{
    struct terms_counters counters = { .starts = 0 };

    begin(&usual, "read -r q; exit 1", &counters);
    ask(20);
    run(20);
    ck_assert_uint_ge(stage.failed[REASON_DIED], 1);
    ck_assert_uint_eq(stage.failed[REASON_DIED] + stage.given_back, 20);
    ck_assert(!worker_is_open(stage.worker, core_loop_now_ms(stage.loop)));
    while (counters.starts < 3) {
        unsigned before = ended();

        while (!worker_is_open(stage.worker,
                               core_loop_now_ms(stage.loop))) {
            stage.until = 0;            /* one round */
            core_loop_run(stage.loop);
        }
        ask(1);
        run(before + 1);
    }
    end();
}
END_TEST

START_TEST(a_program_that_is_not_there_is_no_script)
{
    struct terms_counters counters = { .starts = 0 };
    struct terms terms = usual;

    terms.restart_ms = terms.restart_most_ms = 10;
    begin(&terms, "exec /does/not/exist", &counters);
    while (counters.starts < 3) {
        stage.until = 0;
        core_loop_run(stage.loop);
    }
    end();
}
END_TEST

START_TEST(what_it_says_at_its_end_still_counts)
{
    struct terms_counters counters = { .starts = 0 };

    begin(&usual, "read -r q; q=${q#*:}; printf '{\"id\":%s,\"rcode\":0}' "
          "${q%%,*}", &counters);
    ask(1);
    run(1);
    ck_assert_uint_eq(stage.answered, 1);
    end();
}
END_TEST

static const struct {
    const char *script;
    enum terms_noise kind;
} noises[] = {
    { "while :; do echo garbage; done", NOISE_GARBAGE },
    { "while :; do echo '{\"id\":99999999,\"pass\":true}'; done",
      NOISE_UNKNOWN },
    { "while :; do printf '%01500d\\n' 1; done", NOISE_LONG },
    { "read -r q; q=${q#*:}; q=${q%%,*}; while :; do "
      "echo \"{\\\"id\\\":$q,\\\"pass\\\":true}\"; done", NOISE_TWICE },
};

START_TEST(one_that_says_too_much_is_ended)
{
    struct terms_counters counters = { .starts = 0 };

    begin(&usual, noises[_i].script, &counters);
    ask(2);
    run(2);
    ck_assert_uint_gt(counters.noise[noises[_i].kind], 0);
    ck_assert_uint_le(counters.noise[noises[_i].kind], 500);
    ck_assert(!worker_is_open(stage.worker, core_loop_now_ms(stage.loop)));
    end();
}
END_TEST

START_TEST(a_line_without_end_is_too_much)
{
    struct terms_counters counters = { .starts = 0 };

    begin(&usual, "while :; do printf x; done", &counters);
    ask(1);
    run(1);
    ck_assert_uint_eq(stage.failed[REASON_DIED], 1);
    end();
}
END_TEST

START_TEST(one_that_is_silent_too_long_is_ended)
{
    struct terms_counters counters = { .starts = 0 };
    struct terms terms = usual;

    terms.stuck_ms = 100;
    begin(&terms, "while :; do sleep 1; done", &counters);
    ask(1);
    run(1);
    ck_assert_uint_eq(stage.failed[REASON_DIED], 1);
    end();
}
END_TEST

START_TEST(a_script_that_takes_nothing_gets_no_more_than_fits)
{
    struct terms_counters counters = { .starts = 0 };
    struct terms terms = usual;

    terms.in_flight = 1024;
    begin(&terms, "exec sleep 100", &counters);
    ask(ASKS);
    for (unsigned i = 0; i < ASKS; i++)
        stage.asks[i].hand_due_ms = stage.asks[i].due_ms
            = core_loop_now_ms(stage.loop) + 200;
    run(ASKS);
    ck_assert_uint_eq(stage.failed[REASON_TIMEOUT], ASKS);
    end();
}
END_TEST

START_TEST(the_oldest_question_that_was_not_given_can_be_had_back)
{
    struct terms_counters counters = { .starts = 0 };

    begin(&usual, "exec sleep 100", &counters);
    ask(3);
    ck_assert_uint_eq(worker_waiting(stage.worker), 3);
    ck_assert_ptr_eq(worker_shed(stage.worker), &stage.asks[0]);
    ck_assert_ptr_eq(worker_shed(stage.worker), &stage.asks[1]);
    ck_assert_ptr_eq(worker_shed(stage.worker), &stage.asks[2]);
    ck_assert_ptr_null(worker_shed(stage.worker));
    ck_assert_uint_eq(worker_waiting(stage.worker), 0);
    end();
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("worker");

    tcase_add_test(cases, all_are_answered_by_one_process);
    tcase_add_test(cases, one_that_leaves_answers_what_it_has_and_ends);
    tcase_add_test(cases, one_that_leaves_is_killed_in_the_end);
    tcase_add_test(cases,
                   one_that_dies_fails_what_it_was_given_and_is_started_again);
    tcase_add_test(cases, a_program_that_is_not_there_is_no_script);
    tcase_add_test(cases, what_it_says_at_its_end_still_counts);
    tcase_add_loop_test(cases, one_that_says_too_much_is_ended, 0,
                        CORE_TEST_ROWS(noises));
    tcase_add_test(cases, a_line_without_end_is_too_much);
    tcase_add_test(cases, one_that_is_silent_too_long_is_ended);
    tcase_add_test(cases, a_script_that_takes_nothing_gets_no_more_than_fits);
    tcase_add_test(cases,
                   the_oldest_question_that_was_not_given_can_be_had_back);
    return core_test_run(cases);
}
