/*
 * zone - all that one source says of one zone
 */

#include "authority/zone.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "authority/rdata.h"
#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"

#define NSEC3_SHA1 1
#define TYPE_META 128                   /* 128 to 255: only in questions */

struct zone *
zone_new(unsigned source, const struct core_zone_id *id)
{
    struct zone *self = core_allocate(sizeof *self);

    self->source = source;
    self->id = *id;
    self->labels = core_name_labels(id->name);
    self->slab = slab_new();
    self->names = trie_new(self->slab, offsetof(struct node, name));
    self->hashes = trie_new(self->slab, offsetof(struct node, name));
    return self;
}

static void
end_options(struct zone *self)
{
    free(self->reason);
    free(self->fall);
    self->reason = NULL;
    self->fall = NULL;
    self->fall_count = 0;
}

void
zone_destroy(struct zone **self_p)
{
    struct zone *self = *self_p;

    *self_p = NULL;
    if (self == NULL)
        return;
    if (self->pasts != NULL) {
        self->is_over = true;
        return;
    }
    end_options(self);
    free(self->nsec3);
    slab_destroy(&self->slab);          /* with all that is in the tries */
    free(self);
}

void
zone_set_options(struct zone *self, const struct core_zone_options *options)
{
    end_options(self);
    self->flags = options->flags;
    self->reason = core_copy_text(options->reason);
    if (options->fall_count == 0)
        return;
    self->fall_count = options->fall_count;
    self->fall = core_allocate(options->fall_count * sizeof *self->fall);
    for (unsigned i = 0; i < options->fall_count; i++)
        memcpy(self->fall[i], options->fall[i],
               core_name_size(options->fall[i]));
}

void
zone_set_stale(struct zone *self, const char *reason)
{
    free(self->reason);
    self->reason = core_copy_text(reason);
    self->flags |= CORE_ZONE_STALE;
}

/* Counts what a node of the zone is, or no longer is. */
static void
count_node(struct zone *self, const struct node *node, size_t step)
{
    if (node == NULL)
        return;
    if (core_name_is_wildcard(node->name))
        self->wildcards += step;
    if ((node->flags & NODE_DNAME) != 0)
        self->dnames += step;
    if ((node->flags & NODE_NS) != 0
        && core_name_labels(node->name) != self->labels)
        self->cuts += step;
}

/* Applies a change to the node of its owner in one of the tries. */
static void
change_node(struct zone *self, enum past_trie which,
            const struct core_change *change)
{
    trie_t *trie = which == PAST_NAMES ? self->names : self->hashes;
    bool keep = (self->flags & CORE_ZONE_HOSTS) != 0;
    struct key key;

    key_make(&key, change->owner);

    struct trie_spot spot = trie_look(trie, &key);
    struct node *old = spot.match;

    if (old == NULL && (change->kind == CORE_CHANGE_REMOVE
                        || change->kind == CORE_CHANGE_DELETE))
        return;
    past_keep(self->pasts, which, &key, old);

    struct node *node =
        node_change(self->slab, old, change,
                    keep ? NODE_KEEP_DUPLICATES : NODE_DROP_DUPLICATES);

    if (node != NULL)
        trie_put_at(trie, &key, &spot, node);
    else if (old != NULL)
        trie_remove(trie, &key);
    if (which == PAST_NAMES) {
        count_node(self, old, (size_t) -1);
        count_node(self, node, 1);
    }
    node_destroy(self->slab, &old);
}

/*
 * Signatures come as one RRset for a name.  Those that cover NSEC3 belong to
 * the one trie, all others to the other: each gets its own part.
 */
static void
change_signatures(struct zone *self, const struct core_change *change)
{
    uint8_t *parts[2] = { NULL, NULL };
    size_t sizes[2] = { 0, 0 };
    struct rrset records = {
        .size = (uint32_t) change->rdatas_size, .rdatas = change->rdatas,
    };
    size_t size;
    const uint8_t *rdata;

    for (int i = 0; i < 2; i++)
        parts[i] = core_allocate(change->rdatas_size);
    for (size_t offset = 0;
         (rdata = rrset_next(&records, &offset, &size)) != NULL;) {
        if (!rdata_is_sound(CORE_RRSIG, rdata, size))
            continue;

        enum past_trie which =
            rdata_covered(rdata) == CORE_NSEC3 ? PAST_HASHES : PAST_NAMES;

        memcpy(parts[which] + sizes[which], rdata - 2, size + 2);
        sizes[which] += size + 2;
    }
    for (enum past_trie i = PAST_NAMES; i <= PAST_HASHES; i++) {
        struct core_change part = *change;

        part.rdatas = parts[i];
        part.rdatas_size = sizes[i];
        if (sizes[i] > 0 || change->kind == CORE_CHANGE_PUT
            || change->kind == CORE_CHANGE_DELETE)
            change_node(self, i, &part);
        free(parts[i]);
    }
}

void
zone_change(struct zone *self, const struct core_change *change)
{
    bool deletes = change->kind == CORE_CHANGE_DELETE;
    bool is_meta = change->type == 0 || change->type == CORE_OPT
        || (change->type >= TYPE_META && change->type <= CORE_ANY);

    if (!core_name_is_below(change->owner, self->id.name))
        return;
    if (deletes && change->type == CORE_ANY) {
        change_node(self, PAST_NAMES, change);
        change_node(self, PAST_HASHES, change);
    } else if (change->kind == CORE_CHANGE_NAME) {
        change_node(self, PAST_NAMES, change);
    } else if (is_meta) {
        return;
    } else if (change->type == CORE_RRSIG) {
        change_signatures(self, change);
    } else {
        change_node(self, change->type == CORE_NSEC3 ? PAST_HASHES
                    : PAST_NAMES, change);
    }
}

static void
settle_soa(struct zone *self)
{
    struct rrset soa;

    self->has_soa = self->apex != NULL
        && node_find(self->apex, CORE_SOA, &soa);
    self->serial = 0;
    self->negative_ttl = 0;
    if (!self->has_soa)
        return;

    const uint8_t *fixed = rrset_first(&soa);

    fixed += core_name_size(fixed);
    fixed += core_name_size(fixed);
    self->serial = core_read32(fixed);
    self->negative_ttl = core_read32(fixed + 16);
    if (self->negative_ttl > soa.ttl)
        self->negative_ttl = soa.ttl;
}

/* The parameters of the chain to use: of a hash that we know, and complete
   (flags zero, RFC 5155 section 4.1.2). */
static bool
find_nsec3(const struct zone *self, struct zone_nsec3 *nsec3)
{
    struct rrset params;
    size_t size;
    const uint8_t *rdata;

    if (self->apex == NULL
        || !node_find(self->apex, CORE_NSEC3PARAM, &params))
        return false;
    for (size_t offset = 0;
         (rdata = rrset_next(&params, &offset, &size)) != NULL;) {
        if (rdata[0] != NSEC3_SHA1 || rdata[1] != 0)
            continue;
        nsec3->iterations = core_read16(rdata + 2);
        nsec3->salt_size = rdata[4];
        memcpy(nsec3->salt, rdata + 5, rdata[4]);
        return true;
    }
    return false;
}

static void
settle_denial(struct zone *self)
{
    struct zone_nsec3 nsec3;

    free(self->nsec3);
    self->nsec3 = NULL;
    self->denial = ZONE_UNSIGNED;
    if (self->apex != NULL && (self->apex->flags & NODE_NSEC) != 0) {
        self->denial = ZONE_NSEC;
    } else if (trie_count(self->hashes) > 0 && find_nsec3(self, &nsec3)) {
        self->denial = ZONE_NSEC3;
        self->nsec3 = core_allocate(sizeof nsec3);
        *self->nsec3 = nsec3;
    }
}

void
zone_settle(struct zone *self, uint64_t version)
{
    self->version = version;
    self->apex = zone_find(self, self->id.name);
    settle_soa(self);
    settle_denial(self);
}

bool
zone_falls_through(const struct zone *self, const uint8_t *name)
{
    if ((self->flags & CORE_ZONE_FALLTHROUGH) == 0)
        return false;
    if (self->fall_count == 0)
        return true;
    for (unsigned i = 0; i < self->fall_count; i++)
        if (core_name_is_below(name, self->fall[i]))
            return true;
    return false;
}

const struct node *
zone_find(const struct zone *self, const uint8_t *name)
{
    struct key key;

    key_make(&key, name);
    return trie_find(self->names, &key);
}

size_t
zone_names(const struct zone *self)
{
    return trie_count(self->names);
}
