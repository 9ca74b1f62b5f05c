/*
 * network - an address, or all addresses that begin alike
 *
 * IPv4 is kept in its mapped form (RFC 4291 section 2.5.5.2), so one
 * comparison serves both.
 */

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "coredns/setting.h"

#define MAPPED_BITS 96

/* Reads "24"; -1 for what is no number up to limit. */
static int
read_bits(const char *text, int limit)
{
    int bits = 0;

    if (*text == '\0' || strlen(text) > 3
        || strspn(text, "0123456789") != strlen(text))
        return -1;
    for (; *text != '\0'; text++)
        bits = bits * 10 + *text - '0';
    return bits <= limit ? bits : -1;
}

static void
clear_host_bits(struct core_network *network)
{
    for (unsigned bit = network->bits; bit < 128; bit++)
        network->address[bit / 8] &=
            (uint8_t) ~(0x80u >> (bit % 8));
}

int
core_network_from_text(const char *text, struct core_network *network)
{
    static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };
    char address[INET6_ADDRSTRLEN];
    struct core_network found;

    assert(text && network);

    size_t size = strcspn(text, "/");

    if (size >= sizeof address)
        return -1;
    memcpy(address, text, size);
    address[size] = '\0';

    int first_bits = 0;

    if (inet_pton(AF_INET, address, found.address + sizeof mapped) == 1) {
        memcpy(found.address, mapped, sizeof mapped);
        first_bits = MAPPED_BITS;
    } else if (inet_pton(AF_INET6, address, found.address) != 1) {
        return -1;
    }
    int bits = text[size] == '\0' ? 128 - first_bits
               : read_bits(text + size + 1, 128 - first_bits);

    if (bits == -1)
        return -1;
    found.bits = (uint8_t) (bits + first_bits);
    clear_host_bits(&found);
    *network = found;
    return 0;
}

bool
core_network_contains(const struct core_network *network,
                      const uint8_t address[16])
{
    unsigned whole = network->bits / 8;
    unsigned rest = network->bits % 8;

    if (memcmp(network->address, address, whole) != 0)
        return false;
    return rest == 0
        || ((network->address[whole] ^ address[whole]) >> (8 - rest)) == 0;
}
