/*
 * worker_listen - what a script says
 *
 * Its output is answers; what answers nothing is borne up to a number of octets
 * in a span of time.  Its standard error is read no faster than a log can bear:
 * a script that says more waits.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "coredns/log.h"
#include "exec/worker_parts.h"

#define SPAN_MS 10000                   /* of what nobody asked for */
#define ERROR_BEAT_MS 100
#define ERROR_OCTETS (64 * 1024)        /* read in one beat */
#define PAUSE_MS 1                      /* between reads of a quick script */
#define READS 4                         /* in a row */
#define LAST_READS 64                   /* of a script that has ended */
#define SAMPLE 60                       /* octets of a line, in a complaint */

static void
complain(worker_t *self, const char *what, const char *line)
{
    struct quota *quota = self->home->complaints;
    int64_t now_ms = core_loop_now_ms(self->home->loop);
    uint64_t left_out = quota_left_out(quota, now_ms);
    char text[CORE_FAULT_TEXT_SIZE + 2 * SAMPLE + WORKER_NAME_SIZE];

    if (!quota_take(quota, now_ms))
        return;
    if (left_out > 0)
        core_log(CORE_LOG_WARNING, "%llu more lines that are no answers",
                 (unsigned long long) left_out);
    snprintf(text, sizeof text, "%s: %s: %.*s%s", self->name, what, SAMPLE,
             line, strlen(line) > SAMPLE ? "..." : "");
    core_log_traffic(CORE_LOG_WARNING, text);
}

/* ---- answers ------------------------------------------------------------- */

/* So many octets that nobody asked for. */
static void
bear(worker_t *self, size_t octets)
{
    int64_t now_ms = core_loop_now_ms(self->home->loop);

    if (now_ms - self->unasked_ms >= SPAN_MS) {
        self->unasked_ms = now_ms;
        self->unasked = 0;
    }
    self->unasked += octets;
    if (self->unasked > self->home->terms->unasked_size)
        worker_end(self, "says too much that nobody asked for");
}

static void
take_noise(worker_t *self, enum terms_noise kind, const char *why,
           const char *line, size_t octets)
{
    self->home->counters->noise[kind]++;
    complain(self, why, line);
    bear(self, octets);
}

static void
take_owned(worker_t *self, struct ask *ask, answer_t *answer,
           const char *line)
{
    const struct worker_home *home = self->home;
    struct core_fault fault;

    self->has_answered = true;
    if (home->answer(home->owner, ask, answer, &fault) == 0)
        return;
    complain(self, fault.text, line);
    home->fail(home->owner, ask, REASON_BROKEN);
}

static void
take_answer(worker_t *self, const char *line, size_t size, size_t octets)
{
    int64_t now_ms = core_loop_now_ms(self->home->loop);
    struct core_fault fault;
    answer_t *answer = answer_read(line, size, &fault);
    void *ask;

    if (answer == NULL) {
        take_noise(self, NOISE_GARBAGE, fault.text, line, octets);
        return;
    }
    switch (handed_take(self->handed, answer_id(answer), now_ms, &ask)) {
    case HANDED_IN_TIME:
        take_owned(self, ask, answer, line);
        break;
    case HANDED_LATE:
        self->home->counters->late++;
        break;
    case HANDED_GONE:
        take_noise(self, NOISE_TWICE, "answers once more", line, octets);
        break;
    case HANDED_UNKNOWN:
        take_noise(self, NOISE_UNKNOWN, "answers what it was not asked",
                   line, octets);
        break;
    }
    answer_destroy(&answer);
}

/* Takes all whole lines; fewer when one was too much. */
static void
take_lines(worker_t *self)
{
    size_t size, octets;
    char *line;

    while (self->state == WORKER_UP)
        switch (lines_next(self->output, &line, &size, &octets)) {
        case LINES_ONE:
            take_answer(self, line, size, octets);
            break;
        case LINES_TOO_LONG:
            take_noise(self, NOISE_LONG, "a line that is too long", line,
                       octets);
            break;
        case LINES_NONE:
            if (lines_begun(self->output)
                > self->home->terms->line_size
                + self->home->terms->unasked_size)
                worker_end(self, "says a line without an end");
            return;
        }
}

/* Reads once; false when there is no more, now or ever. */
static bool
read_output(worker_t *self)
{
    size_t size;
    char *room = lines_room(self->output, &size);
    ssize_t got = read(self->child.output, room, size);

    if (got == -1 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got <= 0) {
        worker_deafen(self);
        return false;
    }
    lines_add(self->output, (size_t) got);
    take_lines(self);
    return self->child.output != -1;
}

/* Reads what there is, and tells whether there was anything. */
static bool
read_all_output(worker_t *self)
{
    bool has_read = false;

    for (unsigned i = 0; i < READS && read_output(self); i++)
        has_read = true;
    if (self->child.output == -1)
        self->deaf_ms = core_loop_now_ms(self->home->loop);
    return has_read;
}

static void output_ready(void *owner, int fd, uint32_t events);

/* The pause is over: another one, as long as there is much to read. */
static void
end_pause(void *owner)
{
    worker_t *self = owner;

    self->pause = NULL;                 /* it has ended itself */
    if (read_all_output(self) && self->child.output != -1)
        self->pause = core_loop_timer(self->home->loop, PAUSE_MS, 0,
                                      end_pause, self);
    else if (self->child.output != -1)
        core_loop_watch(self->home->loop, self->child.output, EPOLLIN,
                        output_ready, self);
    self->read_us = core_loop_now_us(self->home->loop);
}

/* A script that writes line by line would wake us for each of them: when it is
   quick it is read once in a while. */
static void
output_ready(void *owner, int fd, uint32_t events)
{
    worker_t *self = owner;
    int64_t now_us = core_loop_now_us(self->home->loop);

    (void) events;
    if (read_all_output(self) && self->child.output != -1
        && now_us - self->read_us < PAUSE_MS * 1000) {
        core_loop_unwatch(self->home->loop, fd);
        self->pause = core_loop_timer(self->home->loop, PAUSE_MS, 0,
                                      end_pause, self);
    }
    self->read_us = now_us;
}

/* ---- standard error ------------------------------------------------------ */

static void
tell_error(worker_t *self, const char *line, bool is_cut)
{
    int64_t now_ms = core_loop_now_ms(self->home->loop);
    char text[TERMS_ERROR_LINE + WORKER_NAME_SIZE + 8];

    self->home->counters->error_lines++;
    if (!quota_take(&self->errors, now_ms))
        return;
    snprintf(text, sizeof text, "%s: %s%s", self->name, line,
             is_cut ? "..." : "");
    core_log_traffic(CORE_LOG_NOTICE, text);
}

static void
tell_left_out(worker_t *self, int64_t now_ms)
{
    uint64_t left_out = quota_left_out(&self->errors, now_ms);
    char text[WORKER_NAME_SIZE + 64];

    if (left_out == 0)
        return;
    snprintf(text, sizeof text, "%s: %llu more lines were left out",
             self->name, (unsigned long long) left_out);
    core_log_traffic(CORE_LOG_NOTICE, text);
}

static void
tell_errors(worker_t *self)
{
    size_t size, octets;
    char *line;

    for (;;) {
        enum lines_found found = lines_next(self->error, &line, &size,
                                            &octets);

        if (found == LINES_NONE)
            return;
        tell_left_out(self, core_loop_now_ms(self->home->loop));
        tell_error(self, line, found == LINES_TOO_LONG);
    }
}

void
worker_end_errors(worker_t *self)
{
    if (self->child.error == -1)
        return;
    if (!self->is_error_paused)
        core_loop_unwatch(self->home->loop, self->child.error);
    self->is_error_paused = false;
    child_close(&self->child.error);
}

/* Reads once; false when there is nothing, or nothing more ever. */
static bool
read_error(worker_t *self)
{
    size_t size;
    char *room = lines_room(self->error, &size);
    ssize_t got = read(self->child.error, room, size);

    if (got == -1 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got <= 0) {
        worker_end_errors(self);
        return false;
    }
    self->error_octets += (size_t) got;
    lines_add(self->error, (size_t) got);
    tell_errors(self);
    return true;
}

static void
error_ready(void *owner, int fd, uint32_t events)
{
    worker_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->home->loop);

    (void) events;
    if (now_ms - self->error_ms >= ERROR_BEAT_MS) {
        self->error_ms = now_ms;
        self->error_octets = 0;
    }
    if (read_error(self) && self->error_octets >= ERROR_OCTETS) {
        core_loop_unwatch(self->home->loop, fd);
        self->is_error_paused = true;
    }
}

/* ---- beginning and end --------------------------------------------------- */

void
worker_listen(worker_t *self)
{
    core_loop_watch(self->home->loop, self->child.output, EPOLLIN,
                    output_ready, self);
    core_loop_watch(self->home->loop, self->child.error, EPOLLIN, error_ready,
                    self);
    self->is_error_paused = false;
}

void
worker_deafen(worker_t *self)
{
    if (self->child.output == -1)
        return;
    if (self->pause != NULL)
        core_loop_timer_cancel(self->home->loop, &self->pause);
    else
        core_loop_unwatch(self->home->loop, self->child.output);
    child_close(&self->child.output);
}

void
worker_listen_last(worker_t *self)
{
    size_t size;
    char *line;

    for (unsigned i = 0; i < LAST_READS && self->child.output != -1; i++)
        if (!read_output(self))
            break;
    if (self->state == WORKER_UP
        && lines_last(self->output, &line, &size) == LINES_ONE)
        take_answer(self, line, size, size);
    for (unsigned i = 0; i < LAST_READS && self->child.error != -1; i++)
        if (!read_error(self))
            break;
    if (lines_last(self->error, &line, &size) != LINES_NONE)
        tell_error(self, line, false);
    worker_end_errors(self);
}

void
worker_listen_again(worker_t *self, int64_t now_ms)
{
    tell_left_out(self, now_ms);
    if (self->is_error_paused && now_ms - self->error_ms >= ERROR_BEAT_MS) {
        core_loop_watch(self->home->loop, self->child.error, EPOLLIN,
                        error_ready, self);
        self->is_error_paused = false;
    }
}

bool
worker_is_deaf(const worker_t *self)
{
    return self->is_error_paused || self->errors.left_out > 0;
}
