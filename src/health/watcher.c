/*
 * watcher - keeps the roster up to date
 *
 * One SUB socket hears all; each process has a DEALER of its own to its
 * control endpoint, which stays for as long as the process is on the roster.
 * At most one question is under way to each: the next one follows its answer,
 * or a second of silence.  With ZMQ_IMMEDIATE nothing queues towards a process
 * that is not there.
 *
 * Who is not ready is asked at every beat, the others once a second.
 */

#include "health/watcher.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zmq.h>

#include "coredns/control.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "health/census.h"

#define BEAT_MS 250
#define ASK_MS 1000                     /* from question to question */
#define MESSAGES_PER_DRAIN 64
#define ENDPOINT_SIZE 256
#define SUPERVISOR "corednsctl"

/* The wires to one process. */
struct line {
    watcher_t *watcher;
    char name[MEMBER_NAME_SIZE];
    void *socket;                       /* DEALER to its control */
    int64_t asked_ms;
    bool is_waiting;                    /* for an answer */
};

struct watcher {
    void *context;
    core_loop_t *loop;
    struct census_source source;
    char folder[ENDPOINT_SIZE];         /* "ipc:///run/coredns/" */
    roster_t *roster;
    struct member supervisor;
    struct stat config_status;          /* of the file as it was read */
    void *counters;                     /* SUB to all telemetry */
    struct line *lines[ROSTER_MEMBERS];
    size_t line_count;
    core_timer_t *beat;
    uint64_t refused;
};

/* ---- endpoints ----------------------------------------------------------- */

/* Cuts the file's name off "ipc://FOLDER/NAME.control". */
static int
find_folder(watcher_t *self, const char *control, struct core_fault *fault)
{
    const char *slash = strrchr(control, '/');

    if (strncmp(control, "ipc:///", strlen("ipc:///")) != 0
        || slash - control >= ENDPOINT_SIZE / 2) {
        core_fault_set(fault, NULL, 0, "--control %s: not the form "
                       "ipc:///FOLDER/NAME.control, by which the other "
                       "processes are found", control);
        return -1;
    }
    snprintf(self->folder, sizeof self->folder, "%.*s",
             (int) (slash + 1 - control), control);
    return 0;
}

static void
write_endpoint(const watcher_t *self, const char *name, const char *suffix,
               char endpoint[ENDPOINT_SIZE])
{
    snprintf(endpoint, ENDPOINT_SIZE, "%.*s%.*s.%s", ENDPOINT_SIZE / 2,
             self->folder, MEMBER_NAME_SIZE, name, suffix);
}

/* ---- counters ------------------------------------------------------------ */

static struct member *
find_member(watcher_t *self, const char *name, size_t size)
{
    if (size == strlen(SUPERVISOR) && memcmp(name, SUPERVISOR, size) == 0)
        return &self->supervisor;
    return roster_find(self->roster, name, size);
}

static void
take_counters(watcher_t *self, zmq_msg_t frames[2])
{
    struct member *member = find_member(self, zmq_msg_data(&frames[0]),
                                        zmq_msg_size(&frames[0]));

    if (member == NULL
        || !member_take_counters(member, zmq_msg_data(&frames[1]),
                                 zmq_msg_size(&frames[1]),
                                 core_loop_now_ms(self->loop)))
        self->refused++;
}

/* Receives a message of [name] [text]; false when nothing waits. */
static bool
receive_counters(watcher_t *self)
{
    zmq_msg_t frames[2];
    int count = 0;
    int more = 1;

    while (more) {
        zmq_msg_t frame;

        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, self->counters, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(&frame);
            break;
        }
        more = zmq_msg_more(&frame);
        if (count < 2) {
            zmq_msg_init(&frames[count]);
            zmq_msg_move(&frames[count], &frame);
        }
        zmq_msg_close(&frame);
        count++;
    }
    if (count == 2)
        take_counters(self, frames);
    else if (count > 0)
        self->refused++;
    for (int i = 0; i < count && i < 2; i++)
        zmq_msg_close(&frames[i]);
    return count > 0;
}

static bool
drain_counters(void *owner)
{
    for (int i = 0; i < MESSAGES_PER_DRAIN; i++)
        if (!receive_counters(owner))
            return false;
    return true;
}

/* ---- status -------------------------------------------------------------- */

static void
take_answer(struct line *self, zmq_msg_t *frame)
{
    struct member *member = roster_find(self->watcher->roster, self->name,
                                        strlen(self->name));
    size_t size = zmq_msg_size(frame);
    char *text;

    self->is_waiting = false;
    if (member == NULL || size > CORE_CONTROL_SIZE)
        return;
    text = strndup(zmq_msg_data(frame), size);
    assert(text != NULL);
    member_take_status(member, text, core_loop_now_ms(self->watcher->loop));
    free(text);
}

/* Receives [empty] [exit code] [text]; false when nothing waits. */
static bool
receive_answer(struct line *self)
{
    int index = 0;
    int more = 1;

    for (; more; index++) {
        zmq_msg_t frame;

        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(&frame);
            break;
        }
        more = zmq_msg_more(&frame);
        if (index == 2)
            take_answer(self, &frame);
        zmq_msg_close(&frame);
    }
    return index > 0;
}

static bool
drain_answers(void *owner)
{
    for (int i = 0; i < MESSAGES_PER_DRAIN; i++)
        if (!receive_answer(owner))
            return false;
    return true;
}

static void
ask(struct line *self, int64_t now_ms)
{
    self->asked_ms = now_ms;
    self->is_waiting = zmq_send(self->socket, "", 0, ZMQ_SNDMORE) != -1
        && zmq_send(self->socket, "status", strlen("status"), 0) != -1;
}

/* ---- lines --------------------------------------------------------------- */

static struct line *
open_line(watcher_t *self, const char *name)
{
    struct line *line = core_allocate(sizeof *line);
    char endpoint[ENDPOINT_SIZE];
    struct core_fault fault;            /* none: the endpoints are our own */
    int on = 1;

    line->watcher = self;
    snprintf(line->name, sizeof line->name, "%s", name);
    write_endpoint(self, name, "telemetry", endpoint);
    core_endpoint_connect(self->counters, endpoint, &fault);
    line->socket = zmq_socket(self->context, ZMQ_DEALER);
    assert(line->socket != NULL);
    core_socket_prepare(line->socket);
    zmq_setsockopt(line->socket, ZMQ_IMMEDIATE, &on, sizeof on);
    write_endpoint(self, name, "control", endpoint);
    core_endpoint_connect(line->socket, endpoint, &fault);
    core_loop_socket(self->loop, line->socket, drain_answers, line);
    return line;
}

static void
close_line(struct line *line)
{
    watcher_t *self = line->watcher;
    char endpoint[ENDPOINT_SIZE];

    write_endpoint(self, line->name, "telemetry", endpoint);
    zmq_disconnect(self->counters, endpoint);
    core_loop_unsocket(self->loop, line->socket);
    zmq_close(line->socket);
    free(line);
}

static bool
has_line(const watcher_t *self, const char *name)
{
    for (size_t i = 0; i < self->line_count; i++)
        if (strcmp(self->lines[i]->name, name) == 0)
            return true;
    return false;
}

/* Closes the lines to those who left, opens lines to those who came. */
static void
follow_roster(watcher_t *self)
{
    size_t kept = 0;

    for (size_t i = 0; i < self->line_count; i++) {
        struct line *line = self->lines[i];

        if (roster_find(self->roster, line->name, strlen(line->name)))
            self->lines[kept++] = line;
        else
            close_line(line);
    }
    self->line_count = kept;
    for (size_t i = 0; i < roster_count(self->roster); i++) {
        const char *name = roster_at(self->roster, i)->name;

        if (!has_line(self, name))
            self->lines[self->line_count++] = open_line(self, name);
    }
}

/* ---- the configuration --------------------------------------------------- */

static bool
is_same_file(const struct stat *left, const struct stat *right)
{
    return left->st_dev == right->st_dev && left->st_ino == right->st_ino
        && left->st_size == right->st_size
        && left->st_mtim.tv_sec == right->st_mtim.tv_sec
        && left->st_mtim.tv_nsec == right->st_mtim.tv_nsec;
}

/* What cannot be read leaves the roster as it is. */
static void
read_configuration(watcher_t *self)
{
    struct core_fault fault;

    if (census_take(self->roster, &self->source,
                    core_loop_now_ms(self->loop), &fault) == -1)
        core_log_fault(CORE_LOG_WARNING, &fault);
    follow_roster(self);
}

/* The supervisor puts another file in its place when a reload changes it. */
static void
follow_configuration(watcher_t *self)
{
    struct stat status;

    if (stat(self->source.path, &status) == -1
        || is_same_file(&status, &self->config_status))
        return;
    self->config_status = status;
    read_configuration(self);
}

/* ---- the beat ------------------------------------------------------------ */

/* A process of another user is there too when we may not signal it. */
static void
look_at_process(struct member *member)
{
    if (member->pid == 0 || member->state == MEMBER_ENDED)
        return;
    if (kill(member->pid, 0) == -1 && errno == ESRCH)
        member_end(member);
}

static void
look_at(struct line *line, int64_t now_ms)
{
    struct member *member = roster_find(line->watcher->roster, line->name,
                                        strlen(line->name));
    bool is_calm = line->is_waiting || member->state == MEMBER_READY;

    look_at_process(member);
    if (is_calm && now_ms - line->asked_ms < ASK_MS)
        return;
    if (member->pid != 0 && member->state != MEMBER_ENDED)
        usage_read(&member->usage, member->pid);
    ask(line, now_ms);
}

static void
beat(void *owner)
{
    watcher_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);

    follow_configuration(self);
    for (size_t i = 0; i < self->line_count; i++)
        look_at(self->lines[i], now_ms);
}

/* ---- life ---------------------------------------------------------------- */

static void
listen_to_supervisor(watcher_t *self)
{
    char endpoint[ENDPOINT_SIZE];
    struct core_fault fault;

    strcpy(self->supervisor.name, SUPERVISOR);
    strcpy(self->supervisor.stage, SUPERVISOR);
    write_endpoint(self, SUPERVISOR, "telemetry", endpoint);
    core_endpoint_connect(self->counters, endpoint, &fault);
}

watcher_t *
watcher_new(void *context, core_loop_t *loop,
            const struct census_source *source, const char *control,
            roster_t *roster, struct core_fault *fault)
{
    watcher_t *self = core_allocate(sizeof *self);

    self->context = context;
    self->loop = loop;
    self->source = *source;
    self->roster = roster;
    self->counters = zmq_socket(context, ZMQ_SUB);
    assert(self->counters != NULL);
    core_socket_prepare(self->counters);
    zmq_setsockopt(self->counters, ZMQ_SUBSCRIBE, "", 0);
    core_loop_socket(loop, self->counters, drain_counters, self);
    if (find_folder(self, control, fault) == -1) {
        watcher_destroy(&self);
        return NULL;
    }
    listen_to_supervisor(self);
    follow_configuration(self);
    self->beat = core_loop_timer(loop, 0, BEAT_MS, beat, self);
    return self;
}

void
watcher_destroy(watcher_t **self_p)
{
    assert(self_p);

    watcher_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->beat);
    for (size_t i = 0; i < self->line_count; i++)
        close_line(self->lines[i]);
    core_loop_unsocket(self->loop, self->counters);
    zmq_close(self->counters);
    member_clear(&self->supervisor);
    free(self);
    *self_p = NULL;
}

const struct member *
watcher_supervisor(const watcher_t *self)
{
    return &self->supervisor;
}

const uint64_t *
watcher_refused(const watcher_t *self)
{
    return &self->refused;
}
