/*
 * address - where a stage listens, as the setting `listen` says it
 *
 *   dns://192.0.2.1:53   udp and tcp     (port 53 when none is given)
 *   tls://[2001:db8::1]  tcp             (853)
 *   https://127.0.0.1    tcp             (443; a path behind it is the stage's)
 *   quic://0.0.0.0:853   udp             (853)
 *   127.0.0.1:8080       tcp
 *   dns://:53            every address of the host, IPv4 and IPv6; also "*"
 *
 * Names are not looked up: a DNS server cannot ask the DNS where to listen.
 */

#ifndef CTL_ADDRESS_H
#define CTL_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "lib/host_port.h"

#define ADDRESS_TEXT_SIZE 80
#define ADDRESS_WHY_SIZE HOST_PORT_WHY_SIZE

struct address {
    bool udp;
    bool tcp;
    bool is_any;                        /* "*": IPv4 and IPv6 in one socket */
    struct sockaddr_storage where;
    socklen_t where_size;
    char text[ADDRESS_TEXT_SIZE];       /* "192.0.2.1:53", "[::1]:53", "*:53" */
};

/* Returns -1 and says why, in a few words, when text is no such place. */
int
    address_parse(struct address *self, const char *text,
                  char why[ADDRESS_WHY_SIZE]);

/* True when both ask for the same port of the same address and protocol, or one
   of them for that port of all addresses. */
bool
    address_collides(const struct address *self, const struct address *other);

#endif
