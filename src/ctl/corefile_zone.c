/*
 * corefile_zone - zones as a Corefile writes them: names and networks
 */

#include "ctl/corefile_zone.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "lib/arena.h"

static void
append(struct corefile_zones *zones, struct core_arena *memory,
       const char *text)
{
    zones->items = core_grow(zones->items, zones->count, &zones->capacity,
                             sizeof *zones->items);
    zones->items[zones->count++] =
        core_arena_copy(memory, text, strlen(text) + 1);
}

/* Digits and nothing else, up to limit. */
static bool
read_number(const char *text, unsigned limit, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    *number = (unsigned) value;
    return isdigit((unsigned char) *text) && *end == '\0' && value <= limit;
}

/* The zone of so many labels of an address, 8 or 4 bits each. */
static void
append_reverse(struct corefile_zones *zones, struct core_arena *memory,
               const uint8_t *address, unsigned labels, bool is_ipv6)
{
    char text[128] = "";
    size_t size = 0;

    for (unsigned i = labels; i-- > 0;)
        if (is_ipv6)
            size += (size_t) snprintf(text + size, sizeof text - size, "%x.",
                                      address[i / 2] >> (i % 2 ? 0 : 4) & 15);
        else
            size += (size_t) snprintf(text + size, sizeof text - size, "%u.",
                                      address[i]);
    snprintf(text + size, sizeof text - size,
             is_ipv6 ? "ip6.arpa." : "in-addr.arpa.");
    append(zones, memory, text);
}

static const char *
add_network(struct corefile_zones *zones, struct core_arena *memory,
            char *text)
{
    uint8_t address[16];
    char *slash = strchr(text, '/');
    bool is_ipv6 = strchr(text, ':') != NULL;
    unsigned size = is_ipv6 ? 4 : 8;    /* bits of a label */
    unsigned bits;

    *slash = '\0';
    if (inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text, address) != 1
        || !read_number(slash + 1, is_ipv6 ? 128 : 32, &bits))
        return "not a network";

    unsigned labels = (bits + size - 1) / size;
    unsigned count = 1u << (labels * size - bits);
    unsigned octet = is_ipv6 ? (labels - 1) / 2 : labels - 1;
    unsigned shift = is_ipv6 && labels % 2 == 1 ? 4 : 0;

    for (unsigned i = 0; i < count; i++) {
        if (labels > 0) {
            unsigned mask = (count - 1) << shift;

            address[octet] = (uint8_t) ((address[octet] & ~mask)
                                        | i << shift);
        }
        append_reverse(zones, memory, address, labels, is_ipv6);
    }
    return NULL;
}

static const char *
add_name(struct corefile_zones *zones, struct core_arena *memory,
         const char *text)
{
    uint8_t name[CORE_NAME_SIZE];
    char absolute[CORE_NAME_TEXT_SIZE];

    if (core_name_from_text(name, *text == '\0' ? "." : text, NULL) == -1)
        return "not a domain name";
    core_name_lower(name);
    append(zones, memory, core_name_to_text(absolute, name));
    return NULL;
}

const char *
corefile_zones_add(struct corefile_zones *zones, struct core_arena *memory,
                   const char *text)
{
    if (strchr(text, '/') == NULL)
        return add_name(zones, memory, text);

    char *copy = core_copy_text(text);
    const char *wrong = add_network(zones, memory, copy);

    free(copy);
    return wrong;
}

bool
corefile_zone_covers(const char *zone, const char *name)
{
    uint8_t above[CORE_NAME_SIZE], below[CORE_NAME_SIZE];

    core_name_from_text(above, zone, NULL);
    core_name_from_text(below, name, NULL);
    return core_name_is_below(below, above);
}

/* Cuts the scheme off; what is wrong with it, or NULL. */
static const char *
cut_scheme(char **text)
{
    char *end = strstr(*text, "://");

    if (end == NULL)
        return NULL;
    if (strncmp(*text, "dns://", strlen("dns://")) != 0)
        return "this scheme is not supported yet, only dns://";
    *text = end + strlen("://");
    return NULL;
}

const char *
corefile_zones_add_key(struct corefile_zones *zones,
                       struct core_arena *memory, const char *key,
                       unsigned *port)
{
    char *copy = core_copy_text(key);
    char *text = copy;
    const char *wrong = cut_scheme(&text);
    char *slash = strchr(text, '/');
    char *colon = strrchr(slash == NULL ? text : slash, ':');

    *port = COREFILE_PORT;
    if (wrong == NULL && colon != NULL) {
        *colon = '\0';
        if (!read_number(colon + 1, UINT16_MAX, port) || *port == 0)
            wrong = "not a port";
    }
    if (wrong == NULL)
        wrong = corefile_zones_add(zones, memory, text);
    free(copy);
    return wrong;
}

bool
corefile_zones_have(const struct corefile_zones *zones, const char *zone)
{
    for (size_t i = 0; i < zones->count; i++)
        if (strcmp(zones->items[i], zone) == 0)
            return true;
    return false;
}

void
corefile_zones_append(struct corefile_zones *zones, const char *zone)
{
    if (corefile_zones_have(zones, zone))
        return;
    zones->items = core_grow(zones->items, zones->count, &zones->capacity,
                             sizeof *zones->items);
    zones->items[zones->count++] = zone;
}
