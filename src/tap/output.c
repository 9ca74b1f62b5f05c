/*
 * output - one reader of what is printed: a file, a pipe, a viewer
 */

#include "tap/output.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coredns/memory.h"

struct output {
    core_loop_t *loop;
    int fd;
    enum output_kind kind;
    const struct format *format;
    char *backlog;
    size_t start, end;                  /* what waits in it */
    size_t limit;
    uint64_t missing;                   /* items lost since the last word */
    uint64_t *lost;
    uint32_t events;                    /* that the loop watches for */
    bool says_nothing;                  /* a viewer that will not be read */
    int error;
};

/* ---- writing ------------------------------------------------------------- */

/* As much as is taken at once. */
static size_t
write_some(output_t *self, const char *octets, size_t size)
{
    ssize_t written;

    if (self->error != 0 || size == 0)
        return 0;
    do
        written = self->kind == OUTPUT_SOCKET
            ? send(self->fd, octets, size, MSG_DONTWAIT | MSG_NOSIGNAL)
            : write(self->fd, octets, size);
    while (written == -1 && errno == EINTR);
    if (written >= 0)
        return (size_t) written;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        self->error = errno;
    return 0;
}

static bool
is_waiting(const output_t *self)
{
    return self->end > self->start;
}

static void run_ready(void *owner, int fd, uint32_t events);

/* Files are always ready, and no loop would watch them. */
static void
watch(output_t *self)
{
    uint32_t events = is_waiting(self) ? EPOLLOUT : 0;

    if (self->kind == OUTPUT_FILE)
        return;
    if (self->kind == OUTPUT_SOCKET)
        events |= self->says_nothing ? EPOLLHUP : EPOLLIN;
    if (self->error != 0)
        events = 0;
    if (events == self->events)
        return;
    self->events = events;
    if (events == 0)
        core_loop_unwatch(self->loop, self->fd);
    else
        core_loop_watch(self->loop, self->fd, events, run_ready, self);
}

static void
write_backlog(output_t *self)
{
    self->start += write_some(self, self->backlog + self->start,
                              self->end - self->start);
    if (self->start == self->end)
        self->start = self->end = 0;
}

/* True when so much fits; what waits is moved to the front for it. */
static bool
has_room(output_t *self, size_t size)
{
    if (size > self->limit - (self->end - self->start))
        return false;
    if (size > self->limit - self->end) {
        memmove(self->backlog, self->backlog + self->start,
                self->end - self->start);
        self->end -= self->start;
        self->start = 0;
    }
    return true;
}

static void
keep(output_t *self, const char *octets, size_t size)
{
    bool fits = has_room(self, size);

    assert(fits);
    memcpy(self->backlog + self->end, octets, size);
    self->end += size;
}

/* Tells of what is missing, if that can be told; there must be room. */
static void
say_lost(output_t *self)
{
    struct core_sheet sheet = {
        .text = self->backlog + self->end, .limit = FORMAT_HEAD_SIZE
    };

    if (self->missing == 0)
        return;
    if (self->format->lost != NULL) {
        self->format->lost(&sheet, self->missing);
        self->end += sheet.size;
    }
    self->missing = 0;
}

static void
keep_item(output_t *self, const char *octets, size_t size)
{
    size_t words = self->missing > 0 ? FORMAT_HEAD_SIZE : 0;

    if (self->error != 0 || !has_room(self, size + words)) {
        self->missing++;
        (*self->lost)++;
        return;
    }
    say_lost(self);
    keep(self, octets, size);
}

/* ---- readers ------------------------------------------------------------- */

/* What a viewer says means nothing; that it says no more, neither. */
static void
read_nothing(output_t *self)
{
    char octets[256];
    ssize_t size = recv(self->fd, octets, sizeof octets, MSG_DONTWAIT);

    if (size == 0)
        self->says_nothing = true;
    else if (size == -1 && errno != EAGAIN && errno != EINTR)
        self->error = errno;
}

static void
run_ready(void *owner, int fd, uint32_t events)
{
    output_t *self = owner;

    (void) fd;
    if ((events & EPOLLIN) != 0)
        read_nothing(self);
    if ((events & EPOLLOUT) != 0)
        write_backlog(self);
    if ((events & (EPOLLHUP | EPOLLERR)) != 0 && self->error == 0)
        self->error = EPIPE;
    if (self->missing > 0 && !is_waiting(self)) {
        say_lost(self);
        write_backlog(self);
    }
    watch(self);
}

static void
send_words(output_t *self, void (*words)(struct core_sheet *sheet))
{
    char text[FORMAT_HEAD_SIZE];
    struct core_sheet sheet = { .text = text, .limit = sizeof text };

    if (words == NULL)
        return;
    words(&sheet);
    if (has_room(self, sheet.size))
        keep(self, text, sheet.size);
    write_backlog(self);
}

output_t *
output_new(core_loop_t *loop, int fd, enum output_kind kind,
           const struct format *format, size_t backlog, uint64_t *lost)
{
    output_t *self = core_allocate(sizeof *self);

    assert(backlog >= OUTPUT_BACKLOG);
    self->loop = loop;
    self->fd = fd;
    self->kind = kind;
    self->format = format;
    self->limit = backlog;
    self->backlog = core_reallocate(NULL, backlog);
    self->lost = lost;
    send_words(self, format->begin);
    watch(self);
    return self;
}

void
output_destroy(output_t **self_p)
{
    assert(self_p);

    output_t *self = *self_p;

    if (self == NULL)
        return;
    write_backlog(self);
    if (!is_waiting(self))
        send_words(self, self->format->end);
    if (self->events != 0)
        core_loop_unwatch(self->loop, self->fd);
    close(self->fd);
    free(self->backlog);
    free(self);
    *self_p = NULL;
}

/* The rest of an item that was sent in part must follow, whatever happens. */
static size_t
send_at_once(output_t *self, const struct gather *gather)
{
    size_t sent = write_some(self, gather->octets, gather->size);
    size_t item = 0;

    while (item < gather->count && gather->ends[item] <= sent)
        item++;
    if (item < gather->count
        && sent > (item == 0 ? 0 : gather->ends[item - 1])) {
        keep(self, gather->octets + sent, gather->ends[item] - sent);
        item++;
    }
    return item;
}

void
output_take(output_t *self, const struct gather *gather)
{
    size_t item = 0;

    if (is_waiting(self))
        write_backlog(self);
    if (!is_waiting(self) && self->missing > 0) {
        say_lost(self);
        write_backlog(self);
    }
    if (!is_waiting(self))
        item = send_at_once(self, gather);
    for (; item < gather->count; item++) {
        size_t start = item == 0 ? 0 : gather->ends[item - 1];

        keep_item(self, gather->octets + start, gather->ends[item] - start);
    }
    watch(self);
}

int
output_error(const output_t *self)
{
    return self->error;
}
