/*
 * rates - queries a second of each process, from what it publishes
 *
 * A process tells its counters once a second; two of its messages make a rate.
 * One that has told nothing for a while has none.
 */

#include "ctl/rates.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"

#define METRIC "coredns_queries_total"
#define STALE_MS 3000
#define MESSAGES_PER_DRAIN 64

struct rate {
    struct rate *next;
    char *name;
    uint64_t total;                     /* of the last message */
    int64_t at_ms;
    double per_second;                  /* -1: only one message so far */
};

struct rates {
    core_loop_t *loop;
    void *socket;
    struct rate *list;
};

static bool drain(void *owner);

rates_t *
rates_new(void *context, core_loop_t *loop)
{
    rates_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->socket = zmq_socket(context, ZMQ_SUB);
    assert(self->socket != NULL);
    core_socket_prepare(self->socket);
    zmq_setsockopt(self->socket, ZMQ_SUBSCRIBE, "", 0);
    core_loop_socket(loop, self->socket, drain, self);
    return self;
}

void
rates_destroy(rates_t **self_p)
{
    assert(self_p);

    rates_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_unsocket(self->loop, self->socket);
    zmq_close(self->socket);
    while (self->list != NULL) {
        struct rate *rate = self->list;

        self->list = rate->next;
        free(rate->name);
        free(rate);
    }
    free(self);
    *self_p = NULL;
}

void
rates_follow(rates_t *self, const char *endpoint)
{
    struct core_fault fault;

    core_endpoint_connect(self->socket, endpoint, &fault);
}

void
rates_unfollow(rates_t *self, const char *endpoint)
{
    zmq_disconnect(self->socket, endpoint);
}

static struct rate *
find(const rates_t *self, const char *name, size_t size)
{
    for (struct rate *rate = self->list; rate != NULL; rate = rate->next)
        if (strlen(rate->name) == size && memcmp(rate->name, name, size) == 0)
            return rate;
    return NULL;
}

double
rates_of(const rates_t *self, const char *name)
{
    const struct rate *rate = find(self, name, strlen(name));

    if (rate == NULL
        || core_loop_now_ms(self->loop) - rate->at_ms > STALE_MS)
        return -1;
    return rate->per_second;
}

/* The sum of the metric's lines; false when there is none. */
static bool
read_total(const char *text, uint64_t *total)
{
    bool is_there = false;

    *total = 0;
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");

        if (size > strlen(METRIC) && strncmp(text, METRIC,
                                             strlen(METRIC)) == 0
            && strchr(" {", text[strlen(METRIC)]) != NULL) {
            const char *value = text + size;

            while (value[-1] != ' ')
                value--;
            *total += strtoull(value, NULL, 10);
            is_there = true;
        }
        text += size + (text[size] == '\n');
    }
    return is_there;
}

static void
take(rates_t *self, const char *name, size_t name_size, const char *text)
{
    struct rate *rate = find(self, name, name_size);
    int64_t now_ms = core_loop_now_ms(self->loop);
    uint64_t total;

    if (!read_total(text, &total))
        return;
    if (rate == NULL) {
        rate = core_allocate(sizeof *rate);
        rate->name = strndup(name, name_size);
        rate->next = self->list;
        self->list = rate;
        rate->per_second = -1;
    }
    /* After a restart of the process the count begins at 0 again. */
    else if (total >= rate->total && now_ms > rate->at_ms)
        rate->per_second = (double) (total - rate->total) * 1000.0
            / (double) (now_ms - rate->at_ms);
    rate->total = total;
    rate->at_ms = now_ms;
}

/* One message: name, text.  False when none waits. */
static bool
receive(rates_t *self)
{
    zmq_msg_t frames[2];
    int count = 0;
    int more = 1;

    while (more && count < 2) {
        zmq_msg_init(&frames[count]);
        if (zmq_msg_recv(&frames[count], self->socket, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(&frames[count]);
            break;
        }
        more = zmq_msg_more(&frames[count++]);
    }
    if (count == 2 && !more) {
        char *text = strndup(zmq_msg_data(&frames[1]),
                             zmq_msg_size(&frames[1]));

        take(self, zmq_msg_data(&frames[0]), zmq_msg_size(&frames[0]), text);
        free(text);
    }
    for (int i = 0; i < count; i++)
        zmq_msg_close(&frames[i]);
    return count > 0;
}

static bool
drain(void *owner)
{
    for (int i = 0; i < MESSAGES_PER_DRAIN; i++)
        if (!receive(owner))
            return false;
    return true;
}
