/*
 * doh - any octets as what an HTTP/2 server sends
 *
 * Three queries are under way; what comes is split where the first octet says.
 * Each query ends once at most, with a reply that has its id, or without.
 */

#include <assert.h>
#include <string.h>

#include "coredns/message.h"
#include "forward/doh.h"

#define QUERIES 3

static const uint8_t query[] =
    "\0\1\1\0\0\1\0\0\0\0\0\0\3www\7example\3org\0\0\1\0\1";

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
ask(doh_t *doh)
{
    uint8_t copy[sizeof query - 1];

    memcpy(copy, query, sizeof copy);
    for (uint16_t id = 0; id < QUERIES; id++) {
        core_write16(copy, id);
        doh_ask(doh, copy, sizeof copy);
    }
}

static void
send_all(doh_t *doh)
{
    const uint8_t *bytes;

    while (doh_pull(doh, &bytes) > 0)
        assert(bytes != NULL);
}

static void
check_replies(doh_t *doh, unsigned ends[QUERIES])
{
    struct doh_reply reply;

    while (doh_next(doh, &reply)) {
        assert(reply.id < QUERIES && ++ends[reply.id] == 1);
        assert((reply.bytes == NULL) == (reply.why[0] != '\0'));
        if (reply.bytes != NULL)
            assert(reply.size >= CORE_HEADER_SIZE
                   && core_read16(reply.bytes) == reply.id);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct target target;
    struct core_fault fault;
    unsigned ends[QUERIES] = { 0 };

    if (size < 1)
        return 0;
    target_from_text(&target, "https://dns.example.net", &fault);

    doh_t *doh = doh_new(&target, (bytes[0] & 0x80) != 0);
    size_t split = 1 + (bytes[0] & 0x7f);

    ask(doh);
    send_all(doh);
    if (split > size)
        split = size;
    if (doh_take(doh, bytes + 1, split - 1)) {
        check_replies(doh, ends);
        send_all(doh);
        doh_take(doh, bytes + split, size - split);
    }
    check_replies(doh, ends);
    send_all(doh);
    check_replies(doh, ends);
    doh_destroy(&doh);
    return 0;
}
