/*
 * target - where an upstream is, as the setting `to` says it
 *
 *   192.0.2.1   192.0.2.1:53   2001:db8::1   [2001:db8::1]:53
 *   dns://192.0.2.1   tls://192.0.2.1%dns.example.net:853
 *   https://dns.example.net   https://192.0.2.1%dns.example.net:443/dns-query
 *   dns.example.net   tls://dns.example.net     (names, to be resolved)
 *   /etc/resolv.conf                            (a file that names some)
 */

#ifndef FORWARD_TARGET_H
#define FORWARD_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "coredns/fault.h"

#define TARGET_HOST_SIZE 256            /* with its NUL */
#define TARGET_RESOURCE_SIZE 256        /* with its NUL */
#define TARGET_TEXT_SIZE (TARGET_HOST_SIZE + TARGET_RESOURCE_SIZE + 64)

enum target_kind { TARGET_ADDRESS, TARGET_HOST, TARGET_FILE };
enum target_transport { TARGET_DNS, TARGET_TLS, TARGET_HTTPS };

struct target {
    enum target_kind kind;
    enum target_transport transport;
    uint16_t port;
    uint32_t scope;                     /* of a link-local address, or 0 */
    uint8_t address[16];                /* IPv4 as ::ffff:a.b.c.d */
    char host[TARGET_HOST_SIZE];        /* TARGET_HOST: its name */
    char servername[TARGET_HOST_SIZE];  /* for TLS; "" when not given */
    char resource[TARGET_RESOURCE_SIZE];    /* for HTTPS: "/dns-query" */
    const char *path;                   /* TARGET_FILE; lent from the text */
};

/* Returns -1 and a fault (its text only) for what is none of the above. */
int
    target_from_text(struct target *self, const char *text,
                     struct core_fault *fault);

/* "192.0.2.1:53", "[2001:db8::1]:53", "tls://192.0.2.1:853",
   "https://192.0.2.1:443/dns-query". */
char *
    target_to_text(const struct target *self, char text[TARGET_TEXT_SIZE]);

/* The address for the system's calls; returns its size. */
socklen_t
    target_socket_address(const struct target *self,
                          struct sockaddr_storage *address);

bool
    target_is_ipv4(const struct target *self);

bool
    target_is_encrypted(const struct target *self);

/* True when both are the same address, port, transport, server name and
   resource. */
bool
    target_equal(const struct target *left, const struct target *right);

#endif
