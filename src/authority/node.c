/*
 * node - a name of a zone with all its records, in one piece of memory
 *
 * What a change leaves is written into a draft that is large enough for all of
 * the old node and all of the change, then copied into memory of exactly its
 * size: a million nodes must not hold a million reserves.
 */

#include "authority/node.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "authority/duplicates.h"
#include "authority/rdata.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define DRAFT_SIZE 4096                 /* on the stack; larger: allocated */

/* In memory at any address: read and written through memcpy().  Nearly all
   RRsets are small, and there are millions: size and count have a short form,
   and only those that do not fit into it are written in full behind it. */
struct head {
    uint32_t ttl;
    uint16_t type;
    uint16_t size;
    uint8_t count;                      /* 0: both are in the extent */
} __attribute__((packed));

struct extent {
    uint32_t size;
    uint32_t count;
};

#define HEAD_LIMIT (sizeof (struct head) + sizeof (struct extent))

struct draft {
    uint8_t *bytes;
    size_t size;
    size_t head;                        /* of the RRset begun last */
    struct rrset rrset;                 /* what its head will say */
    uint16_t rrsets;
    uint8_t flags;
    size_t start;                       /* of the first RRset */
    enum node_duplicates duplicates;
    struct duplicates seen;
};

static uint8_t
flag_of(uint16_t type)
{
    switch (type) {
    case CORE_NS:
        return NODE_NS;
    case CORE_CNAME:
        return NODE_CNAME;
    case CORE_DNAME:
        return NODE_DNAME;
    case CORE_SOA:
        return NODE_SOA;
    case CORE_NSEC:
        return NODE_NSEC;
    case CORE_DS:
        return NODE_DS;
    default:
        return 0;
    }
}

/* Unpacks the RRset that begins there; returns the octets that it takes. */
static size_t
read_rrset(const uint8_t *bytes, struct rrset *rrset)
{
    struct head head;
    struct extent extent;

    memcpy(&head, bytes, sizeof head);
    rrset->type = head.type;
    rrset->ttl = head.ttl;
    rrset->size = head.size;
    rrset->count = head.count;
    rrset->rdatas = bytes + sizeof head;
    if (head.count == 0) {
        memcpy(&extent, rrset->rdatas, sizeof extent);
        rrset->size = extent.size;
        rrset->count = extent.count;
        rrset->rdatas += sizeof extent;
    }
    rrset->covered = head.type == CORE_RRSIG
        ? rdata_covered(rrset->rdatas + 2) : 0;
    return (size_t) (rrset->rdatas - bytes) + rrset->size;
}

/* Packs an RRset, whose rdatas may lie where it is written; returns the octets
   that it takes. */
static size_t
write_rrset(uint8_t *bytes, const struct rrset *rrset)
{
    struct head head = { .ttl = rrset->ttl, .type = rrset->type };
    struct extent extent = { .size = rrset->size, .count = rrset->count };
    bool is_short = rrset->count <= UINT8_MAX && rrset->size <= UINT16_MAX;
    size_t size = is_short ? sizeof head : HEAD_LIMIT;

    if (is_short) {
        head.size = (uint16_t) rrset->size;
        head.count = (uint8_t) rrset->count;
    }
    memmove(bytes + size, rrset->rdatas, rrset->size);
    memcpy(bytes, &head, sizeof head);
    if (!is_short)
        memcpy(bytes + sizeof head, &extent, sizeof extent);
    return size + rrset->size;
}

bool
node_next(const struct node *self, size_t *offset, struct rrset *rrset)
{
    if (*offset == 0)
        *offset = sizeof *self + self->name_size;
    if (*offset >= self->size)
        return false;
    *offset += read_rrset((const uint8_t *) self + *offset, rrset);
    return true;
}

bool
node_find(const struct node *self, uint16_t type, struct rrset *rrset)
{
    for (size_t offset = 0; node_next(self, &offset, rrset);)
        if (rrset->type == type)
            return true;
    return false;
}

bool
node_signatures(const struct node *self, uint16_t covered,
                struct rrset *rrset)
{
    for (size_t offset = 0; node_next(self, &offset, rrset);)
        if (rrset->type == CORE_RRSIG && rrset->covered == covered)
            return true;
    return false;
}

static void
begin_rrset(struct draft *draft, uint16_t type, uint32_t ttl)
{
    draft->head = draft->size;
    draft->size += HEAD_LIMIT;          /* what its head takes at most */
    memset(&draft->rrset, 0, sizeof draft->rrset);
    draft->rrset.type = type;
    draft->rrset.ttl = ttl;
    duplicates_start(&draft->seen, type, draft->bytes, draft->size);
}

/* Adds a record, unless the RRset has it already. */
static void
add_rdata(struct draft *draft, const uint8_t *rdata, size_t size)
{
    uint8_t *to = draft->bytes + draft->size;

    to[0] = (uint8_t) (size >> 8);
    to[1] = (uint8_t) size;
    memcpy(to + 2, rdata, size);
    if (draft->duplicates == NODE_DROP_DUPLICATES
        && duplicates_note(&draft->seen, draft->size))
        return;
    draft->size += 2 + size;
    draft->rrset.count++;
}

/* Takes all records of an RRset over into the one begun. */
static void
keep_records(struct draft *draft, const struct rrset *rrset)
{
    memcpy(draft->bytes + draft->size, rrset->rdatas, rrset->size);
    draft->size += rrset->size;
    draft->rrset.count = rrset->count;
    duplicates_trust(&draft->seen, rrset->count);
}

static void
add_rrset(struct draft *draft, const struct rrset *rrset)
{
    draft->size += write_rrset(draft->bytes + draft->size, rrset);
    draft->rrsets++;
    draft->flags |= flag_of(rrset->type);
}

/* Completes the RRset, or takes it back when it has no record. */
static void
end_rrset(struct draft *draft)
{
    struct rrset *rrset = &draft->rrset;
    size_t start = draft->head + HEAD_LIMIT;

    rrset->size = (uint32_t) (draft->size - start);
    rrset->rdatas = draft->bytes + start;
    draft->size = draft->head;
    if (rrset->count > 0)
        add_rrset(draft, rrset);
}

/* The records of a change as an RRset of its own. */
static struct rrset
change_rrset(const struct core_change *change)
{
    struct rrset rrset = {
        .type = change->type, .ttl = change->ttl, .count = change->count,
        .size = (uint32_t) change->rdatas_size, .rdatas = change->rdatas,
    };

    /* RFC 2181 section 8 */
    if (rrset.ttl > INT32_MAX)
        rrset.ttl = 0;
    return rrset;
}

/* The records that belong into the RRset begun, sound ones only.  covered is
   0 but for signatures. */
static void
add_records(struct draft *draft, const struct rrset *records,
            uint16_t covered)
{
    size_t size;
    const uint8_t *rdata;

    for (size_t offset = 0;
         (rdata = rrset_next(records, &offset, &size)) != NULL;)
        if (rdata_is_sound(records->type, rdata, size)
            && (covered == 0 || rdata_covered(rdata) == covered))
            add_rdata(draft, rdata, size);
}

static bool
has_record(const struct rrset *records, const uint8_t *rdata, size_t size)
{
    size_t other_size;
    const uint8_t *other;

    for (size_t offset = 0;
         (other = rrset_next(records, &offset, &other_size)) != NULL;)
        if (rdata_equal(records->type, rdata, size, other, other_size))
            return true;
    return false;
}

/* An RRset that was there, of the type that changes. */
static void
change_rrset_kept(struct draft *draft, const struct rrset *old,
                  const struct rrset *records, enum core_change_kind kind)
{
    uint32_t ttl = old->ttl;
    size_t size;
    const uint8_t *rdata;

    if (kind == CORE_CHANGE_PUT || kind == CORE_CHANGE_DELETE)
        return;
    /* One TTL for all records, the lowest (RFC 2181 section 5.2). */
    if (kind == CORE_CHANGE_ADD && records->ttl < ttl)
        ttl = records->ttl;
    begin_rrset(draft, old->type, ttl);
    if (kind == CORE_CHANGE_ADD) {
        keep_records(draft, old);
        add_records(draft, records, old->covered);
    } else {
        for (size_t offset = 0;
             (rdata = rrset_next(old, &offset, &size)) != NULL;)
            if (!has_record(records, rdata, size))
                add_rdata(draft, rdata, size);
    }
    end_rrset(draft);
}

/* Says whether the draft has an RRset of signatures for that type. */
static bool
draft_covers(const struct draft *draft, uint16_t covered)
{
    struct rrset rrset;

    for (size_t offset = draft->start; offset < draft->size;) {
        offset += read_rrset(draft->bytes + offset, &rrset);
        if (rrset.type == CORE_RRSIG && rrset.covered == covered)
            return true;
    }
    return false;
}

/* New signatures: an RRset for each type that none covered yet. */
static void
add_signatures(struct draft *draft, const struct rrset *records)
{
    size_t size;
    const uint8_t *rdata;

    for (size_t offset = 0;
         (rdata = rrset_next(records, &offset, &size)) != NULL;) {
        if (!rdata_is_sound(CORE_RRSIG, rdata, size))
            continue;

        uint16_t covered = rdata_covered(rdata);

        if (covered == 0 || draft_covers(draft, covered))
            continue;
        begin_rrset(draft, CORE_RRSIG, records->ttl);
        add_records(draft, records, covered);
        end_rrset(draft);
    }
}

static void
write_draft(struct draft *draft, const struct node *old,
            const struct core_change *change)
{
    struct rrset records = change_rrset(change);
    struct rrset rrset;
    bool is_new = true;

    if (change->kind == CORE_CHANGE_NAME
        || (old != NULL && (old->flags & NODE_KEPT) != 0))
        draft->flags |= NODE_KEPT;
    for (size_t offset = 0; old != NULL && node_next(old, &offset, &rrset);) {
        if (rrset.type != change->type) {
            add_rrset(draft, &rrset);
            continue;
        }
        change_rrset_kept(draft, &rrset, &records, change->kind);
        if (change->kind == CORE_CHANGE_ADD)
            is_new = false;
    }
    if (change->kind != CORE_CHANGE_PUT && change->kind != CORE_CHANGE_ADD)
        return;
    if (change->type == CORE_RRSIG) {
        add_signatures(draft, &records);
    } else if (is_new) {
        begin_rrset(draft, change->type, records.ttl);
        add_records(draft, &records, 0);
        end_rrset(draft);
    }
}

static struct node *
make_node(slab_t *slab, const struct draft *draft)
{
    struct node *self;

    if (draft->rrsets == 0 && (draft->flags & NODE_KEPT) == 0)
        return NULL;
    self = slab_take(slab, draft->size);
    memcpy(self, draft->bytes, draft->size);
    self->size = (uint32_t) draft->size;
    self->rrsets = draft->rrsets;
    self->flags = draft->flags;
    return self;
}

/* The octets that a draft can come to: the old node, the change, and a head
   for each RRset, which is smaller than a signature. */
static size_t
draft_limit(const struct node *old, const struct core_change *change)
{
    return sizeof (struct node) + CORE_NAME_SIZE
        + (old != NULL ? old->size : 0) + 2 * HEAD_LIMIT
        + 2 * change->rdatas_size;
}

struct node *
node_change(slab_t *slab, const struct node *old,
            const struct core_change *change, enum node_duplicates duplicates)
{
    _Alignas(struct node) uint8_t bytes[DRAFT_SIZE];
    struct draft draft;
    const uint8_t *name = old != NULL ? old->name : change->owner;
    struct node head = { .name_size = (uint8_t) core_name_size(name) };
    size_t limit = draft_limit(old, change);

    if (change->kind == CORE_CHANGE_DELETE && change->type == CORE_ANY)
        return NULL;
    memset(&draft, 0, sizeof draft);
    draft.bytes = limit <= sizeof bytes ? bytes : core_reallocate(NULL, limit);
    draft.duplicates = duplicates;
    memcpy(draft.bytes, &head, sizeof head);
    memcpy(draft.bytes + sizeof head, name, head.name_size);
    draft.start = draft.size = sizeof head + head.name_size;
    write_draft(&draft, old, change);

    struct node *self = make_node(slab, &draft);

    duplicates_end(&draft.seen);
    if (draft.bytes != bytes)
        free(draft.bytes);
    return self;
}

void
node_destroy(slab_t *slab, struct node **self_p)
{
    if (*self_p == NULL)
        return;
    slab_give(slab, *self_p, (*self_p)->size);
    *self_p = NULL;
}
