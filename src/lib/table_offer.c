/*
 * table_offer - an answer table is given to the neighbours on this host
 */

#include "lib/table_offer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coredns/handover.h"
#include "coredns/memory.h"

#define READERS 64                      /* at a time */
#define REPORTS_PER_ROUND 16            /* of one reader */

struct reader {
    table_offer_t *offer;
    int fd;                             /* -1: free */
};

struct table_offer {
    core_loop_t *loop;
    char *path;
    int listener;
    table_offer_report *report;
    void *owner;
    struct core_handover pieces;
    struct reader readers[READERS];
};

static void
end_reader(struct reader *reader)
{
    core_loop_unwatch(reader->offer->loop, reader->fd);
    close(reader->fd);
    reader->fd = -1;
}

static bool
is_sound(const struct table_report *report, size_t size)
{
    if (size < table_report_size(0) || report->use_count > TABLE_USES
        || size != table_report_size(report->use_count))
        return false;
    for (uint32_t i = 0; i < report->use_count; i++)
        if (report->uses[i].piece >= TABLE_PIECES)
            return false;
    return true;
}

static void
take_reports(void *owner, int fd, uint32_t events)
{
    struct reader *reader = owner;
    struct table_report report;

    (void) events;
    for (int i = 0; i < REPORTS_PER_ROUND; i++) {
        ssize_t size = recv(fd, &report, sizeof report, MSG_DONTWAIT);

        if (size == -1 && (errno == EAGAIN || errno == EINTR))
            return;
        if (size <= 0) {
            end_reader(reader);
            return;
        }
        if (is_sound(&report, (size_t) size))
            reader->offer->report(reader->offer->owner, &report);
    }
}

static struct reader *
free_reader(table_offer_t *self)
{
    for (size_t i = 0; i < READERS; i++)
        if (self->readers[i].fd == -1)
            return &self->readers[i];
    return NULL;
}

static void
admit(void *owner, int fd, uint32_t events)
{
    table_offer_t *self = owner;
    int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct reader *reader = free_reader(self);

    (void) events;
    if (peer == -1)
        return;
    if (reader == NULL
        || (self->pieces.count > 0
            && !core_handover_send(&self->pieces, peer))) {
        close(peer);
        return;
    }
    reader->fd = peer;
    core_loop_watch(self->loop, peer, EPOLLIN, take_reports, reader);
}

table_offer_t *
table_offer_new(core_loop_t *loop, const char *endpoint,
                table_offer_report *report, void *owner,
                struct core_fault *fault)
{
    static const char scheme[] = "ipc://";
    table_offer_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->report = report;
    self->owner = owner;
    for (size_t i = 0; i < READERS; i++)
        self->readers[i] = (struct reader) { self, -1 };

    /* The first endpoint of a pipe is that for this host. */
    int size = (int) strcspn(endpoint + strlen(scheme), ",");

    if (asprintf(&self->path, "%.*s" TABLE_SUFFIX, size,
                 endpoint + strlen(scheme)) == -1)
        abort();
    self->listener = core_handover_listen(self->path, fault);
    if (self->listener == -1) {
        free(self->path);
        free(self);
        return NULL;
    }
    core_loop_watch(loop, self->listener, EPOLLIN, admit, self);
    return self;
}

void
table_offer_destroy(table_offer_t **self_p)
{
    table_offer_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_unwatch(self->loop, self->listener);
    close(self->listener);
    unlink(self->path);
    for (size_t i = 0; i < READERS; i++)
        if (self->readers[i].fd != -1)
            end_reader(&self->readers[i]);
    free(self->path);
    free(self);
    *self_p = NULL;
}

void
table_offer_set(table_offer_t *self, const int descriptors[TABLE_PIECES])
{
    self->pieces.count = TABLE_PIECES;
    for (size_t i = 0; i < TABLE_PIECES; i++) {
        self->pieces.items[i].descriptor = descriptors[i];
        snprintf(self->pieces.items[i].name, CORE_HANDOVER_NAME_SIZE,
                 "piece%zu", i);
    }
    for (size_t i = 0; i < READERS; i++)
        if (self->readers[i].fd != -1
            && !core_handover_send(&self->pieces, self->readers[i].fd))
            end_reader(&self->readers[i]);
}
