/*
 * pcap - items as packets, for those who read captures
 *
 * The classic file format, little-endian, with packets that begin with their IP
 * header (LINKTYPE_RAW).  There never were such packets: the client is that of
 * the record, the server an address of documentation (RFC 5737, RFC 3849), and
 * whatever the transport was, it is shown as UDP.
 */

#include <string.h>

#include "tap/format.h"

#define MAGIC 0xa1b2c3d4                /* microseconds */
#define LINKTYPE_RAW 101
#define SERVER_PORT 53
#define UDP_HEADER 8
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define PACKET_HEADER 16                /* of the file, in front of each */
#define PROTOCOL_UDP 17
#define HOPS 64
#define SNAPLEN (IPV6_HEADER + 65535)

static void
put32(uint8_t *octets, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        octets[i] = (uint8_t) (value >> 8 * i);
}

static void
begin(struct core_sheet *sheet)
{
    uint8_t head[24] = { [4] = 2, [6] = 4 };    /* version 2.4, UTC */

    put32(head, MAGIC);
    put32(head + 16, SNAPLEN);
    put32(head + 20, LINKTYPE_RAW);
    core_sheet_add(sheet, head, sizeof head);
}

/* ---- checksums (RFC 1071) ------------------------------------------------ */

static uint32_t
add_words(uint32_t sum, const uint8_t *octets, size_t size)
{
    for (; size > 1; octets += 2, size -= 2)
        sum += core_read16(octets);
    return size == 1 ? sum + ((uint32_t) *octets << 8) : sum;
}

static uint16_t
complement(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~sum;
}

/* ---- packets ------------------------------------------------------------- */

/* Both ends of a packet: where addresses and ports come from. */
struct ends {
    bool is_ipv4;
    const uint8_t *source, *destination;
    uint16_t source_port, destination_port;
};

static struct ends
ends_of(const struct item *item)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    static const uint8_t server_ipv4[4] = { 192, 0, 2, 53 };
    static const uint8_t server_ipv6[16] = {
        0x20, 0x01, 0x0d, 0xb8, [15] = 0x53
    };
    const uint8_t *client = item->record->client;
    bool is_ipv4 = memcmp(client, mapped, sizeof mapped) == 0;
    const uint8_t *server = is_ipv4 ? server_ipv4 : server_ipv6;
    uint16_t port = item->record->client_port;

    if (is_ipv4)
        client += sizeof mapped;
    if (item->kind == ITEM_QUERY)
        return (struct ends) { is_ipv4, client, server, port, SERVER_PORT };
    return (struct ends) { is_ipv4, server, client, SERVER_PORT, port };
}

static size_t
write_ipv4(uint8_t *packet, const struct ends *ends, size_t udp_size)
{
    packet[0] = 0x45;
    core_write16(packet + 2, (uint16_t) (IPV4_HEADER + udp_size));
    packet[6] = 0x40;                   /* is not to be fragmented */
    packet[8] = HOPS;
    packet[9] = PROTOCOL_UDP;
    memcpy(packet + 12, ends->source, 4);
    memcpy(packet + 16, ends->destination, 4);
    core_write16(packet + 10, complement(add_words(0, packet, IPV4_HEADER)));
    return IPV4_HEADER;
}

static size_t
write_ipv6(uint8_t *packet, const struct ends *ends, size_t udp_size)
{
    packet[0] = 0x60;
    core_write16(packet + 4, (uint16_t) udp_size);
    packet[6] = PROTOCOL_UDP;
    packet[7] = HOPS;
    memcpy(packet + 8, ends->source, 16);
    memcpy(packet + 24, ends->destination, 16);
    return IPV6_HEADER;
}

/* The header in front of a message, with its checksum. */
static void
write_udp(uint8_t *udp, const struct ends *ends, const uint8_t *message,
          size_t size)
{
    size_t address_size = ends->is_ipv4 ? 4 : 16;
    uint32_t sum = PROTOCOL_UDP + (uint32_t) (UDP_HEADER + size);
    uint16_t checksum;

    core_write16(udp, ends->source_port);
    core_write16(udp + 2, ends->destination_port);
    core_write16(udp + 4, (uint16_t) (UDP_HEADER + size));
    sum = add_words(sum, ends->source, address_size);
    sum = add_words(sum, ends->destination, address_size);
    sum = add_words(sum, udp, UDP_HEADER);
    checksum = complement(add_words(sum, message, size));
    core_write16(udp + 6, checksum == 0 ? 0xffff : checksum);
}

/* All in front of the message; returns its size. */
static size_t
write_headers(uint8_t *head, const struct item *item, const struct ends *ends,
              size_t size)
{
    uint8_t *packet = head + PACKET_HEADER;
    size_t ip_size = ends->is_ipv4
        ? write_ipv4(packet, ends, UDP_HEADER + size)
        : write_ipv6(packet, ends, UDP_HEADER + size);
    uint32_t packet_size = (uint32_t) (ip_size + UDP_HEADER + size);

    write_udp(packet + ip_size, ends, item->record->message, size);
    put32(head, (uint32_t) (item->real_us / 1000000));
    put32(head + 4, (uint32_t) (item->real_us % 1000000));
    put32(head + 8, packet_size);
    put32(head + 12, packet_size);
    return PACKET_HEADER + ip_size + UDP_HEADER;
}

static bool
write_item(struct core_sheet *sheet, const struct item *item)
{
    uint8_t head[PACKET_HEADER + IPV6_HEADER + UDP_HEADER] = { 0 };
    struct ends ends = ends_of(item);
    size_t start = sheet->size;
    size_t size = item->record->message_size;
    size_t most = 65535 - UDP_HEADER - (ends.is_ipv4 ? IPV4_HEADER : 0);

    if (size > most)
        size = most;                    /* UDP takes no more */
    core_sheet_add(sheet, head, write_headers(head, item, &ends, size));
    core_sheet_add(sheet, item->record->message, size);
    if (!sheet->is_full)
        return true;
    core_sheet_rewind(sheet, start);
    return false;
}

const struct format pcap_format = {
    .name = "pcap", .begin = begin, .write = write_item,
};
