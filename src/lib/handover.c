/*
 * handover - descriptors that outlive the process that uses them
 *
 * One SEQPACKET message holds all names, each with its NUL, and all
 * descriptors in the same order as ancillary data: it arrives whole or not.
 */

#include "coredns/handover.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_DESCRIPTOR 3              /* sd_listen_fds(3) */
#define NAMES_SIZE (CORE_HANDOVER_DESCRIPTORS * CORE_HANDOVER_NAME_SIZE)
#define FETCH_SECONDS 1
#define BACKLOG 64

union ancillary {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(CORE_HANDOVER_DESCRIPTORS * sizeof (int))];
};

static void
add(struct core_handover *self, int descriptor, const char *name,
    size_t name_size)
{
    size_t size = name_size < CORE_HANDOVER_NAME_SIZE
        ? name_size : CORE_HANDOVER_NAME_SIZE - 1;

    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    self->items[self->count].descriptor = descriptor;
    memcpy(self->items[self->count].name, name, size);
    self->items[self->count].name[size] = '\0';
    self->count++;
}

void
core_handover_inherit(struct core_handover *self)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");

    self->count = 0;
    if (pid != NULL && count != NULL && atol(pid) == (long) getpid())
        for (int i = 0; i < atoi(count) && i < CORE_HANDOVER_DESCRIPTORS;
             i++) {
            size_t size = names == NULL ? 0 : strcspn(names, ":");

            add(self, FIRST_DESCRIPTOR + i, names == NULL ? "" : names, size);
            if (names != NULL)
                names += size + (names[size] == ':');
        }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
}

int
core_handover_find(const struct core_handover *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->items[i].name, name) == 0)
            return self->items[i].descriptor;
    return -1;
}

/* ---- sockets ------------------------------------------------------------- */

static int
open_address(struct sockaddr_un *address, const char *path, int flags,
             struct core_fault *fault)
{
    int fd;

    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) {
        core_fault_set(fault, path, 0, "path is above the limit of %zu octets",
                       sizeof address->sun_path - 1);
        return -1;
    }
    strcpy(address->sun_path, path);
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);
    if (fd == -1)
        core_fault_set(fault, path, 0, "no socket: %s", strerror(errno));
    return fd;
}

int
core_handover_listen(const char *path, struct core_fault *fault)
{
    struct sockaddr_un address;
    int fd = open_address(&address, path, SOCK_NONBLOCK, fault);

    if (fd == -1)
        return -1;

    mode_t mask = umask(0117);

    unlink(path);

    int rc = bind(fd, (struct sockaddr *) &address, sizeof address);

    umask(mask);
    if (rc == -1 || listen(fd, BACKLOG) == -1) {
        core_fault_set(fault, path, 0, "cannot bind: %s", strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

static int
connect_to(const char *path, int flags, struct core_fault *fault)
{
    struct sockaddr_un address;
    int fd = open_address(&address, path, flags, fault);

    if (fd == -1)
        return -1;
    if (connect(fd, (struct sockaddr *) &address, sizeof address) == -1) {
        core_fault_set(fault, path, 0, "cannot connect: %s", strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

int
core_handover_connect(const char *path, struct core_fault *fault)
{
    return connect_to(path, SOCK_NONBLOCK, fault);
}

/* ---- the giving side ----------------------------------------------------- */

static bool
is_trusted(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        && (peer.uid == 0 || peer.uid == geteuid());
}

bool
core_handover_send(const struct core_handover *self, int fd)
{
    char names[NAMES_SIZE];
    union ancillary ancillary;
    size_t size = 0;
    struct iovec vector = { .iov_base = names };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };

    memset(&ancillary, 0, sizeof ancillary);
    message.msg_control = ancillary.bytes;
    message.msg_controllen = CMSG_SPACE(self->count * sizeof (int));

    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(self->count * sizeof (int));
    for (size_t i = 0; i < self->count; i++) {
        size_t length = strlen(self->items[i].name) + 1;

        memcpy(CMSG_DATA(header) + i * sizeof (int),
               &self->items[i].descriptor, sizeof (int));
        memcpy(names + size, self->items[i].name, length);
        size += length;
    }
    vector.iov_len = size;
    return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) != -1;
}

static void
give(void *owner, int fd, uint32_t events)
{
    int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    (void) events;
    if (peer == -1)
        return;
    if (is_trusted(peer))
        core_handover_send(owner, peer);
    close(peer);
}

int
core_handover_serve(struct core_handover *self, core_loop_t *loop,
                    const char *path, struct core_fault *fault)
{
    int fd = core_handover_listen(path, fault);

    if (fd == -1)
        return -1;
    core_loop_watch(loop, fd, EPOLLIN, give, self);
    return 0;
}

/* ---- the taking side ----------------------------------------------------- */

static void
take_message(struct core_handover *self, struct msghdr *message,
             const char *names, size_t size)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);

    if (header == NULL || header->cmsg_level != SOL_SOCKET
        || header->cmsg_type != SCM_RIGHTS)
        return;

    size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof (int);

    for (size_t i = 0; i < count; i++) {
        int descriptor;
        size_t length = strnlen(names, size);

        memcpy(&descriptor, CMSG_DATA(header) + i * sizeof (int),
               sizeof descriptor);
        add(self, descriptor, names, length);
        names += length < size ? length + 1 : length;
        size -= length < size ? length + 1 : length;
    }
}

ssize_t
core_handover_receive(struct core_handover *self, int fd)
{
    char names[NAMES_SIZE];
    union ancillary ancillary;
    struct iovec vector = { .iov_base = names, .iov_len = sizeof names };
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1,
        .msg_control = ancillary.bytes,
        .msg_controllen = sizeof ancillary.bytes,
    };
    ssize_t size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);

    self->count = 0;
    if (size > 0)
        take_message(self, &message, names, (size_t) size);
    return size;
}

int
core_handover_fetch(struct core_handover *self, const char *path,
                    struct core_fault *fault)
{
    struct timeval patience = { .tv_sec = FETCH_SECONDS };
    int fd = connect_to(path, 0, fault);

    self->count = 0;
    if (fd == -1)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    core_handover_receive(self, fd);
    close(fd);
    if (self->count == 0) {
        core_fault_set(fault, path, 0, "no descriptors to be had: %s",
                       strerror(errno));
        return -1;
    }
    return 0;
}
