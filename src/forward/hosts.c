/*
 * hosts - addresses of upstreams that are given by name
 *
 * Plain blocking sockets: this happens while the stage starts, when there is
 * nobody to be kept waiting, and after a reload for names that are new.  Both
 * families are asked for at once, over one socket.
 */

#include "forward/hosts.h"

#include <assert.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/clock.h"
#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "coredns/writer.h"

#define ROUNDS 2                        /* over all resolvers */
#define PATIENCE_MS 1000                /* with one of them */
#define QUERY_SIZE 300
#define REPLY_SIZE 4096

struct host {
    struct host *next;
    char name[TARGET_HOST_SIZE];
    size_t count;
    uint8_t addresses[HOSTS_ADDRESSES][16];
};

struct hosts {
    generator_t *generator;
    struct host *known;
};

/* The two questions under way. */
struct inquiry {
    uint8_t name[CORE_NAME_SIZE];
    uint16_t types[2];
    uint16_t ids[2];
    bool answered[2];
};

hosts_t *
hosts_new(generator_t *generator)
{
    hosts_t *self = core_allocate(sizeof *self);

    self->generator = generator;
    return self;
}

void
hosts_destroy(hosts_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    while ((*self_p)->known != NULL) {
        struct host *next = (*self_p)->known->next;

        free((*self_p)->known);
        (*self_p)->known = next;
    }
    free(*self_p);
    *self_p = NULL;
}

static void
keep_address(struct host *host, const struct core_message *message,
             const struct core_rr *rr)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    const uint8_t *rdata = message->bytes + rr->rdata_offset;

    if (rr->section != CORE_ANSWER || rr->rclass != CORE_IN
        || host->count == HOSTS_ADDRESSES)
        return;

    uint8_t *address = host->addresses[host->count];

    if (rr->type == CORE_A && rr->rdata_size == 4) {
        memcpy(address, mapped, sizeof mapped);
        memcpy(address + sizeof mapped, rdata, 4);
        host->count++;
    }
    else if (rr->type == CORE_AAAA && rr->rdata_size == 16) {
        memcpy(address, rdata, 16);
        host->count++;
    }
}

/* Takes the addresses out of a reply, if it is one. */
static void
take_reply(struct host *host, struct inquiry *inquiry, const uint8_t *bytes,
           size_t size)
{
    struct core_message message;
    struct core_records records;
    struct core_rr rr;

    if (core_message_parse(&message, bytes, size) != CORE_PARSE_OK
        || (message.flags & CORE_QR) == 0
        || !core_name_equal(message.qname, inquiry->name))
        return;
    for (int i = 0; i < 2; i++) {
        if (message.id != inquiry->ids[i] || inquiry->answered[i]
            || message.qtype != inquiry->types[i])
            continue;
        inquiry->answered[i] = true;
        core_records_start(&records, &message);
        while (core_records_next(&records, &rr))
            keep_address(host, &message, &rr);
    }
}

static void
send_questions(struct inquiry *inquiry, int fd)
{
    for (int i = 0; i < 2; i++) {
        uint8_t bytes[QUERY_SIZE];
        struct core_writer writer;

        core_writer_query(&writer, bytes, sizeof bytes, inquiry->ids[i],
                          CORE_RD, inquiry->name, inquiry->types[i], CORE_IN);

        ssize_t sent = send(fd, bytes, core_writer_end(&writer, 0, 0), 0);

        (void) sent;                    /* what is lost is asked again */
    }
}

/* Asks one resolver, and waits for both of its replies. */
static void
ask(hosts_t *self, struct host *host, struct inquiry *inquiry,
    const struct target *resolver)
{
    struct sockaddr_storage address;
    socklen_t size = target_socket_address(resolver, &address);
    int64_t end_ms = core_clock_ms() + PATIENCE_MS;
    int64_t left_ms = PATIENCE_MS;
    int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd == -1)
        return;
    if (connect(fd, (struct sockaddr *) &address, size) == 0) {
        generator_fill(self->generator, inquiry->ids, sizeof inquiry->ids);
        send_questions(inquiry, fd);
    }
    while (left_ms > 0 && !(inquiry->answered[0] && inquiry->answered[1])) {
        struct pollfd item = { .fd = fd, .events = POLLIN };
        uint8_t bytes[REPLY_SIZE];

        if (poll(&item, 1, (int) left_ms) > 0) {
            ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

            if (got == -1)
                break;
            take_reply(host, inquiry, bytes, (size_t) got);
        }
        left_ms = end_ms - core_clock_ms();
    }
    close(fd);
}

static struct host *
resolve(hosts_t *self, const char *name, const struct target *resolvers,
        size_t resolver_count)
{
    struct host *host = core_allocate(sizeof *host);
    struct inquiry inquiry = { .types = { CORE_A, CORE_AAAA } };

    core_name_from_text(inquiry.name, name, NULL);
    strcpy(host->name, name);
    for (size_t i = 0; i < ROUNDS * resolver_count && host->count == 0; i++) {
        inquiry.answered[0] = inquiry.answered[1] = false;
        ask(self, host, &inquiry, &resolvers[i % resolver_count]);
    }
    if (host->count == 0) {
        free(host);
        return NULL;
    }
    host->next = self->known;
    self->known = host;
    return host;
}

size_t
hosts_resolve(hosts_t *self, const struct target *target,
              const struct target *resolvers, size_t resolver_count,
              struct target found[HOSTS_ADDRESSES], struct core_fault *fault)
{
    struct host *host = self->known;

    assert(target->kind == TARGET_HOST);
    while (host != NULL && strcmp(host->name, target->host) != 0)
        host = host->next;
    if (host == NULL)
        host = resolve(self, target->host, resolvers, resolver_count);
    if (host == NULL) {
        core_fault_set(fault, NULL, 0, "no address is known for %s",
                       target->host);
        return 0;
    }
    for (size_t i = 0; i < host->count; i++) {
        found[i] = *target;
        found[i].kind = TARGET_ADDRESS;
        memcpy(found[i].address, host->addresses[i], 16);

        /* Its certificate is for its name. */
        if (target_is_encrypted(target) && target->servername[0] == '\0')
            strcpy(found[i].servername, target->host);
    }
    return host->count;
}
