/*
 * handover - descriptors that outlive the process that uses them
 *
 * The supervisor opens listening sockets and memory files and passes them to
 * stages as systemd does: LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES, from
 * descriptor 3 on.  When the supervisor itself dies, its successor asks the
 * living stage for them through a SOCK_SEQPACKET socket, "NAME.handover" in
 * the run directory, which answers the same user or root only.
 */

#ifndef COREDNS_HANDOVER_H
#define COREDNS_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "coredns/fault.h"
#include "coredns/loop.h"

#define CORE_HANDOVER_DESCRIPTORS 64    /* of one process, at most */
#define CORE_HANDOVER_NAME_SIZE 32      /* "listen0.udp", with its NUL */

struct core_handover {
    size_t count;
    struct {
        int descriptor;
        char name[CORE_HANDOVER_NAME_SIZE];
    } items[CORE_HANDOVER_DESCRIPTORS];
};

/*
 * Takes what the environment says was passed to this process, sets
 * close-on-exec, and removes the variables.  Count 0 when there is nothing.
 */
void
    core_handover_inherit(struct core_handover *self);

/* The descriptor of that name, or -1. */
int
    core_handover_find(const struct core_handover *self, const char *name);

/*
 * A SEQPACKET socket at path that listens without waiting, in place of
 * whatever was there; or -1 and a fault.
 */
int
    core_handover_listen(const char *path, struct core_fault *fault);

/* A connection to such a socket; or -1 and a fault, at once. */
int
    core_handover_connect(const char *path, struct core_fault *fault);

/* Sends copies of all descriptors to a peer, without waiting. */
bool
    core_handover_send(const struct core_handover *self, int peer);

/*
 * Receives what core_handover_send() has sent; the descriptors are the
 * caller's, close-on-exec.  As recv(2): 0 when the peer is gone, -1 and errno.
 */
ssize_t
    core_handover_receive(struct core_handover *self, int peer);

/*
 * Serves the descriptors at path from the loop until the process ends.  self
 * must live as long.  Returns -1 and a fault when the socket cannot be bound.
 */
int
    core_handover_serve(struct core_handover *self, core_loop_t *loop,
                        const char *path, struct core_fault *fault);

/*
 * Asks for the descriptors of the process that serves path, and waits for at
 * most a second.  Returns -1 and a fault when nobody gives any.  They are the
 * caller's, close-on-exec.
 */
int
    core_handover_fetch(struct core_handover *self, const char *path,
                        struct core_fault *fault);

#endif
