/*
 * address - where a stage listens, as the setting `listen` says it
 */

#include "ctl/address.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

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

/* Cuts the path behind an address, which is the stage's, off. */
static void
cut_path(char rest[ADDRESS_TEXT_SIZE], const char *text)
{
    snprintf(rest, ADDRESS_TEXT_SIZE, "%.*s", (int) strcspn(text, "/"), text);
}

int
address_parse(struct address *self, const char *text,
              char why[ADDRESS_WHY_SIZE])
{
    char rest[ADDRESS_TEXT_SIZE];
    char host[HOST_PORT_HOST_SIZE];
    int port;

    memset(self, 0, sizeof *self);

    const struct scheme *scheme = cut_scheme(&text);

    if (scheme == NULL) {
        snprintf(why, ADDRESS_WHY_SIZE, "unknown scheme: "
                 "dns, tls, https and quic are known");
        return -1;
    }
    cut_path(rest, text);
    if (host_port_cut(rest, scheme->port, host, &port) == -1) {
        snprintf(why, ADDRESS_WHY_SIZE, "not an address");
        return -1;
    }
    self->is_any = strcmp(host, "*") == 0 || *host == '\0';
    if (host_port_address(self->is_any ? "::" : host, port, &self->where,
                          &self->where_size, why) == -1)
        return -1;
    self->udp = scheme->udp;
    self->tcp = scheme->tcp;
    if (self->is_any)
        snprintf(self->text, sizeof self->text, "*:%d", port);
    else
        host_port_to_text(self->text, &self->where, self->where_size);
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
