/*
 * listener - where HTTP is served
 *
 * The supervisor opens the addresses of `listen`, and hands them over.  The
 * other ones we open ourselves: they need no privilege, and nobody waits in
 * their queue while we are away.
 */

#include "health/listener.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define UNPRIVILEGED_PORT 1024
#define HOST_SIZE 64
#define BACKLOG 64

/* Cuts "HOST:PORT" or "[HOST]:PORT" in two; false when it is not that form. */
static bool
cut(const char *text, char host[HOST_SIZE], char port[HOST_SIZE])
{
    const char *colon = strrchr(text, ':');

    if (colon == NULL || strlen(colon + 1) > 5 || !isdigit(colon[1]))
        return false;
    strcpy(port, colon + 1);
    if (port[strspn(port, "0123456789")] != '\0' || atoi(port) == 0
        || atoi(port) > 65535)
        return false;

    size_t size = (size_t) (colon - text);
    bool has_brackets = size >= 2 && text[0] == '[' && colon[-1] == ']';

    if (has_brackets) {
        text++;
        size -= 2;
    }
    else if (memchr(text, ':', size) != NULL)
        return false;
    if (size >= HOST_SIZE)
        return false;
    memcpy(host, text, size);
    host[size] = '\0';
    return true;
}

/* The address of the text, to be freed by freeaddrinfo(), or NULL. */
static struct addrinfo *
read_address(const char *text, bool *is_any)
{
    struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
        .ai_socktype = SOCK_STREAM,
    };
    struct addrinfo *found;
    char host[HOST_SIZE];
    char port[HOST_SIZE];

    if (strlen(text) >= LISTENER_TEXT_SIZE || !cut(text, host, port))
        return NULL;
    *is_any = host[0] == '\0' || strcmp(host, "*") == 0;
    if (getaddrinfo(*is_any ? "::" : host, port, &hints, &found) != 0)
        return NULL;
    return found;
}

void
listeners_check(const struct core_list *texts, const char *key,
                core_faults_t *faults)
{
    const char *const *items = texts->items;

    for (size_t i = 0; i < texts->count; i++) {
        bool is_any;
        struct addrinfo *address = read_address(items[i], &is_any);

        if (address == NULL)
            core_faults_add(faults, NULL, 0, "%s: not an address and a port, "
                            "as 127.0.0.1:8080: %s", key, items[i]);
        else
            freeaddrinfo(address);
    }
    if (texts->count > LISTENERS)
        core_faults_add(faults, NULL, 0, "%s: more than %d addresses", key,
                        LISTENERS);
}

void
listeners_check_ports(const struct core_list *texts, const char *key,
                      core_faults_t *faults)
{
    const char *const *items = texts->items;

    for (size_t i = 0; i < texts->count; i++) {
        const char *colon = strrchr(items[i], ':');
        int port = colon == NULL ? 0 : atoi(colon + 1);

        if (port > 0 && port < UNPRIVILEGED_PORT)
            core_faults_add(faults, NULL, 0, "%s[%zu]: %s: the port must be "
                            "above %d", key, i, items[i],
                            UNPRIVILEGED_PORT - 1);
    }
}

void
listeners_check_other(const struct core_list *texts, const char *key,
                      const struct core_list *other, const char *other_key,
                      core_faults_t *faults)
{
    const char *const *items = texts->items;
    const char *const *others = other->items;

    for (size_t i = 0; i < texts->count; i++)
        for (size_t j = 0; j < (texts == other ? i : other->count); j++)
            if (strcmp(items[i], others[j]) == 0)
                core_faults_add(faults, NULL, 0, "%s[%zu]: %s stands in %s "
                                "already", key, i, items[i], other_key);
}

/* ---- opening ------------------------------------------------------------- */

/* After a restart connections of before may still linger at the port. */
static int
bind_address(const struct addrinfo *address, bool is_any)
{
    int fd = socket(address->ai_family,
                    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    int v6_only = !is_any;

    if (fd == -1)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0
        && listen(fd, BACKLOG) == 0)
        return fd;

    int why = errno;

    close(fd);
    errno = why;
    return -1;
}

/* "*" is IPv4 alone on a host without IPv6. */
static int
bind_any_v4(const struct addrinfo *v6)
{
    const struct sockaddr_in6 *where = (const void *) v6->ai_addr;
    struct sockaddr_in v4 = { .sin_family = AF_INET,
                              .sin_port = where->sin6_port };
    struct addrinfo address = {
        .ai_family = AF_INET, .ai_addr = (struct sockaddr *) &v4,
        .ai_addrlen = sizeof v4,
    };

    return bind_address(&address, true);
}

static int
open_text(const char *text, struct core_fault *fault)
{
    bool is_any;
    struct addrinfo *address = read_address(text, &is_any);

    if (address == NULL) {
        core_fault_set(fault, NULL, 0, "not an address: %s", text);
        return -1;
    }

    int fd = bind_address(address, is_any);

    if (fd == -1 && errno == EAFNOSUPPORT && is_any)
        fd = bind_any_v4(address);
    if (fd == -1)
        core_fault_set(fault, NULL, 0, "cannot bind %s/tcp: %s", text,
                       strerror(errno));
    freeaddrinfo(address);
    return fd;
}

/* ---- the set ------------------------------------------------------------- */

static void
add(struct listeners *self, const char *text, int fd)
{
    snprintf(self->items[self->count].text, LISTENER_TEXT_SIZE, "%s", text);
    self->items[self->count].descriptor = fd;
    self->count++;
}

static int
find(const struct listeners *self, const char *text)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->items[i].text, text) == 0)
            return self->items[i].descriptor;
    return -1;
}

int
listeners_take(struct listeners *self, const char *text, int descriptor,
               struct core_fault *fault)
{
    int fd = self->count == LISTENERS ? -1
        : fcntl(descriptor, F_DUPFD_CLOEXEC, 3);

    if (fd == -1 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1) {
        core_fault_set(fault, NULL, 0, "cannot take the socket of %s", text);
        return -1;
    }
    add(self, text, fd);
    return 0;
}

bool
listeners_have(const struct listeners *self, int descriptor)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->items[i].descriptor == descriptor)
            return true;
    return false;
}

void
listeners_close_new(struct listeners *self, const struct listeners *before)
{
    for (size_t i = 0; i < self->count; i++)
        if (!listeners_have(before, self->items[i].descriptor))
            close(self->items[i].descriptor);
    self->count = 0;
}

int
listeners_open(struct listeners *self, const struct core_list *texts,
               const struct listeners *before, struct core_fault *fault)
{
    const char *const *items = texts->items;

    self->count = 0;
    for (size_t i = 0; i < texts->count && i < LISTENERS; i++) {
        int fd = find(before, items[i]);

        if (fd == -1)
            fd = open_text(items[i], fault);
        if (fd == -1) {
            listeners_close_new(self, before);
            return -1;
        }
        add(self, items[i], fd);
    }
    return 0;
}

void
listeners_close(struct listeners *self)
{
    static const struct listeners none = { .count = 0 };

    listeners_close_new(self, &none);
}
