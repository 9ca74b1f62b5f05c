/*
 * host_port - "192.0.2.1:53", "[2001:db8::1]:53": an address and its port
 *
 * The host is read by getaddrinfo() with AI_NUMERICHOST, which knows all
 * spellings of an address.
 */

#include "lib/host_port.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* A port number that is the whole text, or -1. */
static int
port_from_text(const char *text)
{
    int port = 0;

    if (*text == '\0')
        return -1;
    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char) *text))
            return -1;
        port = port * 10 + (*text - '0');
        if (port > 65535)
            return -1;
    }
    return port > 0 ? port : -1;
}

/* Where the host ends: at the bracket, at the first colon, or with the text;
   NULL: nowhere. */
static const char *
find_end(const char *text)
{
    return *text == '[' ? strchr(text, ']') : text + strcspn(text, ":");
}

int
host_port_cut(const char *text, int fallback, char host[HOST_PORT_HOST_SIZE],
              int *port)
{
    const char *host_end = find_end(text);
    const char *rest = host_end;
    int skipped = *text == '[';

    if (rest != NULL && skipped)
        rest++;
    if (rest == NULL || (*rest != '\0' && *rest != ':')
        || host_end - text - skipped >= HOST_PORT_HOST_SIZE)
        return -1;
    snprintf(host, HOST_PORT_HOST_SIZE, "%.*s",
             (int) (host_end - text - skipped), text + skipped);
    *port = fallback;
    if (*rest == ':' || fallback == 0)
        *port = port_from_text(*rest == ':' ? rest + 1 : "");
    return 0;
}

static int
fail(char why[HOST_PORT_WHY_SIZE], const char *text)
{
    snprintf(why, HOST_PORT_WHY_SIZE, "%s", text);
    return -1;
}

int
host_port_address(const char *host, int port,
                  struct sockaddr_storage *address, socklen_t *size,
                  char why[HOST_PORT_WHY_SIZE])
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;

    if (*host == '\0' || getaddrinfo(host, NULL, &hints, &found) != 0)
        return fail(why, "not an address");
    memset(address, 0, sizeof *address);
    memcpy(address, found->ai_addr, found->ai_addrlen);
    *size = found->ai_addrlen;
    freeaddrinfo(found);
    if (port == -1)
        return fail(why, "needs a port from 1 to 65535");
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *) address)->sin6_port = htons((uint16_t) port);
    else
        ((struct sockaddr_in *) address)->sin_port = htons((uint16_t) port);
    return 0;
}

int
host_port_from_text(const char *text, int fallback,
                    struct sockaddr_storage *address, socklen_t *size,
                    char why[HOST_PORT_WHY_SIZE])
{
    char host[HOST_PORT_HOST_SIZE];
    int port;

    if (fallback != 0
        && host_port_address(text, fallback, address, size, why) == 0)
        return 0;
    if (host_port_cut(text, fallback, host, &port) == -1)
        return fail(why, "not an address");
    return host_port_address(host, port, address, size, why);
}

char *
host_port_to_text(char text[HOST_PORT_TEXT_SIZE],
                  const struct sockaddr_storage *address, socklen_t size)
{
    char host[HOST_PORT_HOST_SIZE] = "";
    char port[8] = "";

    getnameinfo((const struct sockaddr *) address, size, host, sizeof host,
                port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(text, HOST_PORT_TEXT_SIZE,
             strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
    return text;
}
