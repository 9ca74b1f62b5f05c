/*
 * control - questions to a process about itself, and orders
 *
 * The server is a ROUTER, because a reply may come later than the next
 * request; a call carries the routing id it has to go back to.  The asking
 * side is a DEALER with an empty frame in front, which is what a REQ would
 * send, so that any ZeroMQ binding can ask with the simplest socket it has.
 */

#include "coredns/control.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "coredns/setting.h"

#define CALLS_PER_DRAIN 16
#define VERB_TABLES 4

struct core_call {
    core_control_t *control;
    uint8_t routing_id[CORE_ROUTING_ID_SIZE];
    size_t routing_id_size;
    int count;
    char *words[CORE_CONTROL_ARGUMENTS];    /* the verb first */
    bool is_refused;                    /* the output says why */
    FILE *output;
    char *text;
    size_t text_size;
};

struct core_control {
    void *socket;
    core_loop_t *loop;
    const struct core_verb *verbs[VERB_TABLES];
    void *owners[VERB_TABLES];
    int tables;
};

/* ---- calls --------------------------------------------------------------- */

int
core_call_count(const core_call_t *self)
{
    return self->count - 1;
}

const char *
core_call_argument(const core_call_t *self, int index)
{
    return index >= 0 && index + 1 < self->count ? self->words[index + 1]
                                                 : NULL;
}

FILE *
core_call_output(core_call_t *self)
{
    return self->output;
}

static void
destroy_call(core_call_t *self)
{
    for (int i = 0; i < self->count; i++)
        free(self->words[i]);
    fclose(self->output);
    free(self->text);
    free(self);
}

void
core_call_end(core_call_t **self_p, int exit_code)
{
    core_call_t *self = *self_p;
    void *socket = self->control->socket;
    char code[12];

    core_loop_used(self->control->loop, socket);
    fflush(self->output);
    snprintf(code, sizeof code, "%d", exit_code);

    /* Whoever asked may have gone: then there is nobody to tell. */
    if (zmq_send(socket, self->routing_id, self->routing_id_size,
                 ZMQ_SNDMORE | ZMQ_DONTWAIT) != -1) {
        zmq_send(socket, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT);
        zmq_send(socket, code, strlen(code), ZMQ_SNDMORE | ZMQ_DONTWAIT);
        zmq_send(socket, self->text, self->text_size, ZMQ_DONTWAIT);
    }
    destroy_call(self);
    *self_p = NULL;
}

/* ---- the server ---------------------------------------------------------- */

/* Says which verbs there are, and which one may have been meant. */
static void
explain_verbs(const core_control_t *self, core_call_t *call)
{
    const char *names[64] = { NULL };
    size_t count = 0;

    for (int i = 0; i < self->tables; i++)
        for (const struct core_verb *verb = self->verbs[i];
             verb->name != NULL && count < 63; verb++)
            names[count++] = verb->name;

    const char *nearest = core_nearest(call->words[0], names);

    fprintf(call->output, "unknown verb");
    if (nearest != NULL)
        fprintf(call->output, ", did you mean %s", nearest);
    fprintf(call->output, "; known are:");
    for (size_t i = 0; i < count; i++)
        fprintf(call->output, " %s", names[i]);
    fputc('\n', call->output);
}

static void
carry_out(core_control_t *self, core_call_t *call)
{
    for (int i = 0; i < self->tables; i++)
        for (const struct core_verb *verb = self->verbs[i];
             verb->name != NULL; verb++) {
            if (strcmp(verb->name, call->words[0]) != 0)
                continue;

            int code = verb->run(self->owners[i], call);

            if (code != CORE_CALL_LATER)
                core_call_end(&call, code);
            return;
        }
    explain_verbs(self, call);
    core_call_end(&call, 64);
}

/* Keeps one more word; of a request above the limits nothing is kept. */
static void
take_word(core_call_t *call, zmq_msg_t *frame)
{
    size_t size = zmq_msg_size(frame);
    char *word;

    if (call->is_refused)
        return;
    call->is_refused = call->count == CORE_CONTROL_ARGUMENTS
        || size > CORE_CONTROL_SIZE;
    if (call->count == CORE_CONTROL_ARGUMENTS)
        fprintf(call->output, "an order has %d words at most\n",
                CORE_CONTROL_ARGUMENTS);
    else if (size > CORE_CONTROL_SIZE)
        fprintf(call->output, "a word of an order has %d octets at most\n",
                CORE_CONTROL_SIZE);
    if (call->is_refused)
        return;
    word = core_allocate(size + 1);
    memcpy(word, zmq_msg_data(frame), size);
    call->words[call->count++] = word;
}

/* Puts one frame of a request where it belongs; false: it is none. */
static bool
take_frame(core_call_t *call, int index, zmq_msg_t *frame)
{
    size_t size = zmq_msg_size(frame);

    if (index == 0) {
        if (size > sizeof call->routing_id)
            return false;
        memcpy(call->routing_id, zmq_msg_data(frame), size);
        call->routing_id_size = size;
        return true;
    }
    if (index == 1)
        return size == 0;
    take_word(call, frame);
    return true;
}

/* Receives a request.  False: none waits; *call_p is NULL for a broken one. */
static bool
receive(core_control_t *self, core_call_t **call_p)
{
    core_call_t *call = core_allocate(sizeof *call);
    bool is_right = true;
    bool more = true;

    call->control = self;
    call->output = open_memstream(&call->text, &call->text_size);
    assert(call->output != NULL);
    *call_p = NULL;
    for (int index = 0; more; index++) {
        zmq_msg_t frame;

        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(&frame);
            destroy_call(call);
            return index != 0;
        }
        more = zmq_msg_more(&frame) != 0;
        is_right = is_right && take_frame(call, index, &frame);
        zmq_msg_close(&frame);
    }
    if (is_right && (call->count > 0 || call->is_refused))
        *call_p = call;
    else
        destroy_call(call);
    return true;
}

static bool
drain(void *owner)
{
    core_control_t *self = owner;

    for (int i = 0; i < CALLS_PER_DRAIN; i++) {
        core_call_t *call;

        if (!receive(self, &call))
            return false;
        if (call == NULL)
            continue;
        if (call->is_refused)
            core_call_end(&call, 64);
        else
            carry_out(self, call);
    }
    return true;
}

core_control_t *
core_control_new(void *context, core_loop_t *loop, const char *endpoint,
                 struct core_fault *fault)
{
    core_control_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->socket = zmq_socket(context, ZMQ_ROUTER);
    assert(self->socket != NULL);
    core_socket_prepare(self->socket);
    if (core_endpoint_bind(self->socket, endpoint, fault) == -1) {
        zmq_close(self->socket);
        free(self);
        return NULL;
    }
    core_loop_socket(loop, self->socket, drain, self);
    core_loop_socket_tells(loop, self->socket);
    return self;
}

void
core_control_destroy(core_control_t **self_p)
{
    assert(self_p);

    core_control_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_unsocket(self->loop, self->socket);
    zmq_close(self->socket);
    free(self);
    *self_p = NULL;
}

void
core_control_verbs(core_control_t *self, const struct core_verb *verbs,
                   void *owner)
{
    assert(self->tables < VERB_TABLES);
    self->verbs[self->tables] = verbs;
    self->owners[self->tables] = owner;
    self->tables++;
}
