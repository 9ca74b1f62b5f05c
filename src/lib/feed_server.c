/*
 * feed_server - answers requests for snapshots
 */

#include "lib/feed_server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "lib/feed_frame.h"

#define JOBS 64                         /* subscribers served at once */
#define JOB_SILENCE_MS 30000            /* without credit: given up */
#define REQUESTS_A_DRAIN 16
#define REQUEST_FRAMES 2                /* routing id, request */

/* A subscriber that is being answered. */
struct served {
    uint8_t id[256];                    /* its routing id */
    size_t id_size;
    feed_job_t *job;                    /* NULL: the place is free */
    unsigned credit;
    int64_t heard_ms;
};

struct feed_server {
    core_loop_t *loop;
    void *socket;                       /* ROUTER */
    const struct feed_source *source;
    struct served served[JOBS];
    uint8_t *frame;                     /* of a snapshot */
};


static void
end_job(struct served *served)
{
    feed_job_destroy(&served->job);
}

/* Sends what the subscriber has credit for.  One that cannot be reached, or
   does not take what it asked for, is dropped: it will ask again. */
static void
serve(feed_server_t *self, struct served *served)
{
    while (served->job != NULL && served->credit > 0) {
        size_t size = feed_job_next(served->job, self->frame);

        if (size == 0) {
            end_job(served);
            return;
        }
        served->credit--;
        if (zmq_send(self->socket, served->id, served->id_size,
                     ZMQ_DONTWAIT | ZMQ_SNDMORE) == -1
            || zmq_send(self->socket, self->frame, size,
                        ZMQ_DONTWAIT) == -1)
            end_job(served);
    }
}

/* The place of the subscriber, or else a free one; NULL when all are taken. */
static struct served *
find_served(feed_server_t *self, const uint8_t *id, size_t id_size)
{
    struct served *free_place = NULL;

    for (unsigned i = 0; i < JOBS; i++) {
        struct served *served = &self->served[i];

        if (served->job == NULL)
            free_place = free_place != NULL ? free_place : served;
        else if (served->id_size == id_size
                 && memcmp(served->id, id, id_size) == 0)
            return served;
    }
    return free_place;
}

static void
say_absent(feed_server_t *self, const uint8_t *id, size_t id_size,
           const struct feed_header *header)
{
    uint8_t bytes[FEED_HEADER_SIZE];

    feed_header_write(bytes, &(struct feed_header) {
        .kind = FEED_ABSENT, .epoch = self->source->epoch,
        .sequence = self->source->sequence, .request = header->request,
    });
    if (zmq_send(self->socket, id, id_size, ZMQ_DONTWAIT | ZMQ_SNDMORE)
        != -1)
        zmq_send(self->socket, bytes, sizeof bytes, ZMQ_DONTWAIT);
}

/* Carries out a request; what is none is left unanswered. */
static void
handle_request(feed_server_t *self, const uint8_t *id, size_t id_size,
               const uint8_t *bytes, size_t size)
{
    struct feed_header header;
    struct served *served = find_served(self, id, id_size);

    if (!feed_header_read(bytes, size, &header) || served == NULL)
        return;
    self->source->settle(self->source->publisher);
    if (header.kind == FEED_WANT) {
        end_job(served);
        memcpy(served->id, id, id_size);
        served->id_size = id_size;
        served->credit = 0;
        served->job = feed_job_new(self->source, &header,
                                   bytes + FEED_HEADER_SIZE,
                                   size - FEED_HEADER_SIZE);
    } else if (header.kind != FEED_CREDIT_MORE) {
        return;
    } else if (served->job == NULL
               || feed_job_request(served->job) != header.request) {
        say_absent(self, id, id_size, &header);
        return;
    }
    served->heard_ms = core_loop_now_ms(self->loop);
    served->credit += header.count < FEED_CREDIT ? header.count : FEED_CREDIT;
    if (served->credit > FEED_CREDIT)
        served->credit = FEED_CREDIT;
    serve(self, served);
}

/* Reads one message; returns how many frames it had, 0 when there is none.
   Those behind the limit are thrown away. */
static unsigned
receive(void *socket, zmq_msg_t frames[REQUEST_FRAMES])
{
    unsigned count = 0;
    int more = 1;

    while (more) {
        zmq_msg_t extra;
        zmq_msg_t *frame = count < REQUEST_FRAMES ? &frames[count] : &extra;

        zmq_msg_init(frame);
        if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(frame);
            break;
        }
        more = zmq_msg_more(frame);
        if (count++ >= REQUEST_FRAMES)
            zmq_msg_close(frame);
    }
    return count;
}

static bool
drain_requests(void *owner)
{
    feed_server_t *self = owner;

    for (unsigned i = 0; i < REQUESTS_A_DRAIN; i++) {
        zmq_msg_t frames[REQUEST_FRAMES];
        unsigned count = receive(self->socket, frames);

        if (count == 0)
            return false;
        if (count == 2 && zmq_msg_size(&frames[0]) <= 255)
            handle_request(self, zmq_msg_data(&frames[0]),
                           zmq_msg_size(&frames[0]),
                           zmq_msg_data(&frames[1]),
                           zmq_msg_size(&frames[1]));
        for (unsigned f = 0; f < count && f < REQUEST_FRAMES; f++)
            zmq_msg_close(&frames[f]);
    }
    return true;
}

static void *
open_socket(void *context, const char *endpoint, struct core_fault *fault)
{
    void *socket = zmq_socket(context, ZMQ_ROUTER);
    int on = 1;

    assert(socket != NULL);
    core_socket_prepare(socket);
    zmq_setsockopt(socket, ZMQ_ROUTER_MANDATORY, &on, sizeof on);
    zmq_setsockopt(socket, ZMQ_ROUTER_HANDOVER, &on, sizeof on);
    if (core_endpoint_bind(socket, endpoint, fault) == -1) {
        zmq_close(socket);
        return NULL;
    }
    return socket;
}

feed_server_t *
feed_server_new(void *context, core_loop_t *loop, const char *endpoint,
                const struct feed_source *source, struct core_fault *fault)
{
    void *socket = open_socket(context, endpoint, fault);
    feed_server_t *self;

    if (socket == NULL)
        return NULL;
    self = core_allocate(sizeof *self);
    self->loop = loop;
    self->socket = socket;
    self->source = source;
    self->frame = core_allocate(FEED_SNAPSHOT_FRAME_SIZE);
    core_loop_socket(loop, socket, drain_requests, self);
    return self;
}

void
feed_server_destroy(feed_server_t **self_p)
{
    assert(self_p);

    feed_server_t *self = *self_p;

    if (self == NULL)
        return;
    for (unsigned i = 0; i < JOBS; i++)
        end_job(&self->served[i]);
    core_loop_unsocket(self->loop, self->socket);
    zmq_close(self->socket);
    free(self->frame);
    free(self);
    *self_p = NULL;
}

void
feed_server_tidy(feed_server_t *self)
{
    int64_t now_ms = core_loop_now_ms(self->loop);

    for (unsigned i = 0; i < JOBS; i++)
        if (self->served[i].job != NULL
            && now_ms - self->served[i].heard_ms > JOB_SILENCE_MS)
            end_job(&self->served[i]);
}
