/*
 * reply - any octets as a query, any others as what a stage said to it
 *
 * The input is the size of the query in two octets, the query and the reply.
 * Whatever they are, what the client gets is no longer than it can take and a
 * well-formed message whenever the stage's reply was one.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/admit.h"
#include "frontend/made.h"
#include "frontend/reply.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct reply_policy policy = {
    .payload = 1232, .tells_nsid = true, .nsid = "somewhere", .nsid_size = 9,
};

static const struct made_policy made = {
    .local = LOCAL_PREFIX, .minimal_any = true,
    .chaos = { .version = "version", .identity = "identity" },
};

static void
check_own(const struct reply_request *request, const uint8_t *out,
          size_t size)
{
    struct core_message message;
    enum core_parse parse = core_message_parse(&message, out, size);

    assert(size <= request->limit);
    assert(parse == (request->question_end > CORE_HEADER_SIZE
                     ? CORE_PARSE_OK : CORE_PARSE_QUESTION));
    assert(message.size == size && (message.flags & CORE_QR) != 0);
}

static void
check_shaped(const struct reply_request *request, const uint8_t *reply,
             size_t reply_size)
{
    static const uint8_t text[300] = { 'x' };
    const struct reply_ede ede = { CORE_EDE_OTHER, text, reply_size % 300 };
    struct core_message said, shaped;
    uint8_t *out = malloc(request->limit);
    bool is_sound = core_message_parse(&said, reply, reply_size)
        == CORE_PARSE_OK;
    bool is_cut;
    size_t size = reply_shape(&policy, request, reply, reply_size, &ede, out,
                              &is_cut);

    assert(size <= request->limit);

    /* No stage signs: its TSIG would stand in front of our OPT. */
    if (size > 0 && is_sound && said.tsig_offset == 0) {
        assert(core_message_parse(&shaped, out, size) == CORE_PARSE_OK);
        assert(shaped.edns.present
               == ((request->asked & REPLY_EDNS) != 0));
        assert(!is_cut || (shaped.flags & CORE_TC) != 0);
    }
    free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct admit_policy everybody;
    const struct admit_peer peer = { .port = 53 };
    uint8_t out[CORE_MESSAGE_SIZE];
    struct core_message message;
    struct reply_request request;
    unsigned rcode;

    if (size < 2)
        return 0;

    size_t query_size = core_read16(bytes);
    enum core_transport transport = query_size % 2 == 0 ? CORE_UDP : CORE_TCP;

    bytes += 2;
    size -= 2;
    if (query_size > size)
        query_size = size;

    enum admit_verdict verdict = admit(&everybody, bytes, query_size,
                                       transport, &peer, &message, &rcode);

    if (verdict == ADMIT_DROP)
        return 0;
    reply_request_read(&request, &policy, &message, transport);
    check_own(&request, out, reply_rcode(&policy, &request, CORE_BADVERS,
                                         NULL, out));
    if (verdict == ADMIT_UNKNOWN_KEY)
        check_own(&request, out, reply_unknown_key(&policy, &request,
                                                   &message, out));
    else if (verdict == ADMIT_QUERY) {
        size_t made_size = made_reply(&made, &message, out);

        check_shaped(&request, bytes + query_size, size - query_size);
        if (made_size > 0)
            check_shaped(&request, out, made_size);
    }
    return 0;
}
