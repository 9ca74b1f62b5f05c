/*
 * control_ask - the asking side of control
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/clock.h"
#include "coredns/control.h"
#include "coredns/memory.h"
#include "coredns/pipe.h"

struct asking {
    void *socket;
    core_loop_t *loop;
    core_timer_t *timer;
    core_control_done *done;
    void *owner;
};

/* A socket that will deliver the request as soon as somebody is there. */
static void *
open_asking(void *context, const char *endpoint, struct core_fault *fault)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);

    assert(socket != NULL);
    core_socket_prepare(socket);
    if (core_endpoint_connect(socket, endpoint, fault) == -1) {
        zmq_close(socket);
        return NULL;
    }
    return socket;
}

static void
send_words(void *socket, const char *const *words)
{
    zmq_send(socket, "", 0, ZMQ_SNDMORE);
    for (; *words != NULL; words++)
        zmq_send(socket, *words, strlen(*words),
                 words[1] != NULL ? ZMQ_SNDMORE : 0);
}

/*
 * Receives [empty] [code] [text].  Returns false when nothing waits; a reply of
 * another form counts as code -1.  *text_p is the caller's.
 */
static bool
receive_reply(void *socket, int *code, char **text_p)
{
    bool more = true;

    *code = -1;
    *text_p = NULL;
    for (int index = 0; more; index++) {
        zmq_msg_t frame;

        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(&frame);
            return index != 0;
        }

        size_t size = zmq_msg_size(&frame);
        char *text = core_allocate(size + 1);

        memcpy(text, zmq_msg_data(&frame), size);
        more = zmq_msg_more(&frame) != 0;
        zmq_msg_close(&frame);
        if (index == 1)
            *code = atoi(text);
        if (index == 2 && *text_p == NULL)
            *text_p = text;
        else
            free(text);
    }
    return true;
}

/* Waits until the socket can be read.  False when time is up, or the descriptor
   (-1: none) can be read and nothing came. */
static bool
wait_for_reply(void *socket, int descriptor, int64_t deadline_ms)
{
    for (;;) {
        zmq_pollitem_t items[] = {
            { .socket = socket, .events = ZMQ_POLLIN },
            { .fd = descriptor, .events = ZMQ_POLLIN },
        };
        int64_t left_ms = deadline_ms - core_clock_ms();

        if (left_ms <= 0)
            return false;

        int rc = zmq_poll(items, descriptor == -1 ? 1 : 2, left_ms);

        if (rc > 0)
            return (items[0].revents & ZMQ_POLLIN) != 0;
        if (rc == -1 && errno != EINTR)
            return false;
    }
}

int
core_control_ask(const char *endpoint, const char *const *words,
                 int64_t timeout_ms, char **text_p, struct core_fault *fault)
{
    return core_control_ask_while(-1, endpoint, words, timeout_ms, text_p,
                                  fault);
}

int
core_control_ask_while(int descriptor, const char *endpoint,
                       const char *const *words, int64_t timeout_ms,
                       char **text_p, struct core_fault *fault)
{
    void *context = zmq_ctx_new();
    void *socket = open_asking(context, endpoint, fault);
    int code = -1;

    *text_p = NULL;
    if (socket != NULL) {
        send_words(socket, words);
        if (!wait_for_reply(socket, descriptor, core_clock_ms() + timeout_ms)
            || !receive_reply(socket, &code, text_p) || code == -1) {
            core_fault_set(fault, NULL, 0, "no answer from %s", endpoint);
            free(*text_p);
            *text_p = NULL;
            code = -1;
        }
        else if (*text_p == NULL)
            *text_p = core_copy_text("");
        zmq_close(socket);
    }
    zmq_ctx_term(context);
    return code;
}

/* ---- without waiting ----------------------------------------------------- */

static void
end_asking(struct asking *self, int code, const char *text)
{
    core_loop_timer_cancel(self->loop, &self->timer);
    core_loop_unsocket(self->loop, self->socket);
    zmq_close(self->socket);
    self->done(self->owner, code, text);
    free(self);
}

static bool
drain_asking(void *owner)
{
    struct asking *self = owner;
    char *text;
    int code;

    if (receive_reply(self->socket, &code, &text)) {
        end_asking(self, code, text == NULL ? "" : text);
        free(text);
    }
    return false;
}

static void
give_up(void *owner)
{
    struct asking *self = owner;

    end_asking(self, -1, "no answer");
}

void
core_control_ask_later(void *context, core_loop_t *loop, const char *endpoint,
                       const char *const *words, int64_t timeout_ms,
                       core_control_done *done, void *owner)
{
    struct asking *self = core_allocate(sizeof *self);
    struct core_fault fault;

    self->socket = open_asking(context, endpoint, &fault);
    assert(self->socket != NULL);       /* endpoints here are our own */
    self->loop = loop;
    self->done = done;
    self->owner = owner;
    self->timer = core_loop_timer(loop, timeout_ms, timeout_ms, give_up, self);
    send_words(self->socket, words);
    core_loop_socket(loop, self->socket, drain_asking, self);
}
