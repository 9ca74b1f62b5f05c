/*
 * endpoint - binding a socket without taking it from a live process
 *
 * zmq_bind() on an ipc:// path unlinks whatever is there first, so two
 * processes may both believe they own it.  A lock file beside the path, held
 * by flock() for as long as the process lives, decides who does; the kernel
 * lets go of it however the process ends.
 *
 * Only who connects sends heartbeats; the other end learns from them how long
 * to wait.  libzmq 4.3 ends the process when a heartbeat of its own is due on a
 * connection whose peer left while more had come than the queue takes, which
 * happens to who binds, and to a SUB socket that is left alone for a while.  So
 * a socket has them where it needs them: over a network, and under a fixed
 * routing id.
 */

#include "coredns/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zmq.h>

#include "lib/curve.h"

#define IPC "ipc://"
#define TCP "tcp://"
#define IPC_PATH_SIZE 108               /* sun_path, its NUL included */
#define SOCKET_UMASK 0117               /* the folder is private anyway */
#define QUEUE 1000                      /* messages towards one peer */
#define HANDSHAKE_MS 3000
#define HEARTBEAT_MS 1000
#define HEARTBEAT_LOST_MS 3000
#define RECONNECT_MS 10
#define RECONNECT_MOST_MS 100

static void
set_integer(void *socket, int option, int value)
{
    zmq_setsockopt(socket, option, &value, sizeof value);
}

void
core_socket_prepare(void *socket)
{
    int64_t largest = CORE_BATCH_SIZE;

    set_integer(socket, ZMQ_LINGER, 0);
    set_integer(socket, ZMQ_SNDTIMEO, 0);
    set_integer(socket, ZMQ_RCVTIMEO, 0);
    set_integer(socket, ZMQ_SNDHWM, QUEUE);
    set_integer(socket, ZMQ_RCVHWM, QUEUE);
    set_integer(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    set_integer(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
    set_integer(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MOST_MS);
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &largest, sizeof largest);
}

static void
set_heartbeats(void *socket)
{
    set_integer(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
    set_integer(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_LOST_MS);
    set_integer(socket, ZMQ_HEARTBEAT_TTL, HEARTBEAT_LOST_MS);
}

void
core_socket_name(void *socket, const char *identity)
{
    zmq_setsockopt(socket, ZMQ_ROUTING_ID, identity, strlen(identity));
    set_heartbeats(socket);
}

/* Takes PATH.lock and writes our process id into it; never gives it back. */
static int
take_lock(const char *path, struct core_fault *fault)
{
    char lock_path[IPC_PATH_SIZE + sizeof ".lock"];

    snprintf(lock_path, sizeof lock_path, "%s.lock", path);

    int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd == -1) {
        core_fault_set(fault, lock_path, 0, "cannot open: %s",
                       strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
        core_fault_set(fault, path, 0, "in use by another process");
        close(fd);
        return -1;
    }

    char text[24];
    int size = snprintf(text, sizeof text, "%ld\n", (long) getpid());

    if (ftruncate(fd, 0) == -1 || write(fd, text, (size_t) size) != size) {
        core_fault_set(fault, lock_path, 0, "cannot write: %s",
                       strerror(errno));
        close(fd);
        return -1;
    }
    return 0;
}

static int
fail(const char *what, const char *endpoint, struct core_fault *fault)
{
    core_fault_set(fault, NULL, 0, "cannot %s %s: %s", what, endpoint,
                   zmq_strerror(zmq_errno()));
    return -1;
}

static bool
has_scheme(const char *endpoint, const char *scheme)
{
    return strncmp(endpoint, scheme, strlen(scheme)) == 0;
}

/* IPv6 addresses stand in brackets. */
static void
allow_ipv6(void *socket, const char *endpoint)
{
    if (has_scheme(endpoint, TCP "["))
        set_integer(socket, ZMQ_IPV6, 1);
}

static int
bind_ipc(void *socket, const char *endpoint, struct core_fault *fault)
{
    const char *path = endpoint + strlen(IPC);

    if (strlen(path) >= IPC_PATH_SIZE) {
        core_fault_set(fault, NULL, 0, "%s: path is above the limit of "
                       "%d octets", endpoint, IPC_PATH_SIZE - 1);
        return -1;
    }
    if (take_lock(path, fault) == -1)
        return -1;

    mode_t mask = umask(SOCKET_UMASK);
    int rc = zmq_bind(socket, endpoint);

    umask(mask);
    return rc == -1 ? fail("bind", endpoint, fault) : 0;
}

int
core_endpoint_bind(void *socket, const char *endpoint,
                   struct core_fault *fault)
{
    struct curve curve;

    if (has_scheme(endpoint, IPC))
        return bind_ipc(socket, endpoint, fault);
    if (has_scheme(endpoint, CURVE_SCHEME)) {
        if (curve_parse(&curve, endpoint, fault) == -1
            || curve_serve(&curve, socket, fault) == -1)
            return -1;
        endpoint = curve.transport;
    }
    allow_ipv6(socket, endpoint);
    return zmq_bind(socket, endpoint) == -1 ? fail("bind", endpoint, fault)
                                            : 0;
}

int
core_endpoint_connect(void *socket, const char *endpoint,
                      struct core_fault *fault)
{
    struct curve curve;

    if (has_scheme(endpoint, CURVE_SCHEME)) {
        if (curve_parse(&curve, endpoint, fault) == -1
            || curve_ask(&curve, socket, fault) == -1)
            return -1;
        endpoint = curve.transport;
    }
    if (has_scheme(endpoint, TCP))
        set_heartbeats(socket);
    allow_ipv6(socket, endpoint);
    return zmq_connect(socket, endpoint) == -1
        ? fail("connect to", endpoint, fault) : 0;
}
