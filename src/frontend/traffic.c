/*
 * traffic - queries and replies, counted for each address and zone
 *
 * A value is told to the telemetry when it is first counted: most zones see few
 * of the types there are, and what was never seen need not be read by anybody.
 */

#include "frontend/traffic.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rcode.h"
#include "coredns/rrtype.h"

#define RCODES 24                       /* larger ones are counted as one */
#define TYPES 20                        /* the first: all that are rare */

enum proto { UDP, TCP, PROTOS };

static const char *const proto_names[PROTOS] = { "udp", "tcp" };

struct traffic_block {
    traffic_t *traffic;
    unsigned server;
    char *zone;
    char *labels;                       /* of all its values */
    uint64_t requests[PROTOS][2][TYPES];        /* IPv4, IPv6 */
    uint64_t dnssec_ok;
    uint64_t responses[RCODES + 1];
    struct core_histogram duration;
    struct core_sizes request_sizes[PROTOS];
    struct core_sizes response_sizes[PROTOS];
    uint64_t query_count[PROTOS];       /* not told: 0 when nothing was */
    uint64_t reply_count[PROTOS];
};

struct traffic {
    core_telemetry_t *telemetry;
    const char *const *servers;
    struct traffic_block **blocks;
    size_t count, capacity;
    char **names;                       /* of metrics, lent to the telemetry */
    size_t name_count, name_capacity;
};

/* Those that CoreDNS names; 0 stands for all others. */
static const uint8_t type_indexes[] = {
    [CORE_A] = 1, [CORE_AAAA] = 2, [CORE_CNAME] = 3, [CORE_SOA] = 4,
    [CORE_MX] = 5, [CORE_NS] = 6, [CORE_PTR] = 7, [CORE_SRV] = 8,
    [CORE_TXT] = 9, [CORE_DS] = 10, [CORE_DNSKEY] = 11, [CORE_RRSIG] = 12,
    [CORE_NSEC] = 13, [CORE_NSEC3] = 14, [CORE_HTTPS] = 15, [CORE_SVCB] = 16,
    [CORE_IXFR] = 17, [CORE_AXFR] = 18, [CORE_ANY] = 19,
};
static const char *const type_names[TYPES] = {
    "other", "A", "AAAA", "CNAME", "SOA", "MX", "NS", "PTR", "SRV", "TXT",
    "DS", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "HTTPS", "SVCB", "IXFR", "AXFR",
    "ANY",
};

/* ---- names --------------------------------------------------------------- */

/* A name that lives as long as we do. */
static const char *
name_of(traffic_t *self, const char *format, ...)
{
    va_list arguments;
    char *name;

    va_start(arguments, format);
    if (vasprintf(&name, format, arguments) == -1)
        abort();
    va_end(arguments);
    self->names = core_grow(self->names, self->name_count,
                            &self->name_capacity, sizeof *self->names);
    return self->names[self->name_count++] = name;
}

static void
tell_counter(const struct traffic_block *block, const char *family,
             const char *labels, const char *help, const uint64_t *value)
{
    core_telemetry_add(block->traffic->telemetry, CORE_COUNTER,
                       name_of(block->traffic, "%s{%s%s}", family,
                               block->labels, labels), help, value);
}

static void
tell_sizes(const struct traffic_block *block, const char *family,
           enum proto proto, const char *help, const struct core_sizes *value)
{
    core_telemetry_add_sizes(block->traffic->telemetry,
                             name_of(block->traffic, "%s{%s,proto=\"%s\"}",
                                     family, block->labels,
                                     proto_names[proto]), help, value);
}

/* ---- blocks -------------------------------------------------------------- */

traffic_t *
traffic_new(core_telemetry_t *telemetry, const char *const *servers)
{
    traffic_t *self = core_allocate(sizeof *self);

    self->telemetry = telemetry;
    self->servers = servers;
    return self;
}

void
traffic_destroy(traffic_t **self_p)
{
    assert(self_p);

    traffic_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        free(self->blocks[i]->zone);
        free(self->blocks[i]->labels);
        free(self->blocks[i]);
    }
    for (size_t i = 0; i < self->name_count; i++)
        free(self->names[i]);
    free(self->blocks);
    free(self->names);
    free(self);
    *self_p = NULL;
}

static struct traffic_block *
add_block(traffic_t *self, unsigned server, const char *zone)
{
    struct traffic_block *block = core_allocate(sizeof *block);
    size_t size;
    FILE *labels = open_memstream(&block->labels, &size);

    assert(labels != NULL);
    fprintf(labels, "server=\"%s\",zone=\"", self->servers[server]);
    core_telemetry_label(labels, zone);
    putc('"', labels);
    fclose(labels);
    block->traffic = self;
    block->server = server;
    block->zone = core_copy_text(zone);
    self->blocks = core_grow(self->blocks, self->count, &self->capacity,
                             sizeof *self->blocks);
    return self->blocks[self->count++] = block;
}

static struct traffic_block *
find_block(const traffic_t *self, unsigned server, const char *zone)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->blocks[i]->server == server
            && strcmp(self->blocks[i]->zone, zone) == 0)
            return self->blocks[i];
    return NULL;
}

struct traffic_block *
traffic_block(traffic_t *self, unsigned server, const char *zone)
{
    struct traffic_block *block = find_block(self, server, zone);

    if (block != NULL)
        return block;
    if (self->count >= TRAFFIC_BLOCKS) {
        zone = TRAFFIC_OTHER;
        block = find_block(self, server, zone);
    }
    return block != NULL ? block : add_block(self, server, zone);
}

/* ---- counting ------------------------------------------------------------ */

static enum proto
proto_of(enum core_transport transport)
{
    return transport == CORE_UDP ? UDP : TCP;
}

void
traffic_count_query(struct traffic_block *block,
                    const struct traffic_query *query)
{
    enum proto proto = proto_of(query->transport);
    unsigned type = query->qtype < sizeof type_indexes
        ? type_indexes[query->qtype] : 0;
    uint64_t *requests = &block->requests[proto][query->is_v6][type];

    if ((*requests)++ == 0) {
        char labels[64];

        snprintf(labels, sizeof labels,
                 ",proto=\"%s\",family=\"%s\",type=\"%s\"",
                 proto_names[proto], query->is_v6 ? "2" : "1",
                 type_names[type]);
        tell_counter(block, "coredns_dns_requests_total", labels,
                     "Queries by transport and type; family 1 is IPv4, 2 is "
                     "IPv6", requests);
    }
    if (query->dnssec_ok && block->dnssec_ok++ == 0)
        tell_counter(block, "coredns_dns_do_requests_total", "",
                     "Queries with the DO bit", &block->dnssec_ok);
    if (block->query_count[proto]++ == 0)
        tell_sizes(block, "coredns_dns_request_size_bytes", proto,
                   "Sizes of queries", &block->request_sizes[proto]);
    core_sizes_add(&block->request_sizes[proto], query->size);
}

static void
count_rcode(struct traffic_block *block, unsigned rcode)
{
    const char *name = rcode < RCODES ? core_rcode_name(rcode) : NULL;
    unsigned index = name == NULL ? RCODES : rcode;

    if (block->responses[index]++ == 0) {
        char labels[32];

        snprintf(labels, sizeof labels, ",rcode=\"%s\"",
                 name == NULL ? "other" : name);
        tell_counter(block, "coredns_dns_responses_total", labels,
                     "Replies by rcode", &block->responses[index]);
    }
}

void
traffic_count_reply(struct traffic_block *block,
                    enum core_transport transport, unsigned rcode,
                    size_t size, int64_t took_us)
{
    enum proto proto = proto_of(transport);

    count_rcode(block, rcode);
    if (block->reply_count[UDP] + block->reply_count[TCP] == 0)
        core_telemetry_add_histogram(block->traffic->telemetry,
            name_of(block->traffic,
                    "coredns_dns_request_duration_seconds{%s}",
                    block->labels),
            "Time from query to reply", &block->duration);
    if (block->reply_count[proto]++ == 0)
        tell_sizes(block, "coredns_dns_response_size_bytes", proto,
                   "Sizes of replies", &block->response_sizes[proto]);
    core_sizes_add(&block->response_sizes[proto], size);
    core_histogram_add(&block->duration, took_us);
}
