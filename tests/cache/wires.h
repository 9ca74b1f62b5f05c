/*
 * wires - a cache in a process of its own, between a frontend and a next stage
 * that the test plays itself
 */

#ifndef TESTS_CACHE_WIRES_H
#define TESTS_CACHE_WIRES_H

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zmq.h>

#include "cache/cache.h"
#include "cache/sample.h"
#include "core_test.h"
#include "coredns/batch.h"
#include "coredns/control.h"

#define QUICKLY_MS 150                  /* nothing comes within */
#define PATIENTLY_MS 5000

struct wires {
    void *context;
    void *asker;                        /* a frontend's DEALER */
    void *next;                         /* the next stage's ROUTER */
    pid_t child;
    char config[160], pipe[160], next_endpoint[160], control[160];
};

/* A record that came, with its message read, in a frame of its own. */
struct arrival {
    uint8_t frame[70000];
    uint8_t envelope[2][64];
    int envelope_sizes[2];
    int hops;
    struct core_record record;
    struct core_message message;
};

static struct wires wires;

static inline void
wires_configure(const char *settings)
{
    FILE *file = fopen(wires.config, "w");

    fprintf(file, "stages: { cache: { %s }; };\n", settings);
    fclose(file);
}

static inline void
wires_start_cache(void)
{
    int fds[2];
    char number[12], line[8] = "";

    ck_assert_int_eq(pipe(fds), 0);
    wires.child = fork();
    if (wires.child == 0) {
        char *argv[] = {
            "coredns-cache", "-c", wires.config, "--pipe", wires.pipe,
            "--next", wires.next_endpoint, "--control", wires.control,
            "--ready", number, NULL,
        };

        snprintf(number, sizeof number, "%d", fds[1]);
        close(fds[0]);
        exit(core_stage_main(&cache_stage, 11, argv));
    }
    close(fds[1]);
    ck_assert_int_eq(read(fds[0], line, sizeof line), 6);
    close(fds[0]);
}

static inline void *
wires_socket(int type)
{
    void *socket = zmq_socket(wires.context, type);
    int linger = 0;

    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    return socket;
}

/* ---- as a frontend ------------------------------------------------------- */

static inline void
wires_send(const struct sample *query, uint64_t id, unsigned flags)
{
    core_batch_t *batch = core_batch_new();
    struct core_record record = {
        .id = id, .left_ms = 4000, .flags = (uint16_t) flags,
        .message = query->bytes, .message_size = query->size,
    };
    size_t size;

    core_batch_start(batch, CORE_BATCH_QUERIES);
    core_batch_add(batch, &record);

    const void *frame = core_batch_frame(batch, &size);

    zmq_send(wires.asker, "", 0, ZMQ_SNDMORE);
    zmq_send(wires.asker, frame, size, 0);
    core_batch_destroy(&batch);
}

static inline bool
wires_wait(void *socket, long timeout_ms)
{
    zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };

    return zmq_poll(&item, 1, timeout_ms) > 0;
}

static inline void
wires_read(void *socket, struct arrival *arrival)
{
    struct core_batch_reader reader;
    int size;

    arrival->hops = 0;
    while ((size = zmq_recv(socket, arrival->envelope[arrival->hops], 64, 0))
           > 0)
        arrival->envelope_sizes[arrival->hops++] = size;
    size = zmq_recv(socket, arrival->frame, sizeof arrival->frame, 0);
    ck_assert_int_gt(size, 0);
    ck_assert(core_batch_open(&reader, arrival->frame, (size_t) size));
    ck_assert(core_batch_next(&reader, &arrival->record));
    ck_assert_uint_eq(reader.left, 0);
    ck_assert_int_eq(core_message_parse(&arrival->message,
                                        arrival->record.message,
                                        arrival->record.message_size),
                     CORE_PARSE_OK);
}

/* The next reply. */
static inline void
wires_receive(struct arrival *arrival)
{
    ck_assert(wires_wait(wires.asker, PATIENTLY_MS));
    wires_read(wires.asker, arrival);
}

/* ---- as the next stage --------------------------------------------------- */

/* The next query. */
static inline void
wires_take(struct arrival *arrival)
{
    ck_assert(wires_wait(wires.next, PATIENTLY_MS));
    wires_read(wires.next, arrival);
}

static inline bool
wires_nothing_comes_down(void)
{
    return !wires_wait(wires.next, QUICKLY_MS);
}

/* Answers a query that was taken; an item of a trail may be added. */
static inline void
wires_answer_with(const struct arrival *query, const struct sample *reply,
                  unsigned flags, enum core_trail_kind kind, const void *item,
                  size_t item_size)
{
    core_batch_t *batch = core_batch_new();
    struct core_record record = query->record;
    uint8_t message[CORE_MESSAGE_SIZE], trail[CORE_TRAIL_SIZE];
    size_t size;

    memcpy(message, reply->bytes, reply->size);
    core_write16(message, query->message.id);
    record.flags = (uint16_t) flags;
    record.message = message;
    record.message_size = reply->size;
    record.trail = trail;
    record.trail_size = 0;
    if (item != NULL)
        record.trail_size = core_trail_add(trail, 0, kind, item, item_size);
    core_batch_start(batch, CORE_BATCH_REPLIES);
    core_batch_add(batch, &record);

    const void *frame = core_batch_frame(batch, &size);

    for (int i = 0; i < query->hops; i++)
        zmq_send(wires.next, query->envelope[i],
                 (size_t) query->envelope_sizes[i], ZMQ_SNDMORE);
    zmq_send(wires.next, "", 0, ZMQ_SNDMORE);
    zmq_send(wires.next, frame, size, 0);
    core_batch_destroy(&batch);
}

static inline void
wires_answer(const struct arrival *query, const struct sample *reply,
             unsigned flags, enum core_trail_kind kind, const char *item)
{
    wires_answer_with(query, reply, flags, kind, item,
                      item == NULL ? 0 : strlen(item));
}

/* ---- life ---------------------------------------------------------------- */

/* Connects both sides and goes on when the stage has found the next one: it
   then says that it wants to be told of changes. */
static inline void
wires_connect(void)
{
    static struct arrival arrival;

    wires.context = zmq_ctx_new();
    wires.asker = wires_socket(ZMQ_DEALER);
    wires.next = wires_socket(ZMQ_ROUTER);
    zmq_setsockopt(wires.asker, ZMQ_ROUTING_ID, "local/test", 10);
    ck_assert_int_eq(zmq_bind(wires.next, wires.next_endpoint), 0);
    ck_assert_int_eq(zmq_connect(wires.asker, wires.pipe), 0);
    ck_assert(wires_wait(wires.next, PATIENTLY_MS));
    wires_read(wires.next, &arrival);
    ck_assert_int_eq(arrival.frame[5], CORE_BATCH_CHANGES);
}

static inline void
wires_open(const char *settings)
{
    char folder[128];

    snprintf(folder, sizeof folder, "%s", core_test_folder());
    snprintf(wires.config, sizeof wires.config, "%s/conf", folder);
    snprintf(wires.pipe, sizeof wires.pipe, "ipc://%s/pipe", folder);
    snprintf(wires.next_endpoint, sizeof wires.next_endpoint,
             "ipc://%s/next", folder);
    snprintf(wires.control, sizeof wires.control, "ipc://%s/control",
             folder);
    wires_configure(settings);
    wires_start_cache();
    wires_connect();
}

/* Ends the cache, which must drain and end well. */
static inline void
wires_close(void)
{
    int status;

    kill(wires.child, SIGTERM);
    ck_assert_int_eq(waitpid(wires.child, &status, 0), wires.child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    zmq_close(wires.asker);
    zmq_close(wires.next);
    zmq_ctx_term(wires.context);
}

/* Gives it an order; the text is yours. */
static inline char *
wires_order(const char *verb, const char *first, const char *second)
{
    const char *const words[] = { verb, first, second, NULL };
    struct core_fault fault;
    char *text;

    ck_assert_int_eq(core_control_ask(wires.control, words, 3000, &text,
                                      &fault), 0);
    return text;
}

/* ---- what nearly all tests do -------------------------------------------- */

static struct sample query, reply;      /* what is sent */
static struct arrival down, up;         /* what came last */

/* Asks; the query must go down and is answered with what is in `reply`. */
static inline void
ask_and_answer(uint64_t id)
{
    wires_send(&query, id, 0);
    wires_take(&down);
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);
    wires_receive(&up);
    ck_assert_uint_eq(up.record.id, id);
}

static inline void
make(const char *name, uint16_t type, unsigned flags_and_rcode,
     const char *answer, const char *authority)
{
    sample_query(&query, name, type, CORE_RD, false);
    sample_reply(&reply, name, type, flags_and_rcode,
                 (const char *[3]) { answer, authority });
}

/* Asks again; true when the cache answers by itself. */
static inline bool
is_kept(uint64_t id)
{
    wires_send(&query, id, 0);

    zmq_pollitem_t items[] = {
        { .socket = wires.asker, .events = ZMQ_POLLIN },
        { .socket = wires.next, .events = ZMQ_POLLIN },
    };

    ck_assert_int_gt(zmq_poll(items, 2, PATIENTLY_MS), 0);
    if ((items[1].revents & ZMQ_POLLIN) != 0) {
        wires_read(wires.next, &down);
        return false;
    }
    wires_read(wires.asker, &up);
    ck_assert_uint_eq(up.record.id, id);
    return true;
}

static inline uint32_t
ttl_of(const struct arrival *arrival)
{
    struct core_records records;
    struct core_rr rr;

    core_records_start(&records, &arrival->message);
    ck_assert(core_records_next(&records, &rr));
    return rr.ttl;
}

/* The info code of its EDE, or NONE. */
static inline unsigned
ede_of(const struct arrival *arrival)
{
    size_t size;
    const uint8_t *value = core_trail_find(arrival->record.trail,
                                           arrival->record.trail_size,
                                           CORE_TRAIL_EDE, &size);

    return value == NULL ? CORE_EDE_NONE : core_read16(value);
}

#endif
