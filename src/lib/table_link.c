/*
 * table_link - the answer table of the next stage, while there is one
 *
 * The socket may come a moment after the pipe, so a few attempts are made at
 * once; then one now and then, for the owner may begin to publish, or have had
 * enough of us for a while.
 * Reports are bounded: what does not fit into one is only counted, and one
 * that the owner has no room for is lost.
 */

#include "lib/table_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coredns/handover.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "lib/key.h"
#include "lib/table_offer.h"
#include "lib/table_report.h"

#define ATTEMPTS 6                      /* at first */
#define FIRST_PAUSE_MS 20               /* then twice as long each time */
#define LATER_PAUSE_MS 2000
#define REPORT_MS 20                    /* hits are told at the latest */

struct table_link {
    core_loop_t *loop;
    char *path;                         /* NULL: the wire leaves the host */
    int fd;                             /* -1: not connected */
    unsigned attempts;
    core_timer_t *retry;
    core_timer_t *telling;              /* NULL: there is nothing to tell */
    table_t *pieces[TABLE_PIECES];
    struct table_report report;
};

/* ---- reports ------------------------------------------------------------- */

static void
tell(table_link_t *self)
{
    struct table_report *report = &self->report;

    /* Whether it arrives or not: the next one is another. */
    send(self->fd, report, table_report_size(report->use_count),
         MSG_DONTWAIT | MSG_NOSIGNAL);
    report->use_count = 0;
    memset(report->hits, 0, sizeof report->hits);
}

static void
tell_on_time(void *owner)
{
    table_link_t *self = owner;

    self->telling = NULL;               /* it has ended itself */
    if (self->fd != -1)
        tell(self);
}

static void
note_hit(table_link_t *self, unsigned piece, const struct table_answer *answer)
{
    struct table_report *report = &self->report;

    report->hits[piece]++;
    if (report->use_count < TABLE_USES)
        report->uses[report->use_count++] = (struct table_use) {
            piece, answer->tag, answer->position
        };
    if (self->telling == NULL)
        self->telling = core_loop_timer(self->loop, REPORT_MS, 0,
                                        tell_on_time, self);
}

/* ---- the connection ------------------------------------------------------ */

static void
    try_later(table_link_t *self);

static void
forget_pieces(table_link_t *self)
{
    for (size_t i = 0; i < TABLE_PIECES; i++)
        table_destroy(&self->pieces[i]);
}

static void
take_pieces(table_link_t *self, const struct core_handover *given)
{
    struct core_fault fault;

    forget_pieces(self);
    for (size_t i = 0; i < given->count; i++) {
        if (i < TABLE_PIECES) {
            self->pieces[i] = table_new(given->items[i].descriptor, &fault);
            if (self->pieces[i] == NULL)
                core_log_fault(CORE_LOG_NOTICE, &fault);
        }
        close(given->items[i].descriptor);
    }
}

static void
take_message(void *owner, int fd, uint32_t events)
{
    table_link_t *self = owner;
    struct core_handover given;
    ssize_t size = core_handover_receive(&given, fd);

    (void) events;
    if (size > 0)
        take_pieces(self, &given);
    else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        table_link_close(self);
        try_later(self);
    }
}

static void
attempt(void *owner)
{
    table_link_t *self = owner;
    struct core_fault fault;

    self->retry = NULL;
    self->fd = core_handover_connect(self->path, &fault);
    if (self->fd != -1) {
        core_loop_watch(self->loop, self->fd, EPOLLIN, take_message, self);
        return;
    }
    try_later(self);
}

static void
try_later(table_link_t *self)
{
    int64_t pause_ms = LATER_PAUSE_MS;

    if (self->attempts < ATTEMPTS)
        pause_ms = FIRST_PAUSE_MS << ++self->attempts;
    self->retry = core_loop_timer(self->loop, pause_ms, 0, attempt, self);
}

void
table_link_open(table_link_t *self)
{
    if (self->path == NULL || self->fd != -1)
        return;
    core_loop_timer_cancel(self->loop, &self->retry);
    self->attempts = 0;
    attempt(self);
}

void
table_link_close(table_link_t *self)
{
    core_loop_timer_cancel(self->loop, &self->retry);
    core_loop_timer_cancel(self->loop, &self->telling);
    forget_pieces(self);
    if (self->fd == -1)
        return;
    core_loop_unwatch(self->loop, self->fd);
    close(self->fd);
    self->fd = -1;
}

table_link_t *
table_link_new(core_loop_t *loop, const char *endpoint)
{
    static const char scheme[] = "ipc://";
    table_link_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->fd = -1;
    if (strncmp(endpoint, scheme, strlen(scheme)) == 0
        && asprintf(&self->path, "%s" TABLE_SUFFIX,
                    endpoint + strlen(scheme)) == -1)
        abort();
    return self;
}

void
table_link_destroy(table_link_t **self_p)
{
    table_link_t *self = *self_p;

    if (self == NULL)
        return;
    table_link_close(self);
    free(self->path);
    free(self);
    *self_p = NULL;
}

/* ---- looking ------------------------------------------------------------- */

bool
table_link_find(table_link_t *self, const struct core_message *query,
                struct table_answer *answer)
{
    if (self->pieces[0] == NULL || !key_covers(query))
        return false;
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        if (self->pieces[i] == NULL
            || !table_find(self->pieces[i], query,
                           core_loop_now_ms(self->loop), answer))
            continue;
        note_hit(self, i, answer);
        return true;
    }
    return false;
}
