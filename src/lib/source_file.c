/*
 * source_file - one text file, read as a whole
 *
 * It may be a pipe, so its size is not known before its end, and whoever should
 * write into it may not be there.
 */

#include "lib/source_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"

#define FIRST_SIZE 65536
#define PIPE_PATIENCE_MS 5000

static bool
wait_for_more(int descriptor)
{
    struct pollfd watch = { .fd = descriptor, .events = POLLIN };

    return poll(&watch, 1, PIPE_PATIENCE_MS) > 0;
}

/* Reads on until the end of the file; leaves room for a line feed and NUL. */
static const char *
read_octets(struct core_source_file *self, int descriptor)
{
    size_t capacity = FIRST_SIZE;

    self->text = core_reallocate(NULL, capacity);
    for (;;) {
        if (self->size + 2 >= capacity) {
            capacity *= 2;
            self->text = core_reallocate(self->text, capacity);
        }
        ssize_t got = read(descriptor, self->text + self->size,
                           capacity - self->size - 2);

        if (got == -1 && errno == EAGAIN && !wait_for_more(descriptor))
            return "nothing comes out of this pipe";
        if (got == -1 && errno != EINTR && errno != EAGAIN)
            return strerror(errno);
        if (got == 0)
            return NULL;
        if (got > 0)
            self->size += (size_t) got;
        if (self->size > CORE_SOURCE_LIMIT)
            return "the file is too large";
    }
}

static const char *
read_text(struct core_source_file *self, int descriptor)
{
    struct stat status;

    if (fstat(descriptor, &status) == -1)
        return strerror(errno);
    self->device = status.st_dev;
    self->number = status.st_ino;

    const char *reason = read_octets(self, descriptor);

    if (reason != NULL)
        return reason;
    if (self->size == 0 && S_ISFIFO(status.st_mode))
        return "nobody writes into this pipe";
    if (memchr(self->text, '\0', self->size) != NULL)
        return "it is no text file";
    if (self->size > 0 && self->text[self->size - 1] != '\n')
        self->text[self->size++] = '\n';
    self->text[self->size] = '\0';
    return NULL;
}

const char *
core_source_file_read(struct core_source_file *self, const char *path)
{
    assert(self && path);
    *self = (struct core_source_file) { .text = NULL };

    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY
                          | O_NONBLOCK);

    if (descriptor == -1)
        return strerror(errno);

    const char *reason = read_text(self, descriptor);

    close(descriptor);
    return reason;
}
