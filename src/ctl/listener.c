/*
 * listener - the sockets that clients talk to, and files that outlive a stage
 *
 * A socket is found again by what the kernel says of it (address and type) and
 * not by its name, because its place in the setting `listen` may have changed.
 */

#include "ctl/listener.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coredns/log.h"

#define RECEIVE_BUFFER (4 * 1024 * 1024)
#define BACKLOG 4096                    /* the kernel cuts it to somaxconn */

static void
set_on(int fd, int level, int option)
{
    int on = 1;

    setsockopt(fd, level, option, &on, sizeof on);
}

/* Root may pass the limit of the host; others take what it allows. */
static void
grow_receive_buffer(int fd)
{
    int size = RECEIVE_BUFFER;

    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) == -1)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

/* A socket of the address' family; "*" is IPv4 on a host without IPv6. */
static int
open_socket(struct address *address, int type)
{
    int flags = type | SOCK_CLOEXEC | SOCK_NONBLOCK;
    int fd = socket(address->where.ss_family, flags, 0);

    if (fd == -1 && errno == EAFNOSUPPORT && address->is_any) {
        struct sockaddr_in *where = (struct sockaddr_in *) &address->where;
        in_port_t port = ((struct sockaddr_in6 *) &address->where)->sin6_port;

        *where = (struct sockaddr_in) { .sin_family = AF_INET,
                                        .sin_port = port };
        address->where_size = sizeof *where;
        fd = socket(AF_INET, flags, 0);
    }
    return fd;
}

static int
bind_socket(const struct address *listen_address, int type, bool is_shared,
            struct core_fault *fault)
{
    struct address address = *listen_address;
    int fd = open_socket(&address, type);

    if (fd != -1) {
        int v6_only = !address.is_any;

        if (address.where.ss_family == AF_INET6)
            setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only,
                       sizeof v6_only);
        if (is_shared)
            set_on(fd, SOL_SOCKET, SO_REUSEPORT);
        if (type == SOCK_STREAM)
            set_on(fd, SOL_SOCKET, SO_REUSEADDR);
        else
            grow_receive_buffer(fd);
        if (bind(fd, (struct sockaddr *) &address.where,
                 address.where_size) == 0
            && (type != SOCK_STREAM || listen(fd, BACKLOG) == 0))
            return fd;
    }
    core_fault_set(fault, NULL, 0, "cannot bind %s/%s: %s", address.text,
                   type == SOCK_STREAM ? "tcp" : "udp", strerror(errno));
    if (fd != -1)
        close(fd);
    return -1;
}

/* True when fd is a socket of that type bound to that address. */
static bool
is_bound_to(int fd, const struct address *address, int type)
{
    struct sockaddr_storage where = { 0 };
    socklen_t where_size = sizeof where;
    int found = 0;
    socklen_t found_size = sizeof found;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &found, &found_size) == -1
        || found != type
        || getsockname(fd, (struct sockaddr *) &where, &where_size) == -1
        || where.ss_family != address->where.ss_family)
        return false;
    if (where.ss_family == AF_INET6) {
        int v6_only = 0;
        socklen_t size = sizeof v6_only;

        getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, &size);
        if (!v6_only != address->is_any)
            return false;
    }
    return where_size == address->where_size
        && memcmp(&where, &address->where, where_size) == 0;
}

/* A duplicate of the donor's socket for that address, or -1. */
static int
take_over(const struct core_handover *donor, const struct address *address,
          int type, bool is_shared)
{
    for (size_t i = 0; donor != NULL && i < donor->count; i++) {
        int fd = donor->items[i].descriptor;

        if (!is_bound_to(fd, address, type))
            continue;
        if (is_shared)
            set_on(fd, SOL_SOCKET, SO_REUSEPORT);
        return fcntl(fd, F_DUPFD_CLOEXEC, 3);
    }
    return -1;
}

static void
add(struct core_handover *self, int fd, const char *name)
{
    assert(self->count < CORE_HANDOVER_DESCRIPTORS);
    self->items[self->count].descriptor = fd;
    snprintf(self->items[self->count].name,
             sizeof self->items[self->count].name, "%s", name);
    self->count++;
}

static int
open_one(struct core_handover *self, const struct plan_stage *stage,
         size_t index, int type, const struct core_handover *donor,
         struct core_fault *fault)
{
    const struct address *address = &stage->listen[index];
    bool is_shared = stage->instances > 1;
    char name[CORE_HANDOVER_NAME_SIZE];
    int fd = take_over(donor, address, type, is_shared);

    if (fd == -1)
        fd = bind_socket(address, type, is_shared, fault);
    if (fd == -1)
        return -1;
    snprintf(name, sizeof name, "listen%zu.%s", index,
             type == SOCK_STREAM ? "tcp" : "udp");
    add(self, fd, name);
    return 0;
}

/* The file of what must outlive the process; the stage sizes it. */
static int
open_memory(struct core_handover *self, struct listener_donor donor,
            struct core_fault *fault)
{
    int fd = donor.descriptors == NULL || !donor.is_same_process ? -1
        : core_handover_find(donor.descriptors, "memory");

    fd = fd == -1 ? memfd_create("coredns-memory", MFD_CLOEXEC)
                  : fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (fd == -1) {
        core_fault_set(fault, NULL, 0, "cannot make a memory file: %s",
                       strerror(errno));
        return -1;
    }
    add(self, fd, "memory");
    return 0;
}

int
listener_open(struct core_handover *self, const struct plan_stage *stage,
              struct listener_donor donor, struct core_fault *fault)
{
    const struct core_handover *known = donor.descriptors;
    bool has_dns = false;
    int rc = 0;

    self->count = 0;
    for (size_t i = 0; rc == 0 && i < stage->listen_count; i++) {
        if (stage->listen[i].udp)
            rc = open_one(self, stage, i, SOCK_DGRAM, known, fault);
        if (rc == 0 && stage->listen[i].tcp)
            rc = open_one(self, stage, i, SOCK_STREAM, known, fault);
        has_dns = has_dns || (stage->listen[i].udp && stage->listen[i].tcp);
    }
    if (rc == 0 && has_dns)
        rc = open_memory(self, donor, fault);
    if (rc == -1)
        listener_close(self);
    return rc;
}

/*
 * The kernel gives a connected socket nothing but its peer's packets, and when
 * it chooses among several at one port it leaves the connected ones out; what
 * it has received already can still be read.  A socket that is closed while
 * packets wait in it would take them with it.
 */
static void
connect_to_itself(int fd)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    int type = 0;
    socklen_t type_size = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == -1
        || type != SOCK_DGRAM
        || getsockname(fd, (struct sockaddr *) &own, &size) == -1)
        return;
    if (connect(fd, (struct sockaddr *) &own, size) == -1)
        core_log(CORE_LOG_WARNING, "packets may be lost: %s",
                 strerror(errno));
}

void
listener_retire(struct core_handover *self)
{
    for (size_t i = 0; i < self->count; i++)
        connect_to_itself(self->items[i].descriptor);
    listener_close(self);
}

void
listener_close(struct core_handover *self)
{
    while (self->count > 0)
        close(self->items[--self->count].descriptor);
}
