/*
 * target - where an upstream is, as the setting `to` says it
 *
 * The text is taken apart from its ends: scheme in front, resource and port
 * behind, then "%NAME"; what is left is an address or a name.
 */

#include "forward/target.h"

#include <arpa/inet.h>
#include <assert.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/name.h"

#define DNS_PORT 53
#define TLS_PORT 853
#define HTTPS_PORT 443
#define RESOURCE "/dns-query"          /* when none is given */

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

/* What a text consists of, each part cut out. */
struct parts {
    char host[TARGET_HOST_SIZE];
    char behind_percent[TARGET_HOST_SIZE];
    char port[8];
};

bool
target_is_ipv4(const struct target *self)
{
    return memcmp(self->address, mapped, sizeof mapped) == 0;
}

static const struct scheme {
    const char *word;
    enum target_transport transport;
    uint16_t port;
} schemes[] = {
    { "dns", TARGET_DNS, DNS_PORT },
    { "tls", TARGET_TLS, TLS_PORT },
    { "https", TARGET_HTTPS, HTTPS_PORT },
};

static int
read_scheme(struct target *self, const char **text_p,
            struct core_fault *fault)
{
    const char *text = *text_p;
    const char *end = strstr(text, "://");

    self->transport = TARGET_DNS;
    self->port = DNS_PORT;
    if (end == NULL)
        return 0;
    *text_p = end + strlen("://");
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        const struct scheme *scheme = &schemes[i];

        if (strlen(scheme->word) == (size_t) (end - text)
            && strncmp(text, scheme->word, strlen(scheme->word)) == 0) {
            self->transport = scheme->transport;
            self->port = scheme->port;
            return 0;
        }
    }
    core_fault_set(fault, NULL, 0,
                   "%s: %.*s:// is not supported, only dns://, tls:// and "
                   "https://", text, (int) (end - text), text);
    return -1;
}

/* What a path and a query may consist of (RFC 3986 section 3.3). */
static const char resource_letters[] = "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?%";

/* Cuts off what is behind the first slash, and keeps it as the resource. */
static int
read_resource(struct target *self, char *text, struct core_fault *fault)
{
    char *slash = strchr(text, '/');

    if (self->transport != TARGET_HTTPS || slash == NULL) {
        strcpy(self->resource, RESOURCE);
        return 0;
    }
    if (strlen(slash) >= sizeof self->resource
        || strspn(slash, resource_letters) != strlen(slash)) {
        core_fault_set(fault, NULL, 0, "not the path of a resource: %s",
                       slash);
        return -1;
    }
    strcpy(self->resource, slash);
    *slash = '\0';
    return 0;
}

static int
copy_part(char *part, size_t part_size, const char *from, size_t size)
{
    if (size >= part_size)
        return -1;
    memcpy(part, from, size);
    part[size] = '\0';
    return 0;
}

/* "[host%name]:port", "host%name:port", or a bare IPv6 address. */
static int
split(struct parts *parts, const char *text)
{
    const char *end = text + strlen(text);
    const char *colon = strchr(text, ':');
    const char *percent = strchr(text, '%');

    memset(parts, 0, sizeof *parts);
    if (*text == '[') {
        const char *bracket = strchr(++text, ']');

        if (bracket == NULL || (bracket[1] != '\0' && bracket[1] != ':'))
            return -1;
        if (bracket[1] == ':'
            && (bracket[2] == '\0'
                || copy_part(parts->port, sizeof parts->port, bracket + 2,
                             strlen(bracket + 2)) == -1))
            return -1;
        end = bracket;
    }
    else if (colon != NULL
             && (strchr(colon + 1, ':') == NULL
                 || (percent != NULL && percent < colon))) {
        if (colon[1] == '\0'
            || copy_part(parts->port, sizeof parts->port, colon + 1,
                         strlen(colon + 1)) == -1)
            return -1;
        end = colon;
    }
    if (percent != NULL && percent < end) {
        if (copy_part(parts->behind_percent, sizeof parts->behind_percent,
                      percent + 1, (size_t) (end - percent - 1)) == -1
            || parts->behind_percent[0] == '\0')
            return -1;
        end = percent;
    }
    return copy_part(parts->host, sizeof parts->host, text,
                     (size_t) (end - text));
}

static int
read_port(struct target *self, const char *text)
{
    if (*text == '\0')
        return 0;
    if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 5)
        return -1;

    long port = strtol(text, NULL, 10);

    if (port < 1 || port > 65535)
        return -1;
    self->port = (uint16_t) port;
    return 0;
}

static int
read_address(struct target *self, const char *host)
{
    if (inet_pton(AF_INET, host, self->address + sizeof mapped) == 1) {
        memcpy(self->address, mapped, sizeof mapped);
        return 0;
    }
    return inet_pton(AF_INET6, host, self->address) == 1 ? 0 : -1;
}

/* A name that could be a host's; one of digits and dots is a mistyped
   address. */
static bool
is_host(const char *text)
{
    uint8_t name[CORE_NAME_SIZE];

    return *text != '\0' && strspn(text, "0123456789.") != strlen(text)
        && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789-_.") == strlen(text)
        && core_name_from_text(name, text, NULL) > 1;
}

/* What stands behind '%': the server's name, or a link-local address's
   interface. */
static int
read_percent(struct target *self, const char *text, struct core_fault *fault)
{
    bool is_link_local = self->kind == TARGET_ADDRESS
        && self->address[0] == 0xfe && (self->address[1] & 0xc0) == 0x80;

    if (*text == '\0')
        return 0;
    if (is_link_local && (self->scope = if_nametoindex(text)) != 0)
        return 0;
    if (target_is_encrypted(self)) {
        snprintf(self->servername, sizeof self->servername, "%s", text);
        return 0;
    }
    core_fault_set(fault, NULL, 0,
                   is_link_local
                       ? "no such interface: %s"
                       : "%%%s: only tls:// and https:// have a server name",
                   text);
    return -1;
}

int
target_from_text(struct target *self, const char *text,
                 struct core_fault *fault)
{
    const char *rest = text;
    char place[TARGET_TEXT_SIZE];
    struct parts parts;

    memset(self, 0, sizeof *self);
    if (*text == '/') {
        self->kind = TARGET_FILE;
        self->port = DNS_PORT;
        self->path = text;
        return 0;
    }
    if (read_scheme(self, &rest, fault) == -1)
        return -1;
    if (strlen(rest) >= sizeof place) {
        core_fault_set(fault, NULL, 0, "too long: %s", text);
        return -1;
    }
    strcpy(place, rest);
    if (read_resource(self, place, fault) == -1)
        return -1;
    if (split(&parts, place) == -1) {
        core_fault_set(fault, NULL, 0, "not an address, name or file: %s",
                       text);
        return -1;
    }
    if (read_port(self, parts.port) == -1) {
        core_fault_set(fault, NULL, 0, "not a port: %s", parts.port);
        return -1;
    }
    if (read_address(self, parts.host) == -1) {
        self->kind = TARGET_HOST;
        if (!is_host(parts.host)) {
            core_fault_set(fault, NULL, 0, "not an address, name or file: %s",
                           text);
            return -1;
        }
        memcpy(self->host, parts.host, sizeof self->host);
    }
    return read_percent(self, parts.behind_percent, fault);
}

char *
target_to_text(const struct target *self, char text[TARGET_TEXT_SIZE])
{
    static const char *const in_front[] = {
        [TARGET_DNS] = "", [TARGET_TLS] = "tls://", [TARGET_HTTPS] = "https://",
    };
    char address[INET6_ADDRSTRLEN];
    const char *host = address;
    bool is_ipv6 = false;

    if (self->kind == TARGET_FILE) {
        snprintf(text, TARGET_TEXT_SIZE, "%s", self->path);
        return text;
    }
    if (self->kind == TARGET_HOST)
        host = self->host;
    else if (target_is_ipv4(self))
        inet_ntop(AF_INET, self->address + sizeof mapped, address,
                  sizeof address);
    else {
        is_ipv6 = true;
        inet_ntop(AF_INET6, self->address, address, sizeof address);
    }
    snprintf(text, TARGET_TEXT_SIZE, "%s%s%s%s:%u%s",
             in_front[self->transport], is_ipv6 ? "[" : "", host,
             is_ipv6 ? "]" : "", (unsigned) self->port,
             self->transport == TARGET_HTTPS ? self->resource : "");
    return text;
}

socklen_t
target_socket_address(const struct target *self,
                      struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    if (target_is_ipv4(self)) {
        struct sockaddr_in v4 = { .sin_family = AF_INET };

        v4.sin_port = htons(self->port);
        memcpy(&v4.sin_addr, self->address + sizeof mapped, 4);
        memcpy(address, &v4, sizeof v4);
        return sizeof v4;
    }

    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    v6.sin6_port = htons(self->port);
    v6.sin6_scope_id = self->scope;
    memcpy(&v6.sin6_addr, self->address, 16);
    memcpy(address, &v6, sizeof v6);
    return sizeof v6;
}

bool
target_is_encrypted(const struct target *self)
{
    return self->transport != TARGET_DNS;
}

bool
target_equal(const struct target *left, const struct target *right)
{
    return left->kind == right->kind && left->transport == right->transport
        && left->port == right->port && left->scope == right->scope
        && memcmp(left->address, right->address, sizeof left->address) == 0
        && strcmp(left->host, right->host) == 0
        && strcmp(left->servername, right->servername) == 0
        && strcmp(left->resource, right->resource) == 0;
}
