/*
 * making - replies that are made up
 */

#include "chaos/making.h"

#include "coredns/name.h"
#include "coredns/rrtype.h"

#define TTL 0
#define LARGE_COUNT 30
#define KEPT_FLAGS (CORE_AA | CORE_RA | CORE_AD)

static const uint8_t ipv4[4] = { 192, 0, 2, 53 };
static const uint8_t ipv6[16] = {
    0x20, 0x01, 0x0d, 0xb8, [15] = 0x53
};

static void
add(struct core_writer *writer, const struct core_message *query,
    const uint8_t *owner, uint16_t type, const uint8_t *rdata, size_t size)
{
    core_writer_rr(writer, CORE_ANSWER, owner, type, query->qclass, TTL,
                   rdata, size);
}

static void
add_soa(struct core_writer *writer, const struct core_message *query)
{
    static const uint8_t rdata[] =
        "\003sns\003dns\005icann\003org\0" "\003noc\003dns\005icann\003org\0"
        "\x78\x49\x03\x09"              /* the serial, 2018050825 */
        "\0\0\x1c\x20" "\0\0\x0e\x10" "\0\x12\x75\0" "\0\0\x0e\x10";

    add(writer, query, query->qname, CORE_SOA, rdata, sizeof rdata - 1);
}

/* Two servers below the zone itself; a longer name has no room for them. */
static void
add_servers(struct core_writer *writer, const struct core_message *query)
{
    static const uint8_t labels[2][3] = { "\001a", "\001b" };
    static const uint8_t addresses[2][16] = {
        { 0x20, 0x01, 0x0b, 0xd8, [15] = 0x53 },
        { 0x20, 0x01, 0x05, 0x00, [15] = 0x54 },
    };
    uint8_t names[2][CORE_NAME_SIZE];

    for (unsigned i = 0; i < 2; i++)
        if (core_name_join(names[i], labels[i], 1, query->qname) == -1)
            return;
    for (unsigned i = 0; i < 2; i++)
        add(writer, query, query->qname, CORE_NS, names[i],
            core_name_size(names[i]));
    for (unsigned i = 0; i < 2; i++)
        add(writer, query, names[i], CORE_AAAA, addresses[i],
            sizeof addresses[i]);
}

void
making_answer(struct core_writer *writer, const struct core_message *query,
              enum making_size size, uint16_t flags)
{
    unsigned count = size == MAKING_LARGE ? LARGE_COUNT : 1;

    switch (query->qtype) {
    case CORE_A:
        while (count-- > 0)
            add(writer, query, query->qname, CORE_A, ipv4, sizeof ipv4);
        break;
    case CORE_AAAA:
        add(writer, query, query->qname, CORE_AAAA, ipv6, sizeof ipv6);
        break;
    case CORE_AXFR:
        add_soa(writer, query);
        add_servers(writer, query);
        add_soa(writer, query);
        break;
    default:
        core_writer_end(writer, 0, CORE_SERVFAIL);
        return;
    }
    core_writer_end(writer, (uint16_t) (CORE_AA | flags), CORE_NOERROR);
}

void
making_truncated(struct core_writer *writer, const struct core_message *reply)
{
    core_writer_end(writer, (uint16_t) ((reply->flags & KEPT_FLAGS) | CORE_TC),
                    core_message_rcode(reply));
}
