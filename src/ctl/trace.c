/*
 * trace - the verb trace: one query, and every stop on its way
 *
 * The query goes into the pipe of a stage as another stage would send it, with
 * the flag that has each stop noted.  Nothing keeps it or its answer.
 */

#include "ctl/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <zmq.h>

#include "coredns/batch.h"
#include "coredns/clock.h"
#include "coredns/message.h"
#include "coredns/name.h"
#include "coredns/pipe.h"
#include "coredns/rrtype.h"
#include "coredns/stage.h"
#include "coredns/writer.h"

#include "ctl/message.h"
#include "ctl/toolkit.h"
#include "ctl/traced.h"

#define PATIENCE_MS 5000
#define MARGIN_MS 500                   /* for the way back */
#define CLIENT_PORT 53535               /* any that a client may have */
#define QUERY_SIZE (CORE_HEADER_SIZE + CORE_NAME_SIZE + 32)

struct question {
    uint8_t name[CORE_NAME_SIZE];
    uint16_t type;
    bool dnssec_ok;
    struct core_network client;
    const char *from;                   /* a stage or process; NULL: a head */
};

static int
read_question(struct question *self, const struct request *request)
{
    const char *type = request->word_count > 1 ? request->words[1] : "A";
    const char *client = request_value(request, OPTION_CLIENT);
    int number = core_rrtype_from_text(type);

    if (core_name_from_text(self->name, request->words[0], NULL) == -1)
        return message_fail(CORE_EXIT_USAGE, "not a domain name: %s",
                            request->words[0]);
    if (number < 0)
        return message_fail(CORE_EXIT_USAGE, "not a type: %s", type);
    if (core_network_from_text(client == NULL ? "127.0.0.1" : client,
                               &self->client) == -1
        || self->client.bits != 128)
        return message_fail(CORE_EXIT_USAGE, "not an address: %s", client);
    self->type = (uint16_t) number;
    self->dnssec_ok = (request->options & OPTION_DO) != 0;
    self->from = request_value(request, OPTION_FROM);
    return CORE_EXIT_DONE;
}

/* ---- where it begins ----------------------------------------------------- */

static bool
is_meant(const struct question *self, const struct plan_process *process)
{
    const struct plan_stage *stage = process->stage;

    if (self->from == NULL)
        return plan_is_head(stage);
    return strcmp(stage->name, self->from) == 0
        || strcmp(process->name, self->from) == 0;
}

/* The process whose pipe takes the query; NULL when that was said. */
static const struct plan_process *
find_process(const struct question *self, const struct plan *plan)
{
    for (size_t i = 0; i < plan->process_count; i++) {
        const struct plan_process *process = &plan->processes[i];

        if (!is_meant(self, process))
            continue;
        if (process->stage->has_pipe || plan_is_head(process->stage))
            return process;
        message_fail(0, "%s takes no queries", process->name);
        return NULL;
    }
    if (self->from == NULL)
        message_fail(0, "no stage sends queries to another one");
    else
        message_fail(0, "no stage is called %s", self->from);
    return NULL;
}

/* ---- asking -------------------------------------------------------------- */

static void
send_query(const struct question *self, void *socket)
{
    uint8_t message[QUERY_SIZE];
    struct core_writer writer;
    core_batch_t *batch = core_batch_new();
    uint64_t id = 0;
    struct core_record record = {
        .arrived_us = core_clock_real_us(), .left_ms = PATIENCE_MS,
        .flags = CORE_RECORD_INTERNAL | CORE_RECORD_TRACE,
        .transport = CORE_INTERNAL, .client_port = CLIENT_PORT,
        .message = message,
    };
    size_t size;

    if (getrandom(&id, sizeof id, 0) == -1)
        id = (uint64_t) record.arrived_us;
    record.id = id;
    memcpy(record.client, self->client.address, sizeof record.client);
    core_writer_query(&writer, message, sizeof message, (uint16_t) id,
                      CORE_RD, self->name, self->type, CORE_IN);
    core_writer_edns(&writer, CORE_MESSAGE_SIZE, 0, self->dnssec_ok, NULL, 0);
    record.message_size = core_writer_end(&writer, 0, 0);
    core_batch_start(batch, CORE_BATCH_QUERIES);
    core_batch_add(batch, &record);

    const void *frame = core_batch_frame(batch, &size);

    zmq_send(socket, "", 0, ZMQ_SNDMORE);
    zmq_send(socket, frame, size, 0);
    core_batch_destroy(&batch);
}

static int
print(const struct request *request, const struct core_record *reply)
{
    if ((reply->flags & CORE_RECORD_RETURNED) != 0)
        return message_fail(CORE_EXIT_AGAIN, "nobody takes the query");
    if ((request->options & OPTION_JSON) != 0)
        traced_write_json(reply, stdout);
    else
        traced_write(reply, stdout);
    return CORE_EXIT_DONE;
}

/* Waits for a batch: [empty] [batch]. */
static int
take_reply(const struct request *request, void *socket)
{
    zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };
    struct core_batch_reader reader;
    struct core_record reply;
    zmq_msg_t frame;
    int code = CORE_EXIT_FAILED;

    if (zmq_poll(&item, 1, PATIENCE_MS + MARGIN_MS) <= 0)
        return message_fail(CORE_EXIT_AGAIN, "no answer: the query was "
                            "dropped, or somebody is slow");
    zmq_msg_init(&frame);
    do
        zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT);
    while (zmq_msg_more(&frame));
    if (core_batch_open(&reader, zmq_msg_data(&frame), zmq_msg_size(&frame))
        && core_batch_next(&reader, &reply))
        code = print(request, &reply);
    else
        message_fail(code, "the answer is no batch");
    zmq_msg_close(&frame);
    return code;
}

static int
ask(const struct question *self, const struct request *request,
    const char *endpoint)
{
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_DEALER);
    struct core_fault fault;
    int code;

    core_socket_prepare(socket);
    if (core_endpoint_connect(socket, endpoint, &fault) == -1)
        code = message_fault(CORE_EXIT_FAILED, &fault);
    else {
        send_query(self, socket);
        code = take_reply(request, socket);
    }
    zmq_close(socket);
    zmq_ctx_term(context);
    return code;
}

int
trace_run(const struct request *request)
{
    struct toolkit toolkit;
    struct question question;
    const struct plan_process *process = NULL;
    int code = read_question(&question, request);

    if (code != CORE_EXIT_DONE)
        return code;
    toolkit_plan_patched(&toolkit, request->config_path,
                         request->run_directory);
    code = CORE_EXIT_CONFIG;
    if (toolkit_is_there(&toolkit) && toolkit.plan != NULL) {
        process = find_process(&question, toolkit.plan);
        code = CORE_EXIT_USAGE;
    }
    if (process != NULL) {
        char endpoint[PLAN_ENDPOINT_SIZE];

        plan_endpoint(toolkit.run_directory, process->name, "pipe", endpoint);
        code = ask(&question, request, endpoint);
    }
    toolkit_end(&toolkit);
    return code;
}
