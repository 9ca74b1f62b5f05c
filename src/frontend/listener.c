/*
 * listener - the addresses that clients reach us at
 *
 * The options are set on sockets that were handed over too: whoever opened
 * them only knows where to, not what for.
 */

#include "frontend/listener.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define BUFFER (4 * 1024 * 1024)        /* the kernel takes what it allows */
#define URL_SIZE 256

static socklen_t
address_size(const struct listener *self)
{
    return self->address.any.sa_family == AF_INET
        ? sizeof self->address.v4 : sizeof self->address.v6;
}

static void
note_wildcard(struct listener *self)
{
    static const struct in6_addr all;

    self->is_wildcard = self->address.any.sa_family == AF_INET
        ? self->address.v4.sin_addr.s_addr == INADDR_ANY
        : memcmp(&self->address.v6.sin6_addr, &all, sizeof all) == 0;
}

static char everywhere[] = "::";

/* Splits "[::1]:53", "192.0.2.1:53" or ":53", in place. */
static bool
split(char *text, char **host, char **port)
{
    static char usual[] = "53";
    char *colon = strchr(text, ':');

    *port = usual;
    *host = text;
    if (text[0] == '[') {
        char *end = strchr(text, ']');

        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        if (end[1] == ':')
            *port = end + 2;
        *end = '\0';
        *host = text + 1;
    }
    else if (colon != NULL) {
        *colon = '\0';
        *port = colon + 1;
    }
    if (**host == '\0' || strcmp(*host, "*") == 0)
        *host = everywhere;
    return **port != '\0';
}

const char *
listener_text(const struct listener *self, char text[LISTENER_TEXT_SIZE])
{
    bool is_v4 = self->address.any.sa_family == AF_INET;
    char host[INET6_ADDRSTRLEN] = "";
    unsigned port = ntohs(is_v4 ? self->address.v4.sin_port
                                : self->address.v6.sin6_port);
    const char *form = is_v4 || self->is_dual ? "dns://%s:%u"
        : "dns://[%s]:%u";

    if (!self->is_dual)
        inet_ntop(self->address.any.sa_family, is_v4
                  ? (const void *) &self->address.v4.sin_addr
                  : (const void *) &self->address.v6.sin6_addr, host,
                  sizeof host);
    snprintf(text, LISTENER_TEXT_SIZE, form, host, port);
    return text;
}

static bool
is_port(const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);

    return isdigit((unsigned char) text[0]) && *end == '\0' && port > 0
        && port <= UINT16_MAX;
}

int
listener_read(struct listener *self, const char *url,
              struct core_fault *fault)
{
    static const char scheme[] = "dns://";
    struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
        .ai_socktype = SOCK_DGRAM,
    };
    struct addrinfo *found;
    char text[URL_SIZE];
    char *host, *port;

    *self = (struct listener) { .udp = -1, .tcp = -1 };
    if (strncmp(url, scheme, strlen(scheme)) != 0) {
        core_fault_set(fault, NULL, 0,
                       "%s: only dns:// can be listened on", url);
        return -1;
    }
    snprintf(text, sizeof text, "%s", url + strlen(scheme));
    if (!split(text, &host, &port) || !is_port(port)
        || getaddrinfo(host, port, &hints, &found) != 0) {
        core_fault_set(fault, NULL, 0, "%s: not dns://ADDRESS[:PORT]", url);
        return -1;
    }
    memcpy(&self->address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    self->is_dual = host == everywhere;
    note_wildcard(self);
    return 0;
}

static void
set_option(int fd, int level, int option, int value)
{
    (void) setsockopt(fd, level, option, &value, sizeof value);
}

/* Fragments can be forged, so the path MTU that others tell us is ignored;
   the address a query came to is told where it is not known beforehand. */
static void
set_udp_options(const struct listener *self)
{
    set_option(self->udp, SOL_SOCKET, SO_RCVBUF, BUFFER);
    set_option(self->udp, SOL_SOCKET, SO_SNDBUF, BUFFER);
    if (self->address.any.sa_family == AF_INET) {
        set_option(self->udp, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
        set_option(self->udp, IPPROTO_IP, IP_PKTINFO, self->is_wildcard);
    }
    else {
        set_option(self->udp, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
                   IPV6_PMTUDISC_OMIT);
        set_option(self->udp, IPPROTO_IPV6, IPV6_RECVPKTINFO,
                   self->is_wildcard);
    }
}

static int
open_socket(const struct listener *self, int type)
{
    int family = self->address.any.sa_family;
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd == -1)
        return -1;
    if (type == SOCK_STREAM)
        set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (family == AF_INET6)
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !self->is_dual);
    if (bind(fd, &self->address.any, address_size(self)) == 0
        && (type != SOCK_STREAM || listen(fd, BACKLOG) == 0))
        return fd;

    int error = errno;

    close(fd);
    errno = error;
    return -1;
}

static void
set_bind_fault(const struct listener *self, const char *proto,
               struct core_fault *fault)
{
    const char *cause = strerror(errno);
    char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";

    getnameinfo(&self->address.any, address_size(self), host, sizeof host,
                port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    bool is_v6 = self->address.any.sa_family == AF_INET6;

    core_fault_set(fault, NULL, 0, "cannot bind %s%s%s:%s/%s: %s",
                   is_v6 ? "[" : "", host, is_v6 ? "]" : "", port, proto,
                   cause);
}

int
listener_open(struct listener *self, struct core_fault *fault)
{
    self->udp = open_socket(self, SOCK_DGRAM);
    if (self->udp == -1) {
        set_bind_fault(self, "udp", fault);
        return -1;
    }
    self->tcp = open_socket(self, SOCK_STREAM);
    if (self->tcp == -1) {
        set_bind_fault(self, "tcp", fault);
        listener_close(self);
        return -1;
    }
    set_udp_options(self);
    return 0;
}

/* True for a socket of IPv6 that takes IPv4 as well. */
static bool
takes_both(int fd)
{
    int is_v6_only = 1;
    socklen_t size = sizeof is_v6_only;

    return getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &is_v6_only, &size) == 0
        && !is_v6_only;
}

int
listener_take(struct listener *self, int udp, int tcp,
              struct core_fault *fault)
{
    socklen_t size = sizeof self->address;

    *self = (struct listener) { .udp = udp, .tcp = tcp };
    if (getsockname(udp, &self->address.any, &size) == -1
        || fcntl(udp, F_SETFL, O_NONBLOCK) == -1
        || fcntl(tcp, F_SETFL, O_NONBLOCK) == -1) {
        core_fault_set(fault, NULL, 0, "cannot use the socket handed over: %s",
                       strerror(errno));
        return -1;
    }
    note_wildcard(self);
    self->is_dual = self->is_wildcard && takes_both(udp);
    set_udp_options(self);
    return 0;
}

void
listener_close(struct listener *self)
{
    if (self->udp != -1)
        close(self->udp);
    if (self->tcp != -1)
        close(self->tcp);
    self->udp = self->tcp = -1;
}
