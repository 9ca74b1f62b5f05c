/*
 * portrait - a client's address, port and transport, as records
 */

#include "whoami/portrait.h"

#include <string.h>

#include "coredns/rrtype.h"

#define TTL 0                           /* the next one is somebody else */

static void
write_address(struct core_writer *writer, const struct core_message *query,
              const uint8_t address[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    bool is_ipv4 = memcmp(address, mapped, sizeof mapped) == 0;

    core_writer_rr(writer, CORE_ADDITIONAL, query->qname,
                   is_ipv4 ? CORE_A : CORE_AAAA, query->qclass, TTL,
                   address + (is_ipv4 ? sizeof mapped : 0), is_ipv4 ? 4 : 16);
}

static void
write_port(struct core_writer *writer, const struct core_message *query,
           const struct core_record *client)
{
    static const uint8_t labels[2][6] = { "\x04" "_tcp", "\x04" "_udp" };
    uint8_t owner[CORE_NAME_SIZE];
    uint8_t rdata[7] = { 0 };           /* priority, weight, port, the root */

    if (core_name_join(owner, labels[client->transport == CORE_UDP], 1,
                       query->qname) == -1)
        return;
    core_write16(rdata + 4, client->client_port);
    core_writer_rr(writer, CORE_ADDITIONAL, owner, CORE_SRV, query->qclass,
                   TTL, rdata, sizeof rdata);
}

void
portrait_write(struct core_writer *writer, const struct core_message *query,
               const struct core_record *client)
{
    write_address(writer, query, client->client);
    write_port(writer, query, client);
    core_writer_end(writer, CORE_AA, CORE_NOERROR);
}
