/*
 * audience - those who read what is printed
 */

#include "tap/audience.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "tap/output.h"

#define PENDING 16                      /* viewers that have not been let in */

struct audience {
    core_loop_t *loop;
    struct audience_plan plan;
    struct audience_counters *counters;
    char *socket;                       /* its path, or NULL */
    int listener;                       /* -1: none */
    output_t *outputs[AUDIENCE_MOST];
    size_t count;
};

static void
add(audience_t *self, int fd, enum output_kind kind)
{
    self->outputs[self->count++] = output_new(self->loop, fd, kind,
                                              self->plan.format,
                                              self->plan.backlog,
                                              &self->counters->lost);
}

/* ---- files and standard output ------------------------------------------- */

/* A text goes on where it ended; a capture cannot, so one that is there is
   renamed. */
static int
open_file(audience_t *self, struct core_fault *fault)
{
    const char *path = self->plan.file;
    struct stat status;
    char *old = NULL;
    int fd;

    if (self->plan.format->begin != NULL && stat(path, &status) == 0
        && S_ISREG(status.st_mode) && status.st_size > 0
        && (asprintf(&old, "%s.1", path) == -1 || rename(path, old) == -1)) {
        core_fault_set(fault, path, 0, "cannot rename it to FILE.1: %s",
                       strerror(errno));
        free(old);
        return -1;
    }
    free(old);
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK,
              0640);
    if (fd == -1 || fstat(fd, &status) == -1) {
        core_fault_set(fault, path, 0, "cannot open: %s", strerror(errno));
        return -1;
    }
    add(self, fd, S_ISREG(status.st_mode) ? OUTPUT_FILE : OUTPUT_PIPE);
    return 0;
}

/*
 * Standard output is shared with whoever has started us, who must not find it
 * changed to one that does not block: it is opened once more.
 */
static int
open_standard_output(audience_t *self, struct core_fault *fault)
{
    struct stat status;
    int fd = -1;
    enum output_kind kind = OUTPUT_PIPE;

    if (fstat(STDOUT_FILENO, &status) == 0) {
        if (S_ISSOCK(status.st_mode))
            kind = OUTPUT_SOCKET;
        else if (S_ISREG(status.st_mode))
            kind = OUTPUT_FILE;
        else
            fd = open("/proc/self/fd/1",
                      O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd == -1 && kind == OUTPUT_PIPE)
            kind = OUTPUT_FILE;         /* another user's: it may block */
        if (fd == -1)
            fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    }
    if (fd == -1) {
        core_fault_set(fault, NULL, 0, "cannot write to standard output: %s",
                       strerror(errno));
        return -1;
    }
    if (kind == OUTPUT_PIPE && S_ISCHR(status.st_mode) && !isatty(fd))
        kind = OUTPUT_FILE;             /* /dev/null */
    add(self, fd, kind);
    return 0;
}

/* ---- viewers ------------------------------------------------------------- */

/* Forgets those who are gone; of a file it is worth a line. */
static void
dismiss(audience_t *self)
{
    size_t left = 0;

    for (size_t i = 0; i < self->count; i++) {
        int error = output_error(self->outputs[i]);

        if (error == 0) {
            self->outputs[left++] = self->outputs[i];
            continue;
        }
        if (self->listener == -1)
            core_log(CORE_LOG_WARNING, "nothing is printed any more: %s",
                     strerror(error));
        output_destroy(&self->outputs[i]);
    }
    self->count = left;
}

static void
let_in(void *owner, int fd, uint32_t events)
{
    audience_t *self = owner;
    int viewer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    (void) events;
    if (viewer == -1)
        return;
    dismiss(self);
    if (self->count < self->plan.viewers)
        add(self, viewer, OUTPUT_SOCKET);
    else {
        self->counters->refused++;
        close(viewer);
    }
}

static int
open_socket(audience_t *self, struct core_fault *fault)
{
    const char *path = self->plan.socket;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd, rc = -1;

    if (strlen(path) >= sizeof address.sun_path) {
        core_fault_set(fault, path, 0, "longer than %zu octets",
                       sizeof address.sun_path - 1);
        return -1;
    }
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd != -1) {
        mode_t mask = umask(0117);

        unlink(path);
        rc = bind(fd, (struct sockaddr *) &address, sizeof address);
        umask(mask);
    }
    if (rc == -1 || listen(fd, PENDING) == -1) {
        core_fault_set(fault, path, 0, "cannot bind: %s", strerror(errno));
        if (fd != -1)
            close(fd);
        return -1;
    }
    self->listener = fd;
    self->socket = core_copy_text(path);
    core_loop_watch(self->loop, fd, EPOLLIN, let_in, self);
    return 0;
}

/* ---- all of them --------------------------------------------------------- */

static bool
is_standard_output(const char *file)
{
    const char *slash = strrchr(file, '/');

    return strcmp(slash == NULL ? file : slash + 1, "-") == 0;
}

audience_t *
audience_new(core_loop_t *loop, const struct audience_plan *plan,
             struct audience_counters *counters, struct core_fault *fault)
{
    audience_t *self = core_allocate(sizeof *self);
    int rc;

    assert(plan->viewers <= AUDIENCE_MOST);
    self->loop = loop;
    self->plan = *plan;
    self->counters = counters;
    self->listener = -1;
    if (plan->file != NULL && !is_standard_output(plan->file))
        rc = open_file(self, fault);
    else if (plan->file == NULL && plan->socket != NULL)
        rc = open_socket(self, fault);
    else
        rc = open_standard_output(self, fault);
    self->plan.file = self->plan.socket = NULL;     /* were lent */
    if (rc == -1)
        audience_destroy(&self);
    return self;
}

void
audience_destroy(audience_t **self_p)
{
    assert(self_p);

    audience_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++)
        output_destroy(&self->outputs[i]);
    if (self->listener != -1) {
        core_loop_unwatch(self->loop, self->listener);
        close(self->listener);
        unlink(self->socket);
    }
    free(self->socket);
    free(self);
    *self_p = NULL;
}

size_t
audience_count(const audience_t *self)
{
    return self == NULL ? 0 : self->count;
}

void
audience_take(audience_t *self, const struct gather *gather)
{
    for (size_t i = 0; i < self->count; i++)
        output_take(self->outputs[i], gather);
    dismiss(self);
}
