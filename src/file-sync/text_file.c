/*
 * text_file - a file as it was at one moment
 */

#include "file-sync/text_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"

#define COPY_SIZE ((size_t) 1 << 30)    /* of one system call */

struct text_file {
    char *path;
    struct file_stamp stamp;
    size_t size;
    int fd;                             /* of the copy; -1: in memory */
    char *text;                         /* in memory, or mapped */
    unsigned mapped;
};

static void
fill_stamp(struct file_stamp *stamp, const struct stat *status)
{
    *stamp = (struct file_stamp) {
        .device = status->st_dev, .inode = status->st_ino,
        .size = status->st_size, .exists = true,
        .modified_ns = (int64_t) status->st_mtim.tv_sec * 1000000000
            + status->st_mtim.tv_nsec,
        .changed_ns = (int64_t) status->st_ctim.tv_sec * 1000000000
            + status->st_ctim.tv_nsec,
    };
}

void
file_stamp_read(struct file_stamp *stamp, const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0)
        fill_stamp(stamp, &status);
    else
        *stamp = (struct file_stamp) { .exists = false };
}

bool
file_stamp_equal(const struct file_stamp *left, const struct file_stamp *right)
{
    return left->exists == right->exists && left->device == right->device
        && left->inode == right->inode && left->size == right->size
        && left->modified_ns == right->modified_ns
        && left->changed_ns == right->changed_ns;
}

/* ---- copying ------------------------------------------------------------- */

/* Reads a small file whole; -1 and errno.  One that grows meanwhile is read to
   where its end was: a change that follows is told to us. */
static int
copy_to_memory(text_file_t *self, int fd, size_t size)
{
    self->text = core_allocate(size + 1);
    while (self->size < size) {
        ssize_t got = read(fd, self->text + self->size, size - self->size);

        if (got == -1 && errno == EINTR)
            continue;
        if (got == -1)
            return -1;
        if (got == 0)
            break;
        self->size += (size_t) got;
    }
    return 0;
}

/* A file without a name for a copy. */
static int
open_nameless(const char *folder)
{
    int fd = folder == NULL ? -1
        : open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    return fd != -1 ? fd : memfd_create("zone", MFD_CLOEXEC);
}

static int
copy_to_file(text_file_t *self, int fd, const char *folder)
{
    self->fd = open_nameless(folder);
    if (self->fd == -1)
        return -1;
    for (;;) {
        ssize_t got = copy_file_range(fd, NULL, self->fd, NULL, COPY_SIZE, 0);

        if (got == -1 && (errno == EXDEV || errno == EINVAL
                          || errno == EOPNOTSUPP || errno == ENOSYS))
            got = sendfile(self->fd, fd, NULL, COPY_SIZE);
        if (got == -1 && errno == EINTR)
            continue;
        if (got == -1)
            return -1;
        if (got == 0)
            return 0;
        self->size += (size_t) got;
        if (self->size > TEXT_FILE_LIMIT) {
            errno = EFBIG;
            return -1;
        }
    }
}

static int
copy(text_file_t *self, int fd, const char *folder)
{
    struct stat status;

    if (fstat(fd, &status) == -1)
        return -1;
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    fill_stamp(&self->stamp, &status);
    if (status.st_size > (off_t) TEXT_FILE_LIMIT) {
        errno = EFBIG;
        return -1;
    }
    return status.st_size <= TEXT_FILE_IN_MEMORY
        ? copy_to_memory(self, fd, (size_t) status.st_size)
        : copy_to_file(self, fd, folder);
}

text_file_t *
text_file_read(const char *path, const char *folder, struct core_fault *fault)
{
    /* O_NONBLOCK: a pipe in the place of a file must not stop us. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd == -1) {
        core_fault_set(fault, path, 0, "cannot open: %s", strerror(errno));
        return NULL;
    }

    text_file_t *self = core_allocate(sizeof *self);

    self->fd = -1;
    self->path = core_copy_text(path);
    if (copy(self, fd, folder) == -1) {
        core_fault_set(fault, path, 0, "cannot read: %s", strerror(errno));
        text_file_destroy(&self);
    }
    close(fd);
    return self;
}

void
text_file_destroy(text_file_t **self_p)
{
    assert(self_p);

    text_file_t *self = *self_p;

    if (self == NULL)
        return;
    assert(self->mapped == 0);
    if (self->fd != -1)
        close(self->fd);
    else
        free(self->text);
    free(self->path);
    free(self);
    *self_p = NULL;
}

/* ---- reading ------------------------------------------------------------- */

const char *
text_file_path(const text_file_t *self)
{
    return self->path;
}

size_t
text_file_size(const text_file_t *self)
{
    return self->size;
}

const struct file_stamp *
text_file_stamp(const text_file_t *self)
{
    return &self->stamp;
}

const char *
text_file_map(text_file_t *self)
{
    if (self->mapped++ > 0 || self->fd == -1)
        return self->text;
    if (self->size == 0)
        return "";                      /* it was emptied meanwhile */
    self->text = mmap(NULL, self->size, PROT_READ, MAP_SHARED | MAP_POPULATE,
                      self->fd, 0);

    /* Like memory that is not there: nothing can be done about it. */
    assert(self->text != MAP_FAILED);
    return self->text;
}

void
text_file_unmap(text_file_t *self)
{
    assert(self->mapped > 0);
    if (--self->mapped > 0 || self->fd == -1 || self->size == 0)
        return;
    munmap(self->text, self->size);
    self->text = NULL;
}
