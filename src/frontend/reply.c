/*
 * reply - a reply in the shape its client can take
 *
 * Most replies fit, and then shaping is copying: the client's own question in
 * place of the stage's, and an OPT record behind the rest.  The records are
 * read only when the message is too long or an OPT record may be among them.
 */

#include "frontend/reply.h"

#include <string.h>

#include "coredns/rrtype.h"
#include "frontend/cut.h"

#define OPT_HEADER 11
#define OPTION_HEADER 4
#define PADDING_SIZE 512                /* at most; longer is left out */

/* An OPT record with all options there are. */
#define OPT_SIZE (OPT_HEADER + OPTION_HEADER + REPLY_NSID_SIZE \
                  + OPTION_HEADER + 2 + OPTION_HEADER + 2 \
                  + REPLY_EDE_TEXT_SIZE + OPTION_HEADER + PADDING_SIZE)

struct opt {
    uint8_t bytes[OPT_SIZE];
    size_t size;
    size_t limit;
};

static void
read_options(struct reply_request *self, const struct core_edns *edns,
             enum core_transport transport)
{
    const uint8_t *value;
    size_t offset = 0;
    uint16_t code, size;

    while (core_edns_option(edns, &offset, &code, &value, &size)) {
        if (code == CORE_OPTION_NSID)
            self->asked |= REPLY_NSID;
        else if (code == CORE_OPTION_KEEPALIVE && transport == CORE_TCP)
            self->asked |= REPLY_KEEPALIVE;
        else if (code == CORE_OPTION_PADDING)
            self->asked |= REPLY_PADDING;
    }
}

void
reply_request_read(struct reply_request *self,
                   const struct reply_policy *policy,
                   const struct core_message *message,
                   enum core_transport transport)
{
    const struct core_edns *edns = &message->edns;

    *self = (struct reply_request) {
        .query = message->bytes,
        .query_size = (uint16_t) message->size,
        .question_end = (uint16_t) message->question_end,
        .limit = CORE_MESSAGE_SIZE,
    };
    if (transport == CORE_UDP) {
        self->limit = REPLY_SMALLEST;
        if (edns->present && edns->payload > REPLY_SMALLEST)
            self->limit = edns->payload < policy->payload
                ? edns->payload : policy->payload;
    }

    self->payload = edns->present && edns->payload < policy->payload
        ? edns->payload : policy->payload;

    /* Another stage reads replies without OPT, as all stages do. */
    if (!edns->present || transport == CORE_INTERNAL)
        return;
    self->asked = edns->dnssec_ok ? REPLY_EDNS | REPLY_DNSSEC_OK : REPLY_EDNS;
    if (edns->options_size > 0)
        read_options(self, edns, transport);
}

/* ---- the OPT record ------------------------------------------------------ */

/* Starts an option and returns where its value goes; NULL: no room. */
static uint8_t *
add_option(struct opt *opt, uint16_t code, size_t size)
{
    uint8_t *option = opt->bytes + opt->size;

    if (opt->size + OPTION_HEADER + size > opt->limit)
        return NULL;
    core_write16(option, code);
    core_write16(option + 2, (uint16_t) size);
    opt->size += OPTION_HEADER + size;
    return option + OPTION_HEADER;
}

static void
add_ede(struct opt *opt, const struct reply_ede *ede)
{
    size_t text_size = ede->text_size < REPLY_EDE_TEXT_SIZE
        ? ede->text_size : REPLY_EDE_TEXT_SIZE;
    uint8_t *value = add_option(opt, CORE_OPTION_EDE, 2 + text_size);

    if (value == NULL) {
        text_size = 0;
        value = add_option(opt, CORE_OPTION_EDE, 2);
    }
    if (value == NULL)
        return;
    core_write16(value, ede->code);
    if (text_size > 0)
        memcpy(value + 2, ede->text, text_size);
}

/* As many octets as the client has padded its query with, if there is room
   (RFC 7830 section 4). */
static void
add_padding(struct opt *opt, const struct reply_request *request)
{
    struct core_message message;
    const uint8_t *value;
    size_t offset = 0;
    uint16_t code, size;

    core_message_parse(&message, request->query, request->query_size);
    while (core_edns_option(&message.edns, &offset, &code, &value, &size)) {
        if (code != CORE_OPTION_PADDING)
            continue;

        uint8_t *padding = add_option(opt, CORE_OPTION_PADDING, size);

        if (padding != NULL)
            memset(padding, 0, size);
        return;
    }
}

static void
add_options(struct opt *opt, const struct reply_policy *policy,
            const struct reply_request *request, const struct reply_ede *ede)
{
    uint8_t *value;

    if ((request->asked & REPLY_NSID) != 0 && policy->tells_nsid) {
        value = add_option(opt, CORE_OPTION_NSID, policy->nsid_size);
        if (value != NULL)
            memcpy(value, policy->nsid, policy->nsid_size);
    }
    if ((request->asked & REPLY_KEEPALIVE) != 0) {
        value = add_option(opt, CORE_OPTION_KEEPALIVE, 2);
        if (value != NULL)
            core_write16(value, request->keepalive);
    }
    if (ede != NULL && ede->code != CORE_EDE_NONE)
        add_ede(opt, ede);
    if ((request->asked & REPLY_PADDING) != 0)
        add_padding(opt, request);
}

/* Makes the OPT record of the reply; an empty one when none was asked for. */
static void
make_opt(struct opt *opt, const struct reply_policy *policy,
         const struct reply_request *request, unsigned rcode,
         const struct reply_ede *ede)
{
    size_t room = (size_t) request->limit - request->question_end;

    opt->size = 0;
    if ((request->asked & REPLY_EDNS) == 0)
        return;

    uint8_t *bytes = opt->bytes;

    bytes[0] = 0;                       /* the root */
    core_write16(bytes + 1, CORE_OPT);
    core_write16(bytes + 3, request->payload);
    core_write32(bytes + 5, (uint32_t) (rcode >> 4) << 24
                 | ((request->asked & REPLY_DNSSEC_OK) != 0 ? 0x8000u : 0));
    opt->size = OPT_HEADER;
    opt->limit = room < sizeof opt->bytes ? room : sizeof opt->bytes;
    add_options(opt, policy, request, ede);
    core_write16(bytes + 9, (uint16_t) (opt->size - OPT_HEADER));
}

/* ---- replies of our own -------------------------------------------------- */

/* Opcode, RD and CD are the client's; the rest is said by the reply, but for
   the one bit that must be zero. */
#define CLIENTS_FLAGS (0x7800 | CORE_RD | CORE_CD)
#define ZERO_FLAG 0x0040

size_t
reply_rcode(const struct reply_policy *policy,
            const struct reply_request *request, unsigned rcode,
            const struct reply_ede *ede, uint8_t *out)
{
    unsigned flags = core_read16(request->query + 2) & CLIENTS_FLAGS;
    struct opt opt;

    /* What stands behind a header of an unknown kind is unknown too. */
    size_t size = rcode == CORE_NOTIMP ? CORE_HEADER_SIZE
        : request->question_end;

    if ((flags >> 11 & 15) == CORE_OPCODE_NOTIFY)
        flags &= ~(unsigned) CORE_RD;   /* RFC 1996 has none */
    make_opt(&opt, policy, request, rcode, ede);
    if (policy->recursion_available)
        flags |= CORE_RA;
    memcpy(out, request->query, size);
    core_write16(out + 2, (uint16_t) (flags | CORE_QR | (rcode & 15)));
    core_write16(out + 4, size > CORE_HEADER_SIZE);
    core_write32(out + 6, 0);           /* answer and authority */
    core_write16(out + 10, opt.size > 0);
    memcpy(out + size, opt.bytes, opt.size);
    return size + opt.size;
}

size_t
reply_unknown_key(const struct reply_policy *policy,
                  const struct reply_request *request,
                  const struct core_message *message, uint8_t *out)
{
    enum { TIME_AND_FUDGE = 8, TSIG_BADKEY = 17 };
    size_t size = reply_rcode(policy, request, CORE_NOTAUTH, NULL, out);
    uint8_t key[CORE_NAME_SIZE], algorithm[CORE_NAME_SIZE];
    size_t fixed = core_message_name(message->bytes, message->size,
                                     message->tsig_offset, key);
    size_t rdata = fixed + 10;
    size_t times = fixed == 0 ? 0
        : core_message_name(message->bytes, message->size, rdata, algorithm);

    if (times == 0 || message->size - times < TIME_AND_FUDGE)
        return size;

    size_t key_size = core_name_size(key);
    size_t algorithm_size = core_name_size(algorithm);
    size_t rdata_size = algorithm_size + TIME_AND_FUDGE + 8;
    uint8_t *at = out + size;

    if (size + key_size + 10 + rdata_size > request->limit)
        return size;
    memcpy(at, key, key_size);
    at += key_size;
    core_write16(at, CORE_TSIG);
    core_write16(at + 2, CORE_CLASS_ANY);
    core_write32(at + 4, 0);
    core_write16(at + 8, (uint16_t) rdata_size);
    memcpy(at + 10, algorithm, algorithm_size);
    at += 10 + algorithm_size;
    memcpy(at, message->bytes + times, TIME_AND_FUDGE);
    at += TIME_AND_FUDGE;
    core_write16(at, 0);                /* no MAC */
    core_write16(at + 2, message->id);
    core_write16(at + 4, TSIG_BADKEY);
    core_write16(at + 6, 0);            /* no other data */
    core_write16(out + 10, (uint16_t) (core_read16(out + 10) + 1));
    return size + key_size + 10 + rdata_size;
}

/* ---- replies of the stages ----------------------------------------------- */

static uint8_t
small(uint8_t letter)
{
    return letter >= 'A' && letter <= 'Z' ? (uint8_t) (letter + 32) : letter;
}

/* Names without regard to case; no label length looks like a letter. */
static bool
is_same_question(const uint8_t *left, const uint8_t *right, size_t size)
{
    size_t name_size = size - 4;

    if (memcmp(left, right, size) == 0)
        return true;
    for (size_t i = 0; i < name_size; i++) {
        if (small(left[i]) != small(right[i]))
            return false;
    }
    return memcmp(left + name_size, right + name_size, 4) == 0;
}

/*
 * Where the records of the reply start; 0 when it is no reply to this query.
 */
static size_t
find_records(const struct reply_request *request, const uint8_t *message,
             size_t size)
{
    size_t end = request->question_end;

    if (size < CORE_HEADER_SIZE || (message[2] & 0x80) == 0)
        return 0;
    if (request->is_continued && core_read16(message + 4) == 0)
        return CORE_HEADER_SIZE;
    if (core_read16(message + 4) != 1 || size < end
        || end <= CORE_HEADER_SIZE + 4
        || !is_same_question(message + CORE_HEADER_SIZE,
                             request->query + CORE_HEADER_SIZE,
                             end - CORE_HEADER_SIZE))
        return 0;
    return end;
}

/* Root, type OPT: finds some other octets too, but no OPT escapes it. */
static bool
may_have_opt(const uint8_t *message, size_t size)
{
    static const uint8_t start[3] = { 0, 0, CORE_OPT };

    return core_read16(message + 10) > 0
        && memmem(message + CORE_HEADER_SIZE, size - CORE_HEADER_SIZE, start,
                  sizeof start) != NULL;
}

/* The flags of a stage's reply, as this client should see them. */
static unsigned
flags_of(const struct reply_policy *policy,
         const struct reply_request *request, const uint8_t *message)
{
    unsigned asked = core_read16(request->query + 2);
    unsigned flags = core_read16(message + 2);

    flags = (flags & ~(unsigned) (CLIENTS_FLAGS | ZERO_FLAG))
        | (asked & CLIENTS_FLAGS);
    if (policy->recursion_available)
        flags |= CORE_RA;

    /* AD is for those who understand it (RFC 6840 section 5.8). */
    if ((asked & CORE_AD) == 0 && (request->asked & REPLY_DNSSEC_OK) == 0)
        flags &= ~(unsigned) CORE_AD;
    return flags;
}

size_t
reply_shape(const struct reply_policy *policy,
            const struct reply_request *request, const uint8_t *message,
            size_t size, const struct reply_ede *ede, uint8_t *out,
            bool *is_cut)
{
    size_t start = find_records(request, message, size);
    struct opt opt;

    *is_cut = false;
    if (start == 0)
        return 0;
    make_opt(&opt, policy, request, 0, ede);

    unsigned flags = flags_of(policy, request, message);

    if (size + opt.size > request->limit || may_have_opt(message, size)) {
        struct cut cut;

        if (!cut_write(message, size, out, request->limit - opt.size, &cut))
            return 0;
        for (unsigned i = 0; i < CORE_SECTIONS; i++)
            core_write16(out + 4 + 2 * i, cut.counts[i]);
        size = cut.size;
        if (cut.is_truncated)
            flags |= CORE_TC;
        *is_cut = cut.is_truncated;
    }
    else
        memcpy(out, message, size);
    core_write16(out, core_read16(request->query));
    core_write16(out + 2, (uint16_t) flags);
    memcpy(out + CORE_HEADER_SIZE, request->query + CORE_HEADER_SIZE,
           start - CORE_HEADER_SIZE);
    memcpy(out + size, opt.bytes, opt.size);
    if (opt.size > 0)
        core_write16(out + 10, (uint16_t) (core_read16(out + 10) + 1));
    return size + opt.size;
}
