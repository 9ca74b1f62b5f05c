/* control - verbs are carried out, wrong ones are answered with the right */

#include "coredns/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "core_test.h"

static void *context;
static core_loop_t *loop;
static core_control_t *control;
static char endpoint[128];
static core_call_t *kept;

static int last_code;
static char last_text[512];

static int
run_echo(void *owner, core_call_t *call)
{
    (void) owner;
    for (int i = 0; i < core_call_count(call); i++)
        fprintf(core_call_output(call), "[%s]", core_call_argument(call, i));
    ck_assert_ptr_null(core_call_argument(call, core_call_count(call)));
    return 7;
}

static void
end_kept(void *owner)
{
    (void) owner;
    fprintf(core_call_output(kept), "at last");
    core_call_end(&kept, 0);
    ck_assert_ptr_null(kept);
}

static int
run_later(void *owner, core_call_t *call)
{
    (void) owner;
    kept = call;
    core_loop_timer(loop, 1, 0, end_kept, NULL);
    return CORE_CALL_LATER;
}

static const struct core_verb verbs[] = {
    { "echo", run_echo, "says what it is told" },
    { "later", run_later, "answers in a while" },
    { NULL, NULL, NULL },
};

static void
done(void *owner, int exit_code, const char *text)
{
    (void) owner;
    last_code = exit_code;
    snprintf(last_text, sizeof last_text, "%s", text);
    core_loop_stop(loop);
}

static void
setup(void)
{
    struct core_fault fault;

    context = zmq_ctx_new();
    loop = core_loop_new();
    snprintf(endpoint, sizeof endpoint, "ipc://%s/control",
             core_test_folder());
    control = core_control_new(context, loop, endpoint, &fault);
    ck_assert_ptr_nonnull(control);
    core_control_verbs(control, verbs, NULL);
}

static void
teardown(void)
{
    core_control_destroy(&control);
    zmq_ctx_term(context);
    core_loop_destroy(&loop);
}

static const struct {
    const char *words[4];
    int code;
    const char *text;
} rows[] = {
    { { "echo" }, 7, "" },
    { { "echo", "one", "two" }, 7, "[one][two]" },
    { { "echo", "" }, 7, "[]" },            /* an empty argument is one */
    { { "later" }, 0, "at last" },
    { { "ecko" }, 64,
      "unknown verb, did you mean echo; known are: echo later\n" },
    { { "" }, 64, "unknown verb; known are: echo later\n" },
};

START_TEST(answers_with_exit_code_and_text)
{
    core_control_ask_later(context, loop, endpoint, rows[_i].words, 2000,
                           done, NULL);
    core_loop_run(loop);
    ck_assert_int_eq(last_code, rows[_i].code);
    ck_assert_str_eq(last_text, rows[_i].text);
}
END_TEST

/* An order of so many words, the last one of so many octets. */
static void
ask_much(size_t count, size_t octets)
{
    const char *words[2 * CORE_CONTROL_ARGUMENTS] = { "echo" };
    char *big = malloc(octets + 1);

    memset(big, 'x', octets);
    big[octets] = '\0';
    for (size_t i = 1; i < count; i++)
        words[i] = i + 1 == count ? big : "";
    core_control_ask_later(context, loop, endpoint, words, 2000, done, NULL);
    core_loop_run(loop);
    free(big);
}

START_TEST(answers_an_order_above_the_limits_with_these)
{
    ask_much(2, CORE_CONTROL_SIZE);
    ck_assert_int_eq(last_code, 7);
    ask_much(2, CORE_CONTROL_SIZE + 1);
    ck_assert_int_eq(last_code, 64);
    ck_assert_str_eq(last_text, "a word of an order has 131072 octets at "
                     "most\n");
    ask_much(CORE_CONTROL_ARGUMENTS, 1);
    ck_assert_int_eq(last_code, 7);
    ask_much(CORE_CONTROL_ARGUMENTS + 1, 1);
    ck_assert_int_eq(last_code, 64);
    ck_assert_str_eq(last_text, "an order has 64 words at most\n");
}
END_TEST

START_TEST(ends_when_nobody_answers)
{
    const char *const words[] = { "echo", NULL };

    core_control_ask_later(context, loop, "ipc:///nonexistent/control", words,
                           10, done, NULL);
    core_loop_run(loop);
    ck_assert_int_eq(last_code, -1);
}
END_TEST

START_TEST(says_who_did_not_answer)
{
    const char *const words[] = { "echo", NULL };
    struct core_fault fault;
    char *text;

    ck_assert_int_eq(core_control_ask("ipc:///nonexistent/control", words, 10,
                                      &text, &fault), -1);
    ck_assert_ptr_null(text);
    ck_assert_str_eq(fault.text,
                     "no answer from ipc:///nonexistent/control");
}
END_TEST

START_TEST(lives_through_requests_that_are_none)
{
    void *stranger = zmq_socket(context, ZMQ_DEALER);
    const char *const words[] = { "echo", NULL };
    int linger = 0;

    zmq_setsockopt(stranger, ZMQ_LINGER, &linger, sizeof linger);
    ck_assert_int_eq(zmq_connect(stranger, endpoint), 0);
    zmq_send(stranger, "no empty frame", 14, 0);
    zmq_send(stranger, "", 0, 0);
    for (int i = 0; i < 2 * CORE_CONTROL_ARGUMENTS; i++)
        zmq_send(stranger, "", 0, ZMQ_SNDMORE);
    zmq_send(stranger, "", 0, 0);
    core_control_ask_later(context, loop, endpoint, words, 2000, done, NULL);
    core_loop_run(loop);
    ck_assert_int_eq(last_code, 7);
    zmq_close(stranger);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("control");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, answers_with_exit_code_and_text, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, answers_an_order_above_the_limits_with_these);
    tcase_add_test(cases, ends_when_nobody_answers);
    tcase_add_test(cases, says_who_did_not_answer);
    tcase_add_test(cases, lives_through_requests_that_are_none);
    return core_test_run(cases);
}
