/*
 * zap - who may connect from another host
 *
 * A request is [version] [id] [domain] [address] [identity] [mechanism]
 * [credentials...] behind the envelope of a REQ, the answer [version] [id]
 * [status] [text] [user] [metadata].  The keys are read again when the folder
 * has changed, but once a second at most, whoever knocks how often.
 */

#include "lib/zap.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zmq.h>

#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "lib/curve.h"

#define ENDPOINT "inproc://zeromq.zap.01"
#define VERSION "1.0"
#define FRAMES 16                       /* of a request, at most */
#define FRAME_SIZE 256
#define PER_DRAIN 16
#define READ_MS 1000                    /* between two readings, at least */

/* Frames of a request; two of an envelope come first. */
enum { ENVELOPE, EMPTY, REQUEST_VERSION, REQUEST_ID, DOMAIN_NAME, ADDRESS,
       IDENTITY, MECHANISM, CREDENTIALS, REQUEST_FRAMES };

struct frame {
    size_t size;
    uint8_t bytes[FRAME_SIZE];
};

struct admitted {
    char name[CURVE_NAME_SIZE];
    uint8_t key[CURVE_KEY_SIZE];
};

struct zap {
    core_loop_t *loop;
    void *socket;
    char *folder;
    struct admitted *list;
    size_t count, capacity;
    int64_t read_ms;
    struct zap_counters counters;
    struct frame frames[FRAMES];
};

/* ---- keys ---------------------------------------------------------------- */

/* Adds the key in that file, when it is a public one. */
static void
add_key(zap_t *self, const char *name)
{
    size_t size = strlen(name);
    size_t suffix = strlen(CURVE_SECRET_SUFFIX);
    struct core_fault fault;
    struct admitted admitted = { .name = "" };

    if (*name == '.' || size >= sizeof admitted.name
        || (size > suffix
            && strcmp(name + size - suffix, CURVE_SECRET_SUFFIX) == 0)
        || curve_public_key(self->folder, name, admitted.key, &fault) == -1)
        return;
    memcpy(admitted.name, name, size);
    self->list = core_grow(self->list, self->count, &self->capacity,
                           sizeof *self->list);
    self->list[self->count++] = admitted;
}

static int
read_keys(zap_t *self, struct core_fault *fault)
{
    DIR *folder = opendir(self->folder);

    if (folder == NULL) {
        core_fault_set(fault, self->folder, 0, "cannot read the keys: %s",
                       strerror(errno));
        return -1;
    }
    self->count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        add_key(self, entry->d_name);
    closedir(folder);
    self->read_ms = core_loop_now_ms(self->loop);
    return 0;
}

/* Whose key it is, or NULL. */
static const char *
find_key(zap_t *self, const struct frame *key)
{
    struct core_fault fault;

    if (core_loop_now_ms(self->loop) - self->read_ms >= READ_MS)
        read_keys(self, &fault);        /* else those that we know stay */
    for (size_t i = 0; i < self->count; i++)
        if (key->size == CURVE_KEY_SIZE
            && memcmp(self->list[i].key, key->bytes, CURVE_KEY_SIZE) == 0)
            return self->list[i].name;
    return NULL;
}

/* ---- requests ------------------------------------------------------------ */

/* Receives one request; the frames it has, those beyond the limit too; 0: none
   waits. */
static unsigned
receive(zap_t *self)
{
    unsigned count = 0;
    bool more = true;

    while (more) {
        zmq_msg_t frame;

        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(&frame);
            return count;
        }
        if (count < FRAMES) {
            struct frame *copy = &self->frames[count];

            copy->size = zmq_msg_size(&frame);
            if (copy->size > FRAME_SIZE)
                copy->size = FRAME_SIZE;
            memcpy(copy->bytes, zmq_msg_data(&frame), copy->size);
        }
        count++;
        more = zmq_msg_more(&frame) != 0;
        zmq_msg_close(&frame);
    }
    return count;
}

static bool
is_text(const struct frame *frame, const char *text)
{
    return frame->size == strlen(text)
        && memcmp(frame->bytes, text, frame->size) == 0;
}

static void
send_text(zap_t *self, const char *text, int flags)
{
    zmq_send(self->socket, text, strlen(text), flags | ZMQ_DONTWAIT);
}

static void
answer(zap_t *self, const char *name)
{
    const struct frame *frames = self->frames;

    zmq_send(self->socket, frames[ENVELOPE].bytes, frames[ENVELOPE].size,
             ZMQ_SNDMORE | ZMQ_DONTWAIT);
    send_text(self, "", ZMQ_SNDMORE);
    send_text(self, VERSION, ZMQ_SNDMORE);
    zmq_send(self->socket, frames[REQUEST_ID].bytes, frames[REQUEST_ID].size,
             ZMQ_SNDMORE | ZMQ_DONTWAIT);
    send_text(self, name == NULL ? "400" : "200", ZMQ_SNDMORE);
    send_text(self, name == NULL ? "not listed" : "OK", ZMQ_SNDMORE);
    send_text(self, name == NULL ? "" : name, ZMQ_SNDMORE);
    send_text(self, "", 0);
}

static bool
drain(void *owner)
{
    zap_t *self = owner;

    for (int i = 0; i < PER_DRAIN; i++) {
        const struct frame *frames = self->frames;
        unsigned count = receive(self);
        const char *name = NULL;

        if (count == 0)
            return false;
        if (count < REQUEST_FRAMES)
            continue;
        if (is_text(&frames[REQUEST_VERSION], VERSION)
            && is_text(&frames[MECHANISM], "CURVE"))
            name = find_key(self, &frames[CREDENTIALS]);
        if (name == NULL)
            self->counters.refused++;
        else
            self->counters.admitted++;
        answer(self, name);
    }
    return true;
}

zap_t *
zap_new(void *context, core_loop_t *loop, const char *folder,
        struct core_fault *fault)
{
    zap_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->folder = core_copy_text(folder);
    self->socket = zmq_socket(context, ZMQ_ROUTER);
    assert(self->socket != NULL);
    core_socket_prepare(self->socket);
    core_loop_socket(loop, self->socket, drain, self);
    if (zmq_bind(self->socket, ENDPOINT) == -1) {
        core_fault_set(fault, NULL, 0, "cannot bind %s: %s", ENDPOINT,
                       zmq_strerror(zmq_errno()));
        zap_destroy(&self);
    }
    else if (read_keys(self, fault) == -1)
        zap_destroy(&self);
    return self;
}

void
zap_destroy(zap_t **self_p)
{
    assert(self_p);

    zap_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_unsocket(self->loop, self->socket);
    zmq_close(self->socket);
    free(self->list);
    free(self->folder);
    free(self);
    *self_p = NULL;
}

const struct zap_counters *
zap_counters(const zap_t *self)
{
    return &self->counters;
}
