/*
 * worker - one running script and the questions for it
 *
 * States: DOWN (waits for its next start), UP (takes questions), ENDING (is
 * told to end, and waited for).  A worker that leaves stays UP until its script
 * has ended, and is GONE then.
 */

#include "exec/worker_parts.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>

#include "coredns/log.h"
#include "coredns/memory.h"

#define SETTLED_MS 10000                /* who lived so long begins anew */
#define CLOSED_MS 100                   /* from the end of output to its own */

/* ---- the queue ----------------------------------------------------------- */

void
worker_take(worker_t *self, struct ask *ask)
{
    ask->next = NULL;
    *self->queue_end = ask;
    self->queue_end = &ask->next;
    self->queued++;
}

struct ask *
worker_shed(worker_t *self)
{
    struct ask *ask = self->queue;

    if (ask == NULL)
        return NULL;
    self->queue = ask->next;
    if (self->queue == NULL)
        self->queue_end = &self->queue;
    self->queued--;
    return ask;
}

size_t
worker_waiting(const worker_t *self)
{
    return self->queued + handed_owned(self->handed);
}

/* To one that is silent goes one question at a time: it may have left out no
   more than one. */
bool
worker_is_open(const worker_t *self, int64_t now_ms)
{
    int64_t silence_ms = handed_silence(self->handed, now_ms);

    return self->state == WORKER_UP && !self->is_leaving
        && self->child.output != -1
        && (silence_ms < self->home->terms->timeout_ms
            || worker_waiting(self) == 0);
}

static void
fail_handed(worker_t *self, enum terms_reason reason)
{
    struct ask *ask;

    while ((ask = handed_forget(self->handed)) != NULL)
        self->home->fail(self->home->owner, ask, reason);
}

/* ---- the script's life --------------------------------------------------- */

static void
watch_ended(void *owner, int fd, uint32_t events)
{
    (void) fd, (void) events;
    worker_look(owner);
}

static void
plan_start(worker_t *self, int64_t now_ms)
{
    const struct terms *terms = self->home->terms;

    self->state = WORKER_DOWN;
    self->start_ms = now_ms + self->delay_ms;
    self->delay_ms *= 2;
    if (self->delay_ms > terms->restart_most_ms)
        self->delay_ms = terms->restart_most_ms;
}

static void
start(worker_t *self, int64_t now_ms)
{
    const struct worker_home *home = self->home;
    struct core_fault fault;

    if (child_start(&self->child, home->arguments, home->folder,
                    &fault) == -1) {
        core_log(CORE_LOG_ERROR, "%s: %s", self->name, fault.text);
        plan_start(self, now_ms);
        return;
    }
    self->state = WORKER_UP;
    self->began_ms = now_ms;
    self->has_answered = false;
    self->out_used = 0;
    self->term_ms = self->kill_ms = INT64_MAX;
    self->output = lines_new(home->terms->line_size);
    self->error = lines_new(TERMS_ERROR_LINE);
    self->unasked = 0;
    home->counters->starts++;
    home->counters->running++;
    if (self->child.watch != -1)
        core_loop_watch(home->loop, self->child.watch, EPOLLIN, watch_ended,
                        self);
    worker_listen(self);
}

void
worker_end(worker_t *self, const char *why)
{
    int64_t now_ms = core_loop_now_ms(self->home->loop);
    struct ask *ask;

    if (self->state != WORKER_UP)
        return;
    self->state = WORKER_ENDING;
    core_log(CORE_LOG_ERROR, "%s: %s: it is ended", self->name, why);
    worker_end_input(self);
    worker_deafen(self);
    child_signal(&self->child, SIGTERM);
    self->kill_ms = now_ms + self->home->terms->grace_ms;
    fail_handed(self, REASON_DIED);
    while ((ask = worker_shed(self)) != NULL)
        self->home->give_back(self->home->owner, ask);
}

/* "exit 1; it is started again in 200 ms" */
static void
tell_end(const worker_t *self, int status)
{
    char how[64];

    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "signal %d", WTERMSIG(status));
    else
        snprintf(how, sizeof how, "exit %d", WEXITSTATUS(status));
    if (self->is_leaving)
        core_log(CORE_LOG_DEBUG, "%s: ended, %s", self->name, how);
    else
        core_log(CORE_LOG_ERROR, "%s: ended, %s; it is started again in %lld "
                 "ms", self->name, how, (long long) self->delay_ms);
}

void
worker_look(worker_t *self)
{
    const struct worker_home *home = self->home;
    int64_t now_ms = core_loop_now_ms(home->loop);
    struct ask *ask;
    int status;

    if (self->child.pid == 0 || !child_has_ended(&self->child))
        return;
    worker_listen_last(self);

    /* A last line may have been the one too many. */
    worker_end_input(self);
    worker_deafen(self);
    if (self->child.watch != -1)
        core_loop_unwatch(home->loop, self->child.watch);
    status = child_reap(&self->child);
    lines_destroy(&self->output);
    lines_destroy(&self->error);
    home->counters->running--;
    if (self->has_answered && now_ms - self->began_ms >= SETTLED_MS)
        self->delay_ms = home->terms->restart_ms;
    tell_end(self, status);
    plan_start(self, now_ms);
    fail_handed(self, REASON_DIED);
    while ((ask = worker_shed(self)) != NULL)
        home->give_back(home->owner, ask);
}

/* ---- times --------------------------------------------------------------- */

static void
expire(worker_t *self, int64_t now_ms)
{
    const struct worker_home *home = self->home;
    struct ask *ask;

    while (self->queue != NULL && now_ms >= self->queue->hand_due_ms)
        home->fail(home->owner, worker_shed(self), REASON_TIMEOUT);
    while ((ask = handed_expire(self->handed, now_ms)) != NULL)
        home->fail(home->owner, ask, REASON_TIMEOUT);
}

/* End of file, SIGTERM, SIGKILL: each when its time has come. */
static void
press(worker_t *self, int64_t now_ms)
{
    int64_t grace_ms = self->home->terms->grace_ms;
    bool is_idle = self->child.input == -1 && worker_waiting(self) == 0;

    if (self->is_leaving && self->state == WORKER_UP) {
        if (now_ms >= self->eof_due_ms) {
            struct ask *ask;

            while ((ask = worker_shed(self)) != NULL)
                self->home->fail(self->home->owner, ask, REASON_TIMEOUT);
            worker_end_input(self);
        }
        if (is_idle && self->term_ms > self->eof_ms + grace_ms)
            self->term_ms = self->eof_ms + grace_ms;
        if (now_ms >= self->term_ms) {
            self->term_ms = INT64_MAX;
            child_signal(&self->child, SIGTERM);
            if (self->kill_ms > now_ms + grace_ms)
                self->kill_ms = now_ms + grace_ms;
        }
    }
    if (now_ms >= self->kill_ms)
        child_signal(&self->child, SIGKILL);
}

void
worker_beat(worker_t *self)
{
    const struct terms *terms = self->home->terms;
    int64_t now_ms = core_loop_now_ms(self->home->loop);

    if (self->state == WORKER_DOWN && !self->is_leaving
        && now_ms >= self->start_ms)
        start(self, now_ms);
    if (self->state == WORKER_DOWN)
        return;
    if (!self->is_leaving && handed_silence(self->handed, now_ms)
        >= terms->stuck_ms)
        worker_end(self, "has not answered for too long");
    if (!self->is_leaving && self->child.output == -1
        && now_ms - self->deaf_ms >= CLOSED_MS)
        worker_end(self, "has closed its output");
    expire(self, now_ms);
    worker_listen_again(self, now_ms);
    press(self, now_ms);
    if (self->state == WORKER_ENDING || self->is_leaving)
        worker_look(self);
}

bool
worker_is_busy(const worker_t *self, bool *is_soon)
{
    if (worker_is_gone(self))
        return false;
    if (worker_waiting(self) > 0 || self->state == WORKER_ENDING
        || self->is_leaving
        || (self->state == WORKER_UP && self->child.output == -1))
        *is_soon = true;
    return *is_soon || self->state == WORKER_DOWN
        || handed_count(self->handed) > 0 || worker_is_deaf(self);
}

void
worker_leave(worker_t *self, int64_t limit_ms)
{
    int64_t now_ms = core_loop_now_ms(self->home->loop);

    if (!self->is_leaving) {
        self->is_leaving = true;
        self->eof_due_ms = now_ms + limit_ms / 2;
        if (self->state == WORKER_UP)
            self->term_ms = now_ms + limit_ms * 3 / 4;
        if (self->kill_ms > now_ms + limit_ms * 7 / 8)
            self->kill_ms = now_ms + limit_ms * 7 / 8;
    }
    worker_flush(self);
}

bool
worker_is_gone(const worker_t *self)
{
    return self->is_leaving && self->state == WORKER_DOWN;
}

/* ---- the class ----------------------------------------------------------- */

worker_t *
worker_new(const struct worker_home *home, const char *name)
{
    worker_t *self = core_allocate(sizeof *self);

    self->home = home;
    snprintf(self->name, sizeof self->name, "%s", name);
    self->queue_end = &self->queue;
    self->handed = handed_new(home->terms->in_flight, home->terms->stuck_ms);
    self->out = core_allocate(TERMS_OUT_SIZE);
    self->delay_ms = home->terms->restart_ms;
    self->term_ms = self->kill_ms = INT64_MAX;
    self->errors = (struct quota) {
        .most = home->terms->error_lines, .span_ms = 1000,
        .began_ms = INT64_MIN / 2,
    };
    self->child = (struct child) {
        .watch = -1, .input = -1, .output = -1, .error = -1,
    };
    return self;
}

/* A killed process is gone in no time, but not at once. */
static void
kill_child(worker_t *self)
{
    static const struct timespec pause = { .tv_nsec = 1000000 };

    if (self->child.pid == 0)
        return;
    worker_end_input(self);
    worker_deafen(self);
    worker_end_errors(self);
    if (self->child.watch != -1)
        core_loop_unwatch(self->home->loop, self->child.watch);
    child_signal(&self->child, SIGKILL);
    for (unsigned i = 0; i < 100 && !child_has_ended(&self->child); i++)
        nanosleep(&pause, NULL);
    child_reap(&self->child);
    self->home->counters->running--;
}

void
worker_destroy(worker_t **self_p)
{
    worker_t *self = *self_p;
    struct ask *ask;

    if (self == NULL)
        return;
    kill_child(self);
    while ((ask = worker_shed(self)) != NULL)
        self->home->fail(self->home->owner, ask, REASON_DIED);
    fail_handed(self, REASON_DIED);
    lines_destroy(&self->output);
    lines_destroy(&self->error);
    handed_destroy(&self->handed);
    free(self->out);
    free(self);
    *self_p = NULL;
}
