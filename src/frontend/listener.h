/*
 * listener - the addresses that clients reach us at
 *
 * "dns://192.0.2.1", "dns://[2001:db8::1]:5300", "dns://0.0.0.0:53", or
 * "dns://:53" for all addresses of the host, IPv4 and IPv6: UDP and TCP both.
 * An IPv6 link-local address has its interface behind a '%'.
 */

#ifndef FRONTEND_LISTENER_H
#define FRONTEND_LISTENER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "coredns/fault.h"

#define LISTENERS 28                    /* of one process, at most */

struct listener {
    int udp;
    int tcp;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    bool is_wildcard;                   /* bound to all addresses */
    bool is_dual;                       /* IPv4 and IPv6 in one socket */
};

/* Reads the address of a setting; -1 and a fault for what is none. */
int
    listener_read(struct listener *self, const char *url,
                  struct core_fault *fault);

/* "dns://192.0.2.1:53", "dns://[2001:db8::1]:53", or "dns://:53". */
#define LISTENER_TEXT_SIZE 64
const char *
    listener_text(const struct listener *self,
                  char text[LISTENER_TEXT_SIZE]);

/* Opens the sockets; -1 and a fault when that is not possible. */
int
    listener_open(struct listener *self, struct core_fault *fault);

/* Takes over sockets that somebody else has opened. */
int
    listener_take(struct listener *self, int udp, int tcp,
                  struct core_fault *fault);

/* Closes the sockets. */
void
    listener_close(struct listener *self);

#endif
