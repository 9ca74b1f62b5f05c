/* stage - a life from the command line to its end, seen from outside */

#include "coredns/stage.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zmq.h>

#include "coredns/clock.h"
#include "coredns/rrtype.h"
#include "core_test.h"

/* ---- a stage that does what the first label of the name says ------------- */

struct sample {
    core_life_t *life;
    int64_t rcode;
};

struct sample_settings {
    int64_t rcode;
};

static const struct core_setting sample_table[] = {
    { .key = "rcode", .type = CORE_INTEGER, .fallback = CORE_NXDOMAIN,
      .maximum = 15, .offset = offsetof(struct sample_settings, rcode),
      .says = "what it answers" },
    { .type = CORE_END },
};

static void *
open_sample(const void *settings, struct core_fault *fault)
{
    struct sample *sample = calloc(1, sizeof *sample);

    (void) fault;
    sample->rcode = ((const struct sample_settings *) settings)->rcode;
    return sample;
}

static void
close_sample(void **state_p)
{
    free(*state_p);
    *state_p = NULL;
}

static void
end_held(void *owner)
{
    core_held_t *held = owner;

    core_query_reply_rcode(core_held_query(held), CORE_NOTAUTH);
    core_held_end(&held, CORE_ANSWERED);
}

static void
pass_held(void *owner)
{
    core_held_t *held = owner;

    core_held_end(&held, CORE_PASSED);
}

static void
end_lookup(void *owner, const struct core_message *reply)
{
    core_held_t *held = owner;
    core_query_t *query = core_held_query(held);

    if (reply == NULL)
        core_query_reply_rcode(query, CORE_SERVFAIL);
    else
        core_query_reply_copy(query, reply->bytes, reply->size);
    core_held_end(&held, CORE_ANSWERED);
}

/* "move" and how the reply to the name that has changed is: 'n', of the name
   alone; 'z', of any data; 'p', none; 'a', of the name, whose types have all
   changed. */
static void
move(struct sample *sample, const char *word)
{
    char name[] = "\1?";

    name[1] = word[4];
    core_life_changed(sample->life, (const uint8_t *) name,
                      word[4] == 'a' ? CORE_ANY : 1);
}

/* Says what the reply depends on, for a name that moves. */
static void
add_scope(core_query_t *query, char letter)
{
    uint8_t scope = letter == 'z' ? CORE_SCOPE_ZONES : CORE_SCOPE_NAME;

    core_query_trail(query, CORE_TRAIL_SCOPE, &scope, 1);
}

static enum core_verdict
handle_sample(void *state, core_query_t *query)
{
    struct sample *sample = state;
    const char *word = (const char *) core_query_message(query)->qname + 1;
    core_loop_t *loop = core_life_loop(sample->life);

    if (strncmp(word, "pass", 4) == 0 || strcmp(word, "p") == 0)
        return CORE_PASSED;
    if (strncmp(word, "move", 4) == 0)
        move(sample, word);
    if (strcmp(word, "n") == 0 || strcmp(word, "z") == 0)
        add_scope(query, *word);
    if (strncmp(word, "alter", 5) == 0) {
        const struct core_message *message = core_query_message(query);
        uint8_t *changed = core_query_change(query, message->size);

        memcpy(changed, message->bytes, message->size);
        changed[CORE_HEADER_SIZE + 1] = 'o';
        return CORE_PASSED;
    }
    if (strncmp(word, "drop", 4) == 0)
        return CORE_DROPPED;
    if (strncmp(word, "hold", 4) == 0) {
        core_loop_timer(loop, 1, 0, end_held, core_query_hold(query));
        return CORE_HELD;
    }
    if (strncmp(word, "late", 4) == 0) {
        core_loop_timer(loop, 1, 0, pass_held, core_query_hold(query));
        return CORE_HELD;
    }
    if (strncmp(word, "look", 4) == 0) {
        core_life_lookup(sample->life, (const uint8_t *) "\4pass", 1, false,
                         core_lookup_depth(query), 1000, end_lookup,
                         core_query_hold(query));
        return CORE_HELD;
    }
    core_query_ede(query, CORE_EDE_OTHER, "said");
    core_query_reply_rcode(query, (unsigned) sample->rcode);
    return CORE_ANSWERED;
}

static int
watch_sample(void *state, core_life_t *life, struct core_fault *fault)
{
    (void) fault;
    ((struct sample *) state)->life = life;
    core_life_ready(life, true, NULL);
    return 0;
}

static int
reload_sample(void *state, const void *settings, struct core_fault *fault)
{
    (void) fault;
    ((struct sample *) state)->rcode
        = ((const struct sample_settings *) settings)->rcode;
    return 0;
}

static const struct core_stage sample_stage = {
    .name = "sample", .summary = "does what it is told",
    .settings = sample_table, .settings_size = sizeof (struct sample_settings),
    .open = open_sample, .handle_query = handle_sample,
    .watch = watch_sample, .reload = reload_sample, .close = close_sample,
};

/* ---- the test's side of its wires ---------------------------------------- */

static void *context;
static void *asker;                     /* a frontend's DEALER */
static void *next;                      /* the next stage's ROUTER */
static pid_t child;
static char folder[128], pipe_endpoint[160], next_endpoint[160];
static char control_endpoint[160], config_path[160];

static void
write_config(const char *text)
{
    FILE *file = fopen(config_path, "w");

    fputs(text, file);
    fclose(file);
}

/* Starts the stage and waits for its readiness line. */
static void
start_stage(bool with_next)
{
    int fds[2];
    char number[12], line[8] = "";

    ck_assert_int_eq(pipe(fds), 0);
    child = fork();
    if (child == 0) {
        char *argv[] = {
            "coredns-sample", "-c", config_path, "--pipe", pipe_endpoint,
            "--control", control_endpoint, "--ready", number,
            with_next ? "--next" : NULL, next_endpoint, NULL,
        };

        snprintf(number, sizeof number, "%d", fds[1]);
        close(fds[0]);
        exit(core_stage_main(&sample_stage, with_next ? 11 : 9, argv));
    }
    close(fds[1]);
    ck_assert_int_eq(read(fds[0], line, sizeof line), 6);
    ck_assert_str_eq(line, "ready\n");
    close(fds[0]);
}

static int
end_stage(void)
{
    int status;

    kill(child, SIGTERM);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void *
open_socket(int type)
{
    void *socket = zmq_socket(context, type);
    int patience = 3000, linger = 0;

    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof patience);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    return socket;
}

static void
setup(void)
{
    snprintf(folder, sizeof folder, "%s", core_test_folder());
    snprintf(config_path, sizeof config_path, "%s/conf", folder);
    snprintf(pipe_endpoint, sizeof pipe_endpoint, "ipc://%s/pipe", folder);
    snprintf(next_endpoint, sizeof next_endpoint, "ipc://%s/next", folder);
    snprintf(control_endpoint, sizeof control_endpoint, "ipc://%s/control",
             folder);
    write_config("stages: { sample: { rcode = 9; }; };\n");
}

/* ZeroMQ does not survive a fork: the context comes after the stage. */
static void
connect_wires(void)
{
    context = zmq_ctx_new();
    asker = open_socket(ZMQ_DEALER);
    zmq_setsockopt(asker, ZMQ_ROUTING_ID, "local/test", 10);
    zmq_connect(asker, pipe_endpoint);
}

static void
disconnect_wires(void)
{
    zmq_close(asker);
    if (next != NULL)
        zmq_close(next);
    next = NULL;
    zmq_ctx_term(context);
}

static uint16_t send_flags;             /* of the next queries */

static void
send_query(const char *label, uint64_t id)
{
    uint8_t message[64] = "\x12\x34\1\0\0\1\0\0\0\0\0\0";
    size_t length = strlen(label);
    core_batch_t *batch = core_batch_new();
    size_t size;

    message[12] = (uint8_t) length;
    memcpy(message + 13, label, length);
    memcpy(message + 13 + length, "\0\0\1\0\1", 5);

    uint8_t trail[CORE_TRAIL_SIZE];
    struct core_record record = { .id = id, .left_ms = 1000,
                                  .flags = send_flags, .trail = trail,
                                  .message = message,
                                  .message_size = 18 + length };

    if (send_flags != 0)
        record.trail_size = core_trail_add(trail, 0, CORE_TRAIL_HOP,
                                           "stop passed 5", 13);
    core_batch_start(batch, CORE_BATCH_QUERIES);
    core_batch_add(batch, &record);

    const void *frame = core_batch_frame(batch, &size);

    zmq_send(asker, "", 0, ZMQ_SNDMORE);
    zmq_send(asker, frame, size, 0);
    core_batch_destroy(&batch);
}

static uint8_t frame[70000];

static void
receive(enum core_batch_kind kind, struct core_record *record)
{
    struct core_batch_reader reader;

    ck_assert_int_eq(zmq_recv(asker, frame, sizeof frame, 0), 0);

    int size = zmq_recv(asker, frame, sizeof frame, 0);

    ck_assert_int_gt(size, 0);
    ck_assert(core_batch_open(&reader, frame, (size_t) size));
    ck_assert_int_eq(reader.kind, kind);
    ck_assert(core_batch_next(&reader, record));
    ck_assert_uint_eq(reader.left, 0);
}

static void
receive_reply(struct core_record *record)
{
    receive(CORE_BATCH_REPLIES, record);
}

/* ---- the tests ----------------------------------------------------------- */

static const struct {
    const char *label;
    unsigned rcode;
    bool is_returned;
    bool with_next;
    const char *trail;                  /* text of an EDE, or NULL */
} rows[] = {
    { "answer", 9, false, false, "said" },
    { "hold", CORE_NOTAUTH, false, false, NULL },
    { "pass", CORE_REFUSED, false, false, NULL },   /* there is no next */
    { "late", CORE_REFUSED, false, false, NULL },
    { "pass", 0, true, true, NULL },    /* the next one is not there */
    { "late", 0, true, true, NULL },
    { "look", CORE_SERVFAIL, false, true, NULL },
};

START_TEST(replies_as_its_verdict_says)
{
    struct core_record reply;
    struct core_message message;

    start_stage(rows[_i].with_next);
    connect_wires();
    send_query("drop", 1);
    send_query(rows[_i].label, 2);
    receive_reply(&reply);
    ck_assert_uint_eq(reply.id, 2);
    ck_assert_int_eq(core_message_parse(&message, reply.message,
                                        reply.message_size), CORE_PARSE_OK);
    ck_assert_uint_eq(message.id, 0x1234);
    ck_assert_uint_eq(core_message_rcode(&message), rows[_i].rcode);
    ck_assert(((reply.flags & CORE_RECORD_RETURNED) != 0)
              == rows[_i].is_returned);
    if (rows[_i].trail != NULL) {
        size_t size;
        const uint8_t *ede = core_trail_find(reply.trail, reply.trail_size,
                                             CORE_TRAIL_EDE, &size);

        ck_assert_ptr_nonnull(ede);
        ck_assert_mem_eq(ede + 2, rows[_i].trail, strlen(rows[_i].trail));
    }
    disconnect_wires();
    ck_assert_int_eq(end_stage(), 0);
}
END_TEST

/* Takes one message on the next stage's side and answers each query with
   itself as a reply. */
/* False when it was no query but the wish to be told of changes. */
static bool
answer_as_next(void)
{
    char ids[4][64];
    int sizes[4], hops = 0;

    while ((sizes[hops] = zmq_recv(next, ids[hops], 64, 0)) > 0)
        hops++;
    ck_assert_int_eq(sizes[hops], 0);

    int size = zmq_recv(next, frame, sizeof frame, 0);

    ck_assert_int_gt(size, 0);
    if (frame[5] == CORE_BATCH_CHANGES)
        return false;
    frame[5] = CORE_BATCH_REPLIES;
    frame[16 + 56 + 2] |= 0x80;         /* QR */
    for (int i = 0; i < hops; i++)
        zmq_send(next, ids[i], (size_t) sizes[i], ZMQ_SNDMORE);
    zmq_send(next, "", 0, ZMQ_SNDMORE);
    zmq_send(next, frame, (size_t) size, 0);
    return true;
}

/* The first label, and how it starts where the next stage sees it. */
static const struct {
    const char *label;
    char letter;
} downward[] = {
    { "pass", 'p' }, { "late", 'l' }, { "look", 'p' }, { "alter", 'o' },
};

START_TEST(carries_queries_down_and_replies_back)
{
    struct core_record reply;

    start_stage(true);
    connect_wires();
    next = open_socket(ZMQ_ROUTER);
    ck_assert_int_eq(zmq_bind(next, next_endpoint), 0);

    ck_assert(!answer_as_next());       /* it has found the next stage */
    send_query("pass", 7);
    ck_assert(answer_as_next());
    receive_reply(&reply);
    send_query(downward[_i].label, 8);
    ck_assert(answer_as_next());
    ck_assert_int_eq(frame[16 + 56 + 13], downward[_i].letter);
    receive_reply(&reply);
    ck_assert_uint_eq(reply.id, 8);
    ck_assert_uint_eq(reply.flags, 0);
    ck_assert_uint_eq(reply.message[2] & 0x80, 0x80);
    ck_assert_mem_eq(reply.message, "\x12\x34", 2);
    disconnect_wires();
    ck_assert_int_eq(end_stage(), 0);
}
END_TEST

static const struct {
    const char *label;
    bool is_answered;                   /* with the change */
} moves[] = {
    { "moven", true }, { "movez", false }, { "movep", false },
    { "movea", false },
};

START_TEST(tells_changes_and_what_is_answered_from_then_on)
{
    core_batch_t *wish = core_batch_new();
    struct core_record record;
    size_t size;

    start_stage(false);
    connect_wires();
    core_batch_start(wish, CORE_BATCH_CHANGES);
    core_batch_add(wish, &(struct core_record) {
        .message = (const uint8_t *) "\0\0\40\0\0\0\0\0\0\0\0\0",
        .message_size = CORE_HEADER_SIZE });

    const void *octets = core_batch_frame(wish, &size);

    zmq_send(asker, "", 0, ZMQ_SNDMORE);
    zmq_send(asker, octets, size, 0);
    core_batch_destroy(&wish);
    receive(CORE_BATCH_CHANGES, &record);

    send_query(moves[_i].label, 1);
    receive(CORE_BATCH_CHANGES, &record);
    ck_assert_uint_eq(record.message[2], CORE_OPCODE_NOTIFY << 3);
    ck_assert_uint_eq(record.message[13], (uint8_t) moves[_i].label[4]);
    receive_reply(&record);
    ck_assert_uint_eq(record.id, 1);
    if (moves[_i].is_answered) {
        receive(CORE_BATCH_CHANGES, &record);
        ck_assert_uint_eq(record.message[2] & 0x80, 0x80);
        ck_assert_uint_eq(record.message[3] & 15, 9);
        ck_assert_mem_eq(record.message + 12, "\1n\0\0\1\0\1", 7);
        ck_assert_ptr_nonnull(core_trail_find(record.trail, record.trail_size,
                                              CORE_TRAIL_SCOPE, &size));
    }
    send_query("answer", 2);            /* nothing else was told */
    receive_reply(&record);
    ck_assert_uint_eq(record.id, 2);
    disconnect_wires();
    ck_assert_int_eq(end_stage(), 0);
}
END_TEST

START_TEST(tells_the_stops_of_a_traced_query)
{
    struct core_record reply;
    size_t size;

    start_stage(false);
    connect_wires();
    send_flags = CORE_RECORD_TRACE;
    send_query("answer", 1);
    receive_reply(&reply);
    send_flags = 0;

    const uint8_t *hop = core_trail_find(reply.trail, reply.trail_size,
                                         CORE_TRAIL_HOP, &size);

    ck_assert_ptr_nonnull(hop);
    ck_assert_uint_gt(size, 6);
    ck_assert_mem_eq(hop, "stop passed 5", 13);
    hop = core_trail_find(hop + size,
                          reply.trail_size
                          - (size_t) (hop + size - reply.trail),
                          CORE_TRAIL_HOP, &size);
    ck_assert_ptr_nonnull(hop);
    ck_assert_mem_eq(hop, "sample answered ", 16);
    ck_assert_uint_eq(reply.flags, CORE_RECORD_TRACE);
    disconnect_wires();
    ck_assert_int_eq(end_stage(), 0);
}
END_TEST

START_TEST(tells_its_status_and_takes_new_settings)
{
    const char *const status[] = { "status", NULL };
    const char *const reload[] = { "reload", NULL };
    struct core_record reply;
    struct core_fault fault;
    char *text;

    start_stage(false);
    ck_assert_int_eq(core_control_ask(control_endpoint, status, 3000, &text,
                                      &fault), 0);
    ck_assert_ptr_nonnull(strstr(text, "state ready\n"));
    free(text);

    write_config("stages: { sample: { rcode = 99; }; };\n");
    ck_assert_int_eq(core_control_ask(control_endpoint, reload, 3000, &text,
                                      &fault), CORE_EXIT_CONFIG);
    ck_assert_ptr_nonnull(strstr(text, "conf:1: sample.rcode: "));
    free(text);

    write_config("stages: { sample: { rcode = 4; }; };\n");
    ck_assert_int_eq(core_control_ask(control_endpoint, reload, 3000, &text,
                                      &fault), 0);
    free(text);
    connect_wires();
    send_query("answer", 1);
    receive_reply(&reply);
    ck_assert_uint_eq(reply.message[3] & 15, 4);
    disconnect_wires();
    ck_assert_int_eq(end_stage(), 0);
}
END_TEST

/* Command lines that end at once, and how. */
static const struct {
    const char *config;
    const char *arguments[6];
    int exit_code;
} lines[] = {
    { "", { NULL }, CORE_EXIT_USAGE },                  /* no -c at all */
    { "", { "--frobnicate" }, CORE_EXIT_USAGE },
    { "", { "-h" }, 0 },
    { "", { "-V" }, 0 },
    { "stages: { sample: { rcode = 3; }; };", { "-n", "-c", config_path }, 0 },
    { "stages: { sample: { rkode = 3; }; };", { "-n", "-c", config_path },
      CORE_EXIT_CONFIG },
    { "stages: {", { "-c", config_path }, CORE_EXIT_CONFIG },
    { "stages: { sample: { rcode = 3; }; };", { "-c", config_path },
      CORE_EXIT_USAGE },                /* no pipe: no stage can live so */
    { "", { "-c" }, CORE_EXIT_USAGE },
    { "", { "-c", config_path, "x" }, CORE_EXIT_USAGE },
    { "", { "--ready", "x" }, CORE_EXIT_USAGE },
    { "log: { to = \"file\"; }; stages: { sample: { rcode = 3; }; };",
      { "-n", "-c", config_path }, CORE_EXIT_CONFIG },
    { "log: { to = \"file\"; file = \"/nonexistent/x\"; };"
      "stages: { sample: { rcode = 3; }; };",
      { "-n", "-c", config_path }, CORE_EXIT_CONFIG },
    { "stages: { sample: { rcode = 3; }; };",
      { "-c", config_path, "--pipe", pipe_endpoint, "--control",
        "ipc:///nonexistent/x" }, CORE_EXIT_AGAIN },
    { "stages: { sample: { rcode = 3; }; };",
      { "-c", config_path, "--pipe", "ipc:///nonexistent/x" },
      CORE_EXIT_AGAIN },
};

START_TEST(ends_with_the_code_that_says_who_must_act)
{
    int status;

    write_config(lines[_i].config);
    child = fork();
    if (child == 0) {
        char *argv[8] = { "coredns-sample" };
        int argc = 1;
        int null = open("/dev/null", O_WRONLY);

        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        for (int i = 0; i < 6 && lines[_i].arguments[i] != NULL; i++)
            argv[argc++] = strdup(lines[_i].arguments[i]);
        exit(core_stage_main(&sample_stage, argc, argv));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), lines[_i].exit_code);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("stage");

    tcase_add_checked_fixture(cases, setup, NULL);
    tcase_set_timeout(cases, 20);
    tcase_add_loop_test(cases, replies_as_its_verdict_says, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, carries_queries_down_and_replies_back, 0,
                        CORE_TEST_ROWS(downward));
    tcase_add_loop_test(cases,
                        tells_changes_and_what_is_answered_from_then_on, 0,
                        CORE_TEST_ROWS(moves));
    tcase_add_test(cases, tells_the_stops_of_a_traced_query);
    tcase_add_test(cases, tells_its_status_and_takes_new_settings);
    tcase_add_loop_test(cases, ends_with_the_code_that_says_who_must_act, 0,
                        CORE_TEST_ROWS(lines));
    return core_test_run(cases);
}
