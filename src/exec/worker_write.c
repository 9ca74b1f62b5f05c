/*
 * worker_write - what a script is given
 *
 * Questions are gathered until the round ends and written together, as far as
 * the pipe takes them.  While it takes nothing, none is added: they wait
 * in the queue, where they can still be had back.
 */

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "exec/question.h"
#include "exec/worker_parts.h"

static void write_ready(void *owner, int fd, uint32_t events);

void
worker_end_input(worker_t *self)
{
    if (self->child.input == -1)
        return;
    if (self->is_write_watched)
        core_loop_unwatch(self->home->loop, self->child.input);
    self->is_write_watched = false;
    child_close(&self->child.input);
    self->eof_ms = core_loop_now_ms(self->home->loop);
    self->out_used = 0;
}

static void
write_out(worker_t *self)
{
    ssize_t size = write(self->child.input, self->out, self->out_used);
    bool is_full;

    if (size == -1 && errno != EAGAIN && errno != EINTR) {
        worker_end(self, "takes no more questions");
        return;
    }
    if (size > 0) {
        self->out_used -= (size_t) size;
        memmove(self->out, self->out + size, self->out_used);
    }
    is_full = self->out_used > 0;
    if (is_full && !self->is_write_watched)
        core_loop_watch(self->home->loop, self->child.input, EPOLLOUT,
                        write_ready, self);
    if (!is_full && self->is_write_watched)
        core_loop_unwatch(self->home->loop, self->child.input);
    self->is_write_watched = is_full;
}

static void
fill_out(worker_t *self)
{
    const struct worker_home *home = self->home;
    int64_t now_ms = core_loop_now_ms(home->loop);

    while (self->queue != NULL && handed_has_room(self->handed)
           && self->out_used + QUESTION_SIZE <= TERMS_OUT_SIZE) {
        struct ask *ask = worker_shed(self);
        uint64_t id = handed_give(self->handed, ask, ask->due_ms, now_ms);

        self->out_used += home->write(home->owner, ask, id,
                                      self->out + self->out_used);
        home->counters->handed++;
    }
}

void
worker_flush(worker_t *self)
{
    if (self->state != WORKER_UP || self->child.input == -1)
        return;
    if (!self->is_write_watched) {
        fill_out(self);
        if (self->out_used > 0)
            write_out(self);
    }
    if (self->state == WORKER_UP && self->is_leaving && self->queue == NULL
        && self->out_used == 0)
        worker_end_input(self);
}

static void
write_ready(void *owner, int fd, uint32_t events)
{
    worker_t *self = owner;

    (void) fd, (void) events;
    write_out(self);
    worker_flush(self);
}
