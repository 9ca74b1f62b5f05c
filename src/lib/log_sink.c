/*
 * log_sink - where log lines go: standard error, or a file that is rotated
 *
 * Standard error is shared with strangers, so O_NONBLOCK must not be set on
 * it: the shell that reads after us would inherit it.  A pipe or a terminal is
 * opened once more through /proc, which gives a description of our own; a
 * socket takes MSG_DONTWAIT; a file never blocks.
 *
 * Several instances may append to the same file.  Whoever finds it full locks
 * it, looks again whether the path still is this file, and only then renames
 * it.  The same look tells when logrotate(8) has taken the file away.
 */

#include "lib/log_sink.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "coredns/memory.h"

struct core_log_sink {
    int descriptor;
    bool is_own;                        /* to be closed by us */
    bool is_stuck;                      /* the last line was lost */
    char *path;                         /* NULL: standard error */
    int64_t size;
};

core_log_sink_t *
core_log_sink_stderr(void)
{
    core_log_sink_t *self = core_allocate(sizeof *self);
    struct stat status;

    self->descriptor = STDERR_FILENO;
    if (fstat(STDERR_FILENO, &status) == -1)
        return self;
    if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
        int own = open("/proc/self/fd/2",
                       O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

        if (own != -1) {
            self->descriptor = own;
            self->is_own = true;
        }
    }
    return self;
}

static int
open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY
                | O_CLOEXEC, 0640);
}

core_log_sink_t *
core_log_sink_file(const char *path, int64_t size, struct core_fault *fault)
{
    assert(path && fault);

    int descriptor = open_file(path);

    if (descriptor == -1) {
        core_fault_set(fault, path, 0, "cannot open: %s", strerror(errno));
        return NULL;
    }
    core_log_sink_t *self = core_allocate(sizeof *self);

    self->descriptor = descriptor;
    self->is_own = true;
    self->path = core_copy_text(path);
    self->size = size;
    return self;
}

void
core_log_sink_destroy(core_log_sink_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    if ((*self_p)->is_own)
        close((*self_p)->descriptor);
    free((*self_p)->path);
    free(*self_p);
    *self_p = NULL;
}

/* True when the path names the file that is open; fills its status. */
static bool
is_at_path(const core_log_sink_t *self, struct stat *status)
{
    struct stat named;

    return fstat(self->descriptor, status) == 0
        && stat(self->path, &named) == 0
        && named.st_ino == status->st_ino && named.st_dev == status->st_dev;
}

static void
rename_full_file(core_log_sink_t *self)
{
    struct stat status;
    char *older = NULL;

    if (flock(self->descriptor, LOCK_EX | LOCK_NB) == -1)
        return;
    if (is_at_path(self, &status) && asprintf(&older, "%s.1", self->path) > 0) {
        rename(self->path, older);
        free(older);
    }
    flock(self->descriptor, LOCK_UN);
}

/* Opens the file at path again when it was renamed; keeps the former when that
   cannot be done, so that nothing is lost. */
static void
follow_path(core_log_sink_t *self, size_t line_size)
{
    struct stat status;
    bool is_current = is_at_path(self, &status);

    if (is_current && self->size > 0 && S_ISREG(status.st_mode)
        && status.st_size > 0
        && status.st_size + (int64_t) line_size > self->size) {
        rename_full_file(self);
        is_current = is_at_path(self, &status);
    }
    if (is_current)
        return;

    int descriptor = open_file(self->path);

    if (descriptor != -1) {
        close(self->descriptor);
        self->descriptor = descriptor;
    }
}

/* write(2), but a reader that is gone gives EPIPE and no signal. */
static ssize_t
write_quietly(int descriptor, const char *line, size_t size)
{
    ssize_t written = send(descriptor, line, size,
                           MSG_DONTWAIT | MSG_NOSIGNAL);

    if (written != -1 || errno != ENOTSOCK)
        return written;

    static const struct timespec at_once = { 0 };
    sigset_t pipe_signal, before, pending;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    written = write(descriptor, line, size);

    int reason = errno;

    if (written == -1 && reason == EPIPE && !sigismember(&pending, SIGPIPE))
        sigtimedwait(&pipe_signal, NULL, &at_once);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return written;
}

static bool
is_writable(int descriptor, int timeout_ms)
{
    struct pollfd writable = { .fd = descriptor, .events = POLLOUT };
    int rc;

    do
        rc = poll(&writable, 1, timeout_ms);
    while (rc == -1 && errno == EINTR);
    return rc == 1;
}

int
core_log_sink_write(core_log_sink_t *self, const char *lines, size_t size,
                    int patience_ms)
{
    ssize_t written = -1;

    assert(self && lines);
    if (self->path != NULL)
        follow_path(self, size);
    if (is_writable(self->descriptor, self->is_stuck ? 0 : patience_ms))
        do
            written = write_quietly(self->descriptor, lines, size);
        while (written == -1 && errno == EINTR);
    self->is_stuck = written == -1;
    return written == -1 ? -1 : 0;
}
