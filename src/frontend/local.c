/*
 * local - names that mean the asker's own host, and so are nobody else's
 */

#include "frontend/local.h"

#include <stdbool.h>
#include <string.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"

#define TTL 604800                      /* a week; they never change */
#define SOA_TIMES 20

#define LABEL_127 "\x03" "127"
#define LABEL_IN_ADDR "\x07" "in-addr"
#define LABEL_ARPA "\x04" "arpa"

/* Names on the wire; the NUL of the text is the root. */
static const uint8_t localhost[] = "\x09" "localhost";
static const uint8_t hostmaster[] = "\x04" "root" "\x09" "localhost";
static const uint8_t loopback[] =
    "\x01" "1" "\x01" "0" "\x01" "0" LABEL_127 LABEL_IN_ADDR LABEL_ARPA;

static const uint8_t *const reverse_zones[] = {
    (const uint8_t *) "\x01" "0" LABEL_IN_ADDR LABEL_ARPA,
    (const uint8_t *) LABEL_127 LABEL_IN_ADDR LABEL_ARPA,
    (const uint8_t *) "\x03" "255" LABEL_IN_ADDR LABEL_ARPA,
};

static const uint8_t *
find_reverse_zone(const uint8_t *qname)
{
    for (size_t i = 0; i < sizeof reverse_zones / sizeof *reverse_zones; i++)
        if (core_name_is_below(qname, reverse_zones[i]))
            return reverse_zones[i];
    return NULL;
}

static bool
is_localhost(enum local_names names, const uint8_t *qname)
{
    return core_name_is_below(qname, localhost)
        || (names == LOCAL_PREFIX && qname[0] != 0
            && core_name_label_equal(qname, localhost));
}

static void
put(struct core_writer *writer, const struct core_message *query,
    const void *rdata, size_t rdata_size)
{
    core_writer_rr(writer, CORE_ANSWER, query->qname, query->qtype, CORE_IN,
                   TTL, rdata, rdata_size);
}

static void
put_soa(struct core_writer *writer, enum core_section section,
        const uint8_t *owner)
{
    uint8_t rdata[sizeof localhost + sizeof hostmaster + SOA_TIMES] = { 0 };
    uint8_t *times = rdata + sizeof localhost + sizeof hostmaster;

    memcpy(rdata, localhost, sizeof localhost);
    memcpy(rdata + sizeof localhost, hostmaster, sizeof hostmaster);
    core_write32(times, 1);             /* serial; then three times of zero */
    core_write32(times + 16, TTL);      /* minimum */
    core_writer_rr(writer, section, owner, CORE_SOA, CORE_IN, TTL, rdata,
                   sizeof rdata);
}

static void
answer_localhost(struct core_writer *writer, const struct core_message *query)
{
    static const uint8_t ipv4[4] = { 127, 0, 0, 1 };
    static const uint8_t ipv6[16] = { [15] = 1 };

    if (query->qtype == CORE_A)
        put(writer, query, ipv4, sizeof ipv4);
    else if (query->qtype == CORE_AAAA)
        put(writer, query, ipv6, sizeof ipv6);
}

static void
answer_apex(struct core_writer *writer, const struct core_message *query)
{
    if (query->qtype == CORE_SOA)
        put_soa(writer, CORE_ANSWER, query->qname);
    else if (query->qtype == CORE_NS)
        put(writer, query, localhost, sizeof localhost);
}

size_t
local_reply(enum local_names names, const struct core_message *query,
            uint8_t reply[LOCAL_REPLY_SIZE])
{
    const uint8_t *qname = query->qname;
    unsigned rcode = CORE_NOERROR;
    struct core_writer writer;

    if (names == LOCAL_OFF || query->qclass != CORE_IN)
        return 0;

    bool is_host = is_localhost(names, qname);
    const uint8_t *zone = is_host ? qname : find_reverse_zone(qname);

    if (zone == NULL)
        return 0;
    core_writer_reply(&writer, reply, LOCAL_REPLY_SIZE, query);
    if (is_host)
        answer_localhost(&writer, query);
    else if (core_name_equal(qname, loopback)) {
        if (query->qtype == CORE_PTR)
            put(&writer, query, localhost, sizeof localhost);
    }
    else if (!core_name_equal(qname, zone))
        rcode = CORE_NXDOMAIN;
    if (core_name_equal(qname, is_host ? localhost : zone))
        answer_apex(&writer, query);
    if (writer.counts[CORE_ANSWER] == 0)
        put_soa(&writer, CORE_AUTHORITY, zone);
    return core_writer_end(&writer, 0, rcode);
}
