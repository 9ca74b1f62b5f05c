/*
 * exchange - one request to etcd and its one reply
 */

#include "etcd-sync/exchange.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "etcd-sync/splitter.h"

#define SHOWN 200                       /* octets of a reply that is none */

struct exchange {
    http_request_t *request;
    splitter_t *splitter;
    core_etcd_reply_t *reply;
    struct core_fault fault;            /* why there is no reply */
    bool is_too_large;
    exchange_done *done;
    void *owner;
};

static void
handle_message(void *owner, const char *text, size_t size)
{
    exchange_t *self = owner;

    core_etcd_reply_destroy(&self->reply);
    self->reply = core_etcd_reply_read(text, size, &self->fault);
}

/* Octets of the first line, as far as it is of use in a message. */
static int
line_size(const char *bytes, size_t size)
{
    int length = 0;

    while ((size_t) length < size && length < SHOWN
           && strchr("\r\n", bytes[length]) == NULL)
        length++;
    return length;
}

static bool
handle_data(void *owner, const char *bytes, size_t size)
{
    exchange_t *self = owner;

    if (splitter_feed(self->splitter, bytes, size))
        return true;
    self->is_too_large = splitter_is_full(self->splitter);
    if (self->is_too_large)
        core_fault_set(&self->fault, NULL, 0, "the reply is too large");
    else                                /* which says why, mostly */
        core_fault_set(&self->fault, NULL, 0, "the reply is not JSON: %.*s",
                       line_size(bytes, size), bytes);
    return false;
}

static void
end(exchange_t *self)
{
    splitter_destroy(&self->splitter);
    core_etcd_reply_destroy(&self->reply);
    free(self);
}

static void
handle_done(void *owner, long status, const char *reason)
{
    exchange_t *self = owner;
    enum exchange_outcome outcome = EXCHANGE_FAILED;

    if (*self->fault.text == '\0' && status == 0)
        core_fault_set(&self->fault, NULL, 0, "%s", reason);
    else if (*self->fault.text == '\0' && self->reply == NULL)
        core_fault_set(&self->fault, NULL, 0, "HTTP status %ld", status);
    if (self->reply != NULL && status != 0)
        outcome = EXCHANGE_REPLY;
    else if (self->is_too_large)
        outcome = EXCHANGE_TOO_LARGE;
    self->done(self->owner, outcome,
               outcome == EXCHANGE_REPLY ? self->reply : NULL,
               outcome == EXCHANGE_REPLY ? NULL : self->fault.text);
    end(self);
}

exchange_t *
exchange_new(http_t *http, const struct http_post *post, size_t limit,
             exchange_done *done, void *owner)
{
    static const struct http_hooks hooks = {
        .data = handle_data, .done = handle_done,
    };
    exchange_t *self = core_allocate(sizeof *self);

    self->done = done;
    self->owner = owner;
    self->splitter = splitter_new(limit, handle_message, self);
    self->request = http_post(http, post, &hooks, self);
    return self;
}

void
exchange_cancel(exchange_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    http_cancel(&(*self_p)->request);
    end(*self_p);
    *self_p = NULL;
}
