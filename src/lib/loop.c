/*
 * loop - the one event loop of a process
 *
 * Everything that is registered is an entry of one kind; descriptors find
 * theirs through epoll's data pointer.  An entry that is taken out while a
 * round runs is only marked, and freed when the round is over, so a callback
 * may end anything, itself included.
 *
 * ZeroMQ's descriptor says that commands wait for the socket, not that a
 * message does: an event on it is only a reason to ask ZMQ_EVENTS, which takes
 * the commands.  So does a send; what it takes will not wake us any more, and
 * the socket must be asked before we sleep.  Asking costs a system call, so
 * only those are asked that were woken, used, or whose owner does not tell.
 */

#include "coredns/loop.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <zmq.h>

#include "coredns/clock.h"
#include "coredns/memory.h"

#define EVENTS_PER_WAIT 64

/* What epoll's data pointer points to. */
enum entry_kind { WATCH, SOCKET };

struct watch {
    enum entry_kind kind;
    struct watch *next;
    int fd;
    core_loop_ready *ready;
    void *owner;
    bool gone;
};

struct socket {
    enum entry_kind kind;
    struct socket *next;
    void *socket;
    int fd;
    core_loop_drain *drain;
    void *owner;
    bool tells;                         /* its owner says when it was used */
    bool was_used;
    bool must_ask;
    bool gone;
};

struct core_timer {
    struct core_timer *next;
    int64_t due_ms;
    int64_t interval_ms;
    core_loop_run_callback *run;
    void *owner;
    bool gone;
};

struct flusher {
    struct flusher *next;
    core_loop_run_callback *run;
    void *owner;
};

struct signal_entry {
    struct signal_entry *next;
    int number;
    core_loop_run_callback *run;
    void *owner;
};

struct core_loop {
    int epoll_fd;
    int timer_fd;
    int signal_fd;
    int64_t now_us;
    int64_t armed_ms;                   /* what timer_fd is set to; 0: off */
    sigset_t signals;
    struct watch *watches;
    struct watch **by_fd;               /* the same, by descriptor */
    size_t by_fd_count;
    struct socket *sockets;
    core_timer_t *timers;
    struct flusher *flushers;
    struct signal_entry *signal_entries;
    bool stopped;
    bool has_gone;                      /* entries wait to be freed */
};

static void
read_clock(core_loop_t *self)
{
    self->now_us = core_clock_us();
}

core_loop_t *
core_loop_new(void)
{
    core_loop_t *self = core_allocate(sizeof *self);

    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    self->timer_fd = timerfd_create(CLOCK_MONOTONIC,
                                    TFD_NONBLOCK | TFD_CLOEXEC);
    self->signal_fd = -1;
    assert(self->epoll_fd != -1 && self->timer_fd != -1);
    sigemptyset(&self->signals);

    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    int rc = epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, self->timer_fd, &event);

    assert(rc == 0);
    read_clock(self);
    return self;
}

/* Frees the entries of a list that were marked, or all of them. */
#define SWEEP(type, list, all)                                              \
    do {                                                                    \
        for (type **entry_p = &(list); *entry_p != NULL;) {                 \
            type *entry = *entry_p;                                         \
            if ((all) || entry->gone) {                                     \
                *entry_p = entry->next;                                     \
                free(entry);                                                \
            }                                                               \
            else                                                            \
                entry_p = &entry->next;                                     \
        }                                                                   \
    } while (0)

static void
sweep(core_loop_t *self, bool all)
{
    SWEEP(struct watch, self->watches, all);
    SWEEP(struct socket, self->sockets, all);
    SWEEP(core_timer_t, self->timers, all);
    self->has_gone = false;
}

void
core_loop_destroy(core_loop_t **self_p)
{
    assert(self_p);

    core_loop_t *self = *self_p;

    if (self == NULL)
        return;
    sweep(self, true);
    while (self->flushers != NULL) {
        struct flusher *next = self->flushers->next;

        free(self->flushers);
        self->flushers = next;
    }
    while (self->signal_entries != NULL) {
        struct signal_entry *next = self->signal_entries->next;

        free(self->signal_entries);
        self->signal_entries = next;
    }
    free(self->by_fd);
    close(self->epoll_fd);
    close(self->timer_fd);
    if (self->signal_fd != -1)
        close(self->signal_fd);
    free(self);
    *self_p = NULL;
}

int64_t
core_loop_now_ms(const core_loop_t *self)
{
    return self->now_us / 1000;
}

int64_t
core_loop_now_us(const core_loop_t *self)
{
    return self->now_us;
}

void
core_loop_stop(core_loop_t *self)
{
    self->stopped = true;
}

/* ---- descriptors --------------------------------------------------------- */

static struct watch *
find_watch(core_loop_t *self, int fd)
{
    return (size_t) fd < self->by_fd_count ? self->by_fd[fd] : NULL;
}

static void
index_watch(core_loop_t *self, int fd, struct watch *watch)
{
    size_t count = (size_t) fd + 1;

    if (count > self->by_fd_count) {
        self->by_fd = core_reallocate(self->by_fd,
                                      2 * count * sizeof *self->by_fd);
        memset(self->by_fd + self->by_fd_count, 0,
               (2 * count - self->by_fd_count) * sizeof *self->by_fd);
        self->by_fd_count = 2 * count;
    }
    self->by_fd[fd] = watch;
}

void
core_loop_watch(core_loop_t *self, int fd, uint32_t events,
                core_loop_ready *ready, void *owner)
{
    struct watch *watch = find_watch(self, fd);
    int operation = EPOLL_CTL_MOD;

    if (watch == NULL) {
        watch = core_allocate(sizeof *watch);
        watch->kind = WATCH;
        watch->fd = fd;
        watch->next = self->watches;
        self->watches = watch;
        index_watch(self, fd, watch);
        operation = EPOLL_CTL_ADD;
    }
    watch->ready = ready;
    watch->owner = owner;

    struct epoll_event event = { .events = events, .data.ptr = watch };
    int rc = epoll_ctl(self->epoll_fd, operation, fd, &event);

    assert(rc == 0);
}

void
core_loop_unwatch(core_loop_t *self, int fd)
{
    struct watch *watch = find_watch(self, fd);

    if (watch == NULL)
        return;
    epoll_ctl(self->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    self->by_fd[fd] = NULL;
    watch->gone = true;
    self->has_gone = true;
}

/* ---- ZeroMQ sockets ------------------------------------------------------ */

void
core_loop_socket(core_loop_t *self, void *socket, core_loop_drain *drain,
                 void *owner)
{
    struct socket *entry = core_allocate(sizeof *entry);
    size_t size = sizeof entry->fd;
    int rc = zmq_getsockopt(socket, ZMQ_FD, &entry->fd, &size);

    assert(rc == 0);
    entry->kind = SOCKET;
    entry->socket = socket;
    entry->drain = drain;
    entry->must_ask = true;
    entry->owner = owner;
    entry->next = self->sockets;
    self->sockets = entry;

    struct epoll_event event = { .events = EPOLLIN, .data.ptr = entry };

    rc = epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, entry->fd, &event);
    assert(rc == 0);
}

void
core_loop_unsocket(core_loop_t *self, void *socket)
{
    for (struct socket *entry = self->sockets; entry; entry = entry->next) {
        if (entry->socket != socket || entry->gone)
            continue;
        epoll_ctl(self->epoll_fd, EPOLL_CTL_DEL, entry->fd, NULL);
        entry->gone = true;
        self->has_gone = true;
    }
}

static struct socket *
find_socket(core_loop_t *self, const void *socket)
{
    struct socket *entry = self->sockets;

    while (entry != NULL && (entry->socket != socket || entry->gone))
        entry = entry->next;
    return entry;
}

void
core_loop_socket_tells(core_loop_t *self, void *socket)
{
    find_socket(self, socket)->tells = true;
}

void
core_loop_used(core_loop_t *self, void *socket)
{
    struct socket *entry = find_socket(self, socket);

    if (entry != NULL)
        entry->was_used = true;
}

static bool
is_readable(const struct socket *entry)
{
    int events = 0;
    size_t size = sizeof events;

    return zmq_getsockopt(entry->socket, ZMQ_EVENTS, &events, &size) == 0
        && (events & ZMQ_POLLIN) != 0;
}

/* Lets every socket that has something read.  True: there may be more. */
static bool
drain_sockets(core_loop_t *self)
{
    bool more = false;

    for (struct socket *entry = self->sockets; entry; entry = entry->next) {
        if (entry->gone || !entry->must_ask)
            continue;
        entry->must_ask = is_readable(entry) && entry->drain(entry->owner);
        more = more || entry->must_ask;
    }
    return more;
}

/* Asks the sockets that nothing may wake us for; true when one is readable. */
static bool
find_unheard(core_loop_t *self)
{
    bool found = false;

    for (struct socket *entry = self->sockets; entry; entry = entry->next) {
        if (entry->gone || (entry->tells && !entry->was_used))
            continue;
        entry->was_used = false;
        if (entry->must_ask || is_readable(entry))
            found = entry->must_ask = true;
    }
    return found;
}

/* ---- timers -------------------------------------------------------------- */

core_timer_t *
core_loop_timer(core_loop_t *self, int64_t first_ms, int64_t interval_ms,
                core_loop_run_callback *run, void *owner)
{
    core_timer_t *timer = core_allocate(sizeof *timer);

    timer->due_ms = core_clock_ms() + first_ms;
    timer->interval_ms = interval_ms;
    timer->run = run;
    timer->owner = owner;
    timer->next = self->timers;
    self->timers = timer;
    return timer;
}

void
core_loop_timer_cancel(core_loop_t *self, core_timer_t **timer_p)
{
    if (*timer_p != NULL) {
        (*timer_p)->gone = true;
        self->has_gone = true;
        *timer_p = NULL;
    }
}

static void
run_timers(core_loop_t *self)
{
    int64_t now_ms = core_loop_now_ms(self);

    for (core_timer_t *timer = self->timers; timer; timer = timer->next) {
        if (timer->gone || timer->due_ms > now_ms)
            continue;
        if (timer->interval_ms == 0) {
            timer->gone = true;
            self->has_gone = true;
        }
        else {
            /* After a long sleep beats are skipped, not made up for. */
            timer->due_ms += timer->interval_ms;
            if (timer->due_ms <= now_ms)
                timer->due_ms = now_ms + timer->interval_ms;
        }
        timer->run(timer->owner);
    }
}

/* Sets the timer descriptor to the first timer that is due. */
static void
arm_timer(core_loop_t *self)
{
    int64_t first_ms = 0;

    for (core_timer_t *timer = self->timers; timer; timer = timer->next)
        if (!timer->gone && (first_ms == 0 || timer->due_ms < first_ms))
            first_ms = timer->due_ms;
    if (first_ms == self->armed_ms)
        return;
    self->armed_ms = first_ms;

    struct itimerspec when = {
        .it_value.tv_sec = first_ms / 1000,
        .it_value.tv_nsec = first_ms % 1000 * 1000000,
    };

    timerfd_settime(self->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* ---- flushers and signals ------------------------------------------------ */

void
core_loop_flusher(core_loop_t *self, core_loop_run_callback *run, void *owner)
{
    struct flusher *flusher = core_allocate(sizeof *flusher);

    flusher->run = run;
    flusher->owner = owner;
    flusher->next = self->flushers;
    self->flushers = flusher;
}

static void
read_signals(void *owner, int fd, uint32_t events)
{
    core_loop_t *self = owner;
    struct signalfd_siginfo info;

    (void) events;
    while (read(fd, &info, sizeof info) == sizeof info)
        for (struct signal_entry *entry = self->signal_entries; entry;
             entry = entry->next)
            if (entry->number == (int) info.ssi_signo)
                entry->run(entry->owner);
}

size_t
core_loop_share(size_t wanted, unsigned part)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0
        && limit.rlim_cur / part < wanted)
        return limit.rlim_cur / part;
    return wanted;
}

void
core_loop_signal(core_loop_t *self, int signal_number,
                 core_loop_run_callback *run, void *owner)
{
    struct signal_entry *entry = core_allocate(sizeof *entry);

    entry->number = signal_number;
    entry->run = run;
    entry->owner = owner;
    entry->next = self->signal_entries;
    self->signal_entries = entry;

    sigaddset(&self->signals, signal_number);
    sigprocmask(SIG_BLOCK, &self->signals, NULL);

    int fd = signalfd(self->signal_fd, &self->signals,
                      SFD_NONBLOCK | SFD_CLOEXEC);

    assert(fd != -1);
    if (self->signal_fd == -1) {
        self->signal_fd = fd;
        core_loop_watch(self, fd, EPOLLIN, read_signals, self);
    }
}

/* ---- the round ----------------------------------------------------------- */

static void
wait_and_dispatch(core_loop_t *self, bool may_sleep)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    int count = epoll_wait(self->epoll_fd, events, EVENTS_PER_WAIT,
                           may_sleep ? -1 : 0);

    assert(count >= 0 || errno == EINTR);
    read_clock(self);
    for (int i = 0; i < count; i++) {
        enum entry_kind *kind = events[i].data.ptr;

        if (kind == NULL) {
            uint64_t expirations;
            ssize_t size = read(self->timer_fd, &expirations,
                                sizeof expirations);

            (void) size;
            self->armed_ms = 0;
        }
        else if (*kind == SOCKET)
            ((struct socket *) (void *) kind)->must_ask = true;
        else {
            struct watch *watch = (struct watch *) (void *) kind;

            if (!watch->gone)
                watch->ready(watch->owner, watch->fd, events[i].events);
        }
    }
}

void
core_loop_run(core_loop_t *self)
{
    bool more = false;

    self->stopped = false;
    while (!self->stopped) {
        arm_timer(self);
        wait_and_dispatch(self, !find_unheard(self) && !more);
        run_timers(self);
        more = drain_sockets(self);
        for (struct flusher *flusher = self->flushers; flusher;
             flusher = flusher->next)
            flusher->run(flusher->owner);
        if (self->has_gone)
            sweep(self, false);
    }
}
