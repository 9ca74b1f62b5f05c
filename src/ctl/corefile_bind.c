/*
 * corefile_bind - the directive bind: addresses and names of interfaces
 */

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "coredns/memory.h"
#include "lib/arena.h"

#include "ctl/corefile_directive.h"

static void
append(struct corefile_chain *chain, struct corefile_zones *list,
       const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return;
    list->items = core_grow(list->items, list->count, &list->capacity,
                            sizeof *list->items);
    list->items[list->count++] = core_arena_copy(chain->memory, text,
                                                 strlen(text) + 1);
}

/* Appends the address as text; false when it is none. */
static bool
append_address(struct corefile_chain *chain, struct corefile_zones *list,
               const struct sockaddr *address)
{
    char text[NI_MAXHOST];
    socklen_t size = address->sa_family == AF_INET6
        ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);

    if (getnameinfo(address, size, text, sizeof text, NULL, 0,
                    NI_NUMERICHOST) != 0)
        return false;
    append(chain, list, text);
    return true;
}

/* Appends the addresses of an interface; false when there is none. */
static bool
append_interface(struct corefile_chain *chain, struct corefile_zones *list,
                 const char *name)
{
    struct ifaddrs *all;
    bool is_found = false;

    if (getifaddrs(&all) == -1)
        return false;
    for (struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
        if (strcmp(one->ifa_name, name) == 0 && one->ifa_addr != NULL
            && (one->ifa_addr->sa_family == AF_INET
                || one->ifa_addr->sa_family == AF_INET6))
            is_found |= append_address(chain, list, one->ifa_addr);
    freeifaddrs(all);
    return is_found;
}

static void
append_words(struct corefile_chain *chain, const struct corefile_line *line,
             struct corefile_zones *list)
{
    struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM,
    };

    for (size_t i = 1; i < line->count; i++) {
        struct addrinfo *found;

        if (getaddrinfo(line->words[i], NULL, &hints, &found) == 0) {
            append_address(chain, list, found->ai_addr);
            freeaddrinfo(found);
        }
        else if (!append_interface(chain, list, line->words[i]))
            corefile_fail(chain, line, "neither an address nor an "
                          "interface: %s", line->words[i]);
    }
}

static bool
has(const struct corefile_zones *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

void
corefile_read_bind(struct corefile_chain *chain,
                   const struct corefile_line *line)
{
    struct corefile_zones wanted = { .items = NULL };
    struct corefile_zones except = { .items = NULL };

    chain->bind = line;
    append_words(chain, line, &wanted);
    for (size_t i = 0; i < line->body_count; i++)
        if (strcmp(line->body[i].words[0], "except") == 0)
            append_words(chain, &line->body[i], &except);
        else
            corefile_fail(chain, &line->body[i], "this option of bind is "
                          "not supported yet");
    for (size_t i = 0; i < wanted.count; i++)
        if (!has(&except, wanted.items[i]))
            append(chain, &chain->addresses, wanted.items[i]);
    if (wanted.count > 0 && chain->addresses.count == 0)
        corefile_fail(chain, line, "no address is left");
    free(wanted.items);
    free(except.items);
}
