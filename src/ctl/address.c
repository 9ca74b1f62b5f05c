/*
 * address - where a stage listens, as the setting `listen` says it
 *
 * The text is cut into scheme, host and port here; the host is read by
 * getaddrinfo() with AI_NUMERICHOST, which knows all spellings of an address,
 * the zone of a link-local one ("fe80::1%eth0") included.
 */

#include "ctl/address.h"

#include <ctype.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_SIZE 64

static const struct scheme {
    const char *name;
    bool udp;
    bool tcp;
    int port;                           /* 0: must be given */
} schemes[] = {
    { "dns", true, true, 53 },
    { "tls", false, true, 853 },
    { "https", false, true, 443 },
    { "quic", true, false, 853 },
};

static const struct scheme bare = { "", false, true, 0 };

/* Finds the scheme and moves *text_p behind its "://"; NULL: unknown. */
static const struct scheme *
cut_scheme(const char **text_p)
{
    const char *end = strstr(*text_p, "://");

    if (end == NULL)
        return &bare;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t size = strlen(schemes[i].name);

        if ((size_t)(end - *text_p) == size
            && strncmp(*text_p, schemes[i].name, size) == 0) {
            *text_p = end + strlen("://");
            return &schemes[i];
        }
    }
    return NULL;
}

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

/*
 * Cuts "host:port", "[host]:port" or "host" (ended by '/' or the end) into
 * host and port text; port text is "" when there is none.
 */
static int
cut_host(const char *text, char host[HOST_SIZE], char port[HOST_SIZE])
{
    const char *host_end;
    const char *port_start;
    const char *end = text + strcspn(text, "/");

    if (*text == '[') {
        text++;
        host_end = memchr(text, ']', (size_t)(end - text));
        if (host_end == NULL)
            return -1;
        port_start = host_end + 1;
    }
    else {
        host_end = memchr(text, ':', (size_t)(end - text));
        if (host_end == NULL)
            host_end = end;
        port_start = host_end;
    }
    if (port_start != end && *port_start++ != ':')
        return -1;
    if (host_end - text >= HOST_SIZE || end - port_start >= HOST_SIZE)
        return -1;
    snprintf(host, HOST_SIZE, "%.*s", (int)(host_end - text), text);
    snprintf(port, HOST_SIZE, "%.*s", (int)(end - port_start), port_start);
    return 0;
}

static void
set_port(struct address *self, int port)
{
    if (self->where.ss_family == AF_INET6)
        ((struct sockaddr_in6 *) &self->where)->sin6_port
            = htons((uint16_t) port);
    else
        ((struct sockaddr_in *) &self->where)->sin_port
            = htons((uint16_t) port);
}

static int
read_host(struct address *self, const char *host)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;

    self->is_any = strcmp(host, "*") == 0 || *host == '\0';
    if (getaddrinfo(self->is_any ? "::" : host, NULL, &hints, &found) != 0)
        return -1;
    memcpy(&self->where, found->ai_addr, found->ai_addrlen);
    self->where_size = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

static void
write_text(struct address *self, int port)
{
    char host[HOST_SIZE] = "*";

    if (!self->is_any)
        getnameinfo((struct sockaddr *) &self->where, self->where_size,
                    host, sizeof host, NULL, 0, NI_NUMERICHOST);

    const char *form = strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d";

    snprintf(self->text, sizeof self->text, form, host, port);
}

int
address_parse(struct address *self, const char *text,
              char why[ADDRESS_WHY_SIZE])
{
    char host[HOST_SIZE];
    char port_text[HOST_SIZE];

    memset(self, 0, sizeof *self);

    const struct scheme *scheme = cut_scheme(&text);

    if (scheme == NULL) {
        snprintf(why, ADDRESS_WHY_SIZE, "unknown scheme: "
                 "dns, tls, https and quic are known");
        return -1;
    }
    if (cut_host(text, host, port_text) == -1 || read_host(self, host) == -1) {
        snprintf(why, ADDRESS_WHY_SIZE, "not an address");
        return -1;
    }

    int port = scheme->port;

    if (*port_text != '\0' || port == 0)
        port = port_from_text(port_text);
    if (port == -1) {
        snprintf(why, ADDRESS_WHY_SIZE, "needs a port from 1 to 65535");
        return -1;
    }
    self->udp = scheme->udp;
    self->tcp = scheme->tcp;
    set_port(self, port);
    write_text(self, port);
    return 0;
}

static unsigned
port_of(const struct address *self)
{
    const struct sockaddr_in *v4 = (const void *) &self->where;
    const struct sockaddr_in6 *v6 = (const void *) &self->where;

    return self->where.ss_family == AF_INET ? v4->sin_port : v6->sin6_port;
}

/* All addresses of its family, or of both. */
static bool
is_wildcard(const struct address *self)
{
    const struct sockaddr_in *v4 = (const void *) &self->where;
    const struct sockaddr_in6 *v6 = (const void *) &self->where;

    return self->where.ss_family == AF_INET
        ? v4->sin_addr.s_addr == htonl(INADDR_ANY)
        : IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}

bool
address_collides(const struct address *self, const struct address *other)
{
    bool has_both = self->is_any || other->is_any
        || self->where.ss_family == other->where.ss_family;

    if (!(self->udp && other->udp) && !(self->tcp && other->tcp))
        return false;
    return strcmp(self->text, other->text) == 0
        || (port_of(self) == port_of(other) && has_both
            && (is_wildcard(self) || is_wildcard(other)));
}
