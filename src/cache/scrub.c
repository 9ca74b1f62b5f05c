/*
 * scrub - a reply made fit to be kept
 *
 * The message is written anew, record by record, instead of being cut where it
 * lies: compression pointers may lead into what is left out, and what our own
 * writer has written is known to be well formed and as short as it can be.
 *
 * Aliases may come in any order.  The answer section is read again as long as
 * that adds a name; the sum of records read so is bounded.
 */

#include "cache/scrub.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "coredns/rrtype.h"

#define CHAIN_NAMES 17                  /* the asked name and 16 aliases */
#define WORK_LIMIT 12000                /* records read for the chain */
#define PLACES ((CORE_MESSAGE_SIZE - CORE_HEADER_SIZE) / 11)
#define NOWHERE (-1)
#define TARGETS 64                      /* names with addresses of their own */

struct link {
    uint8_t name[CORE_NAME_SIZE];
    int target;                         /* index of the name it is an alias
                                           of, or NOWHERE */
};

struct scrub {
    const struct core_message *reply;   /* in hand */
    const struct key *key;
    struct scrubbed *scrubbed;
    struct core_writer writer;
    bool has_answer;                    /* a record of the asked type */
    bool has_soa;
    bool has_ns;

    int links;
    struct link chain[CHAIN_NAMES];
    int target_count;                   /* what the records that stay name */
    uint8_t targets[TARGETS][CORE_NAME_SIZE];
    uint16_t places[PLACES];
    uint8_t bytes[CORE_MESSAGE_SIZE];
    uint8_t rdata[CORE_MESSAGE_SIZE];
};

enum fate { KEEP, LEAVE_OUT, GIVE_UP };

scrub_t *
scrub_new(void)
{
    return core_allocate(sizeof (scrub_t));
}

void
scrub_destroy(scrub_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

/* ---- the chain of aliases ------------------------------------------------ */

/* The index of that name in the chain, or NOWHERE. */
static int
find_link(const scrub_t *self, const uint8_t *name)
{
    for (int i = 0; i < self->links; i++)
        if (core_name_equal(self->chain[i].name, name))
            return i;
    return NOWHERE;
}

static int
add_link(scrub_t *self, const uint8_t *name)
{
    if (self->links == CHAIN_NAMES)
        return NOWHERE;

    struct link *link = &self->chain[self->links];

    memcpy(link->name, name, core_name_size(name));
    link->target = NOWHERE;
    return self->links++;
}

/* Some name of the chain stands at or below that one. */
static bool
leads_below(const scrub_t *self, const uint8_t *name)
{
    for (int i = 0; i < self->links; i++)
        if (core_name_is_below(self->chain[i].name, name))
            return true;
    return false;
}

/*
 * Notes an alias.  False when it is broken, one too many, or leads elsewhere
 * than another one of the same name.
 */
static bool
note_alias(scrub_t *self, const struct core_rr *rr)
{
    const struct core_message *reply = self->reply;
    uint8_t owner[CORE_NAME_SIZE], target[CORE_NAME_SIZE];

    if (core_message_name(reply->bytes, reply->size, rr->offset, owner) == 0)
        return false;

    int from = find_link(self, owner);

    if (from == NOWHERE)
        return true;                    /* of no name that was asked, as yet */
    if (core_message_name(reply->bytes, rr->end, rr->rdata_offset, target)
        != rr->end)
        return false;

    int to = find_link(self, target);

    if (self->chain[from].target != NOWHERE)
        return self->chain[from].target == to;
    if (to == NOWHERE)
        to = add_link(self, target);
    self->chain[from].target = to;
    return to != NOWHERE;
}

static bool
note_aliases(scrub_t *self)
{
    const struct core_message *reply = self->reply;
    unsigned work = 0;
    int before;

    do {
        struct core_records records;
        struct core_rr rr;

        before = self->links;
        core_records_start(&records, reply);
        while (core_records_next(&records, &rr)
               && rr.section == CORE_ANSWER) {
            if (++work > WORK_LIMIT)
                return false;
            if (rr.type == CORE_CNAME && rr.rclass == reply->qclass
                && !note_alias(self, &rr))
                return false;
        }
    } while (self->links > before && reply->counts[CORE_ANSWER] > 1);
    return true;
}

/* ---- which records stay -------------------------------------------------- */

static bool
is_signature(uint16_t type)
{
    return type == CORE_RRSIG || type == CORE_NSEC || type == CORE_NSEC3;
}

/* The type a signature covers; that of any other record is its own. */
static uint16_t
covered_type(const scrub_t *self, const struct core_rr *rr)
{
    return rr->type == CORE_RRSIG && rr->rdata_size >= 2
        ? core_read16(self->reply->bytes + rr->rdata_offset) : rr->type;
}

static enum fate
judge_answer(const scrub_t *self, const struct core_rr *rr,
             const uint8_t *owner)
{
    if (find_link(self, owner) != NOWHERE)
        return KEEP;
    return covered_type(self, rr) == CORE_DNAME && leads_below(self, owner)
        ? KEEP : LEAVE_OUT;
}

static enum fate
judge_authority(const scrub_t *self, const struct core_rr *rr,
                const uint8_t *owner)
{
    uint16_t type = covered_type(self, rr);

    if (type != CORE_SOA && type != CORE_NS)
        return KEEP;
    return leads_below(self, owner) ? KEEP : LEAVE_OUT;
}

/* Additional records are about a name in the records before them (RFC 1035
   section 3.3); others nobody asked for, and nobody answers for. */
static enum fate
judge_additional(const scrub_t *self, const uint8_t *owner)
{
    for (int i = 0; i < self->target_count; i++)
        if (core_name_equal(self->targets[i], owner))
            return KEEP;
    return find_link(self, owner) != NOWHERE ? KEEP : LEAVE_OUT;
}

static enum fate
judge(const scrub_t *self, const struct core_rr *rr,
      uint8_t owner[CORE_NAME_SIZE])
{
    const struct core_message *reply = self->reply;

    if (rr->type == CORE_OPT)
        return LEAVE_OUT;               /* that is how stages answer */
    if (core_message_name(reply->bytes, reply->size, rr->offset, owner) == 0)
        return GIVE_UP;
    if (rr->rclass != reply->qclass)
        return LEAVE_OUT;
    if (is_signature(rr->type) && (self->key->bits & KEY_DNSSEC_OK) == 0
        && rr->type != reply->qtype && reply->qtype != CORE_ANY)
        return LEAVE_OUT;
    if (rr->section == CORE_ANSWER)
        return judge_answer(self, rr, owner);
    if (rr->section == CORE_AUTHORITY)
        return judge_authority(self, rr, owner);
    return judge_additional(self, owner);
}

/* ---- writing what stays -------------------------------------------------- */

static void
note_ttl(struct scrubbed *scrubbed, uint32_t ttl)
{
    if (ttl > INT32_MAX)
        ttl = 0;                        /* RFC 2181 section 8 */
    if (scrubbed->image.place_count == 0 || ttl < scrubbed->ttl_lowest)
        scrubbed->ttl_lowest = ttl;
    if (ttl > scrubbed->ttl_highest)
        scrubbed->ttl_highest = ttl;
}

/* Where in the rdata of that type the name of a host stands, or NOWHERE. */
static int
target_offset(uint16_t type)
{
    switch (type) {
    case CORE_NS:
        return 0;
    case CORE_MX:
    case CORE_SVCB:
    case CORE_HTTPS:
        return 2;
    case CORE_SRV:
        return 6;
    default:
        return NOWHERE;
    }
}

/* Notes the host that a record leads to. */
static void
note_target(scrub_t *self, const struct core_rr *rr, const uint8_t *owner,
            size_t rdata_size)
{
    int offset = target_offset(rr->type);
    const uint8_t *name = self->rdata + (offset == NOWHERE ? 0 : offset);

    if (offset == NOWHERE || rr->section == CORE_ADDITIONAL
        || rdata_size <= (size_t) offset || self->target_count == TARGETS
        || core_name_check(name, rdata_size - (size_t) offset) == -1)
        return;
    if (*name == 0)
        name = owner;                   /* RFC 9460 section 2.5 */
    memcpy(self->targets[self->target_count++], name, core_name_size(name));
}

/* What kind of answer it is depends on what stayed. */
static bool
note_content(scrub_t *self, const struct core_rr *rr, size_t rdata_size)
{
    uint16_t qtype = self->reply->qtype;

    if (rr->section == CORE_ANSWER
        && (rr->type == qtype || qtype == CORE_ANY))
        self->has_answer = true;
    if (rr->section != CORE_AUTHORITY)
        return true;
    self->has_ns = self->has_ns || rr->type == CORE_NS;
    if (rr->type != CORE_SOA)
        return true;
    if (rdata_size < 22)
        return false;                   /* not two names and five numbers */
    self->has_soa = true;
    self->scrubbed->soa_minimum = core_read32(self->rdata + rdata_size - 4);
    return true;
}

/* Octets of that many can be rdata of the type: an address has its size, and
   what begins with a name has one. */
static bool
is_right_size(uint16_t type, size_t size)
{
    if (type == CORE_A)
        return size == 4;
    if (type == CORE_AAAA)
        return size == 16;
    return size > 0 || core_rrtype_names(type).names == 0;
}

static bool
write_record(scrub_t *self, const struct core_rr *rr, const uint8_t *owner)
{
    struct scrubbed *scrubbed = self->scrubbed;
    struct core_writer *writer = &self->writer;
    size_t start = writer->size;
    int size = core_message_rdata(self->reply, rr, self->rdata);

    if (size == -1 || !is_right_size(rr->type, (size_t) size)
        || !note_content(self, rr, (size_t) size)
        || !core_writer_rr(writer, rr->section, owner, rr->type, rr->rclass,
                           0, self->rdata, (size_t) size))
        return false;
    note_target(self, rr, owner, (size_t) size);

    /* Behind the owner, which is a name, a part of one, or a pointer. */
    while (writer->bytes[start] != 0 && writer->bytes[start] < 0xc0)
        start += 1 + (size_t) writer->bytes[start];
    start += writer->bytes[start] == 0 ? 1 : 2;
    note_ttl(scrubbed, rr->ttl);
    assert(scrubbed->image.place_count < PLACES);
    self->places[scrubbed->image.place_count++] = (uint16_t) (start + 4);
    return true;
}

static bool
write_records(scrub_t *self)
{
    struct core_records records;
    struct core_rr rr;
    uint8_t owner[CORE_NAME_SIZE];

    core_records_start(&records, self->reply);
    while (core_records_next(&records, &rr))
        switch (judge(self, &rr, owner)) {
        case KEEP:
            if (!write_record(self, &rr, owner))
                return false;
            break;
        case LEAVE_OUT:
            if (rr.type != CORE_OPT)
                self->scrubbed->is_changed = true;
            break;
        case GIVE_UP:
            return false;
        }
    return true;
}

/* ---- the whole ----------------------------------------------------------- */

/* Sorts it by what RFC 2308 section 2 says; false: nothing to keep. */
static bool
find_kind(scrub_t *self, enum image_kind *kind)
{
    bool is_nxdomain = core_message_rcode(self->reply) == CORE_NXDOMAIN;

    *kind = IMAGE_POSITIVE;
    if (self->has_answer && !is_nxdomain)
        return true;
    if (self->has_soa) {
        *kind = IMAGE_NEGATIVE;
        return true;
    }

    /* Aliases without their end, or a referral. */
    return !is_nxdomain
        && (self->writer.counts[CORE_ANSWER] > 0 || self->has_ns);
}

static bool
is_fit(const struct core_message *reply)
{
    return (reply->flags & (CORE_QR | CORE_TC)) == CORE_QR
        && core_message_opcode(reply) == CORE_OPCODE_QUERY
        && reply->tsig_offset == 0;
}

static void
start(scrub_t *self, const struct core_message *reply, const struct key *key,
      struct scrubbed *scrubbed)
{
    *scrubbed = (struct scrubbed) { .soa_minimum = SCRUB_NO_SOA };
    self->reply = reply;
    self->key = key;
    self->scrubbed = scrubbed;
    self->has_answer = self->has_soa = self->has_ns = false;
    self->links = 0;
    self->target_count = 0;
    core_writer_reply(&self->writer, self->bytes, sizeof self->bytes, reply);
    core_name_lower(self->bytes + CORE_HEADER_SIZE);
    add_link(self, reply->qname);
}

bool
scrub_reply(scrub_t *self, const struct core_message *reply,
            const struct key *key, struct scrubbed *scrubbed)
{
    unsigned rcode = core_message_rcode(reply);
    enum image_kind kind = IMAGE_FAILURE;

    if (!is_fit(reply))
        return false;
    start(self, reply, key, scrubbed);
    if (rcode == CORE_NOERROR || rcode == CORE_NXDOMAIN) {
        if (!note_aliases(self) || !write_records(self)
            || !find_kind(self, &kind))
            return false;
    }
    else if (rcode != CORE_SERVFAIL && rcode != CORE_NOTIMP)
        return false;
    core_writer_end(&self->writer,
                    reply->flags & (CORE_AA | CORE_RA | CORE_AD), rcode);
    scrubbed->image.kind = kind;
    scrubbed->image.message = self->bytes;
    scrubbed->image.message_size = (uint16_t) self->writer.size;
    scrubbed->image.places = self->places;
    return true;
}

/* ---- replies that stay as they are --------------------------------------- */

/* Answers, or servers to go to; else it says that there is nothing. */
static enum image_kind
kind_of(const struct core_message *reply)
{
    struct core_records records;
    struct core_rr rr;

    if (core_message_rcode(reply) == CORE_NXDOMAIN)
        return IMAGE_NEGATIVE;
    if (reply->counts[CORE_ANSWER] > 0)
        return IMAGE_POSITIVE;
    core_records_start(&records, reply);
    while (core_records_next(&records, &rr))
        if (rr.section == CORE_AUTHORITY && rr.type == CORE_SOA)
            return IMAGE_NEGATIVE;
    return IMAGE_POSITIVE;
}

bool
scrub_whole(scrub_t *self, const struct core_message *reply,
            const struct key *key, struct image *image)
{
    unsigned rcode = core_message_rcode(reply);

    if (!is_fit(reply) || (rcode != CORE_NOERROR && rcode != CORE_NXDOMAIN)
        || reply->edns.present)
        return false;
    memcpy(self->bytes, reply->bytes, reply->size);
    core_write16(self->bytes, 0);
    memcpy(self->bytes + CORE_HEADER_SIZE, key->question, key->size);
    *image = (struct image) {
        .kind = kind_of(reply),
        .message = self->bytes,
        .message_size = (uint16_t) reply->size,
        .places = self->places,
    };
    return true;
}
