/*
 * denial - proofs that something does not exist
 *
 * Each record is written once, for one often serves twice: reply_rrset() sees
 * to that.  A chain with holes gives what it has.
 */

#include "authority/denial.h"

#include "authority/hash.h"
#include "coredns/rrtype.h"

#define COVER_STEPS 32                  /* names without NSEC to step over */

/* What all steps of one proof need. */
struct proof {
    struct reply *reply;
    const struct zone *zone;
    const uint8_t *name;
    const struct found *found;
};

/* The part of name that has so many labels. */
static const uint8_t *
ancestor(const uint8_t *name, unsigned labels)
{
    return core_name_skip(name, core_name_labels(name) - labels);
}

static void
write_node(const struct proof *proof, const struct node *node, uint16_t type)
{
    if (node != NULL)
        reply_type(proof->reply, CORE_AUTHORITY, node, node->name, type);
}

/* ---- NSEC ---------------------------------------------------------------- */

/* The cut or DNAME that hides a name; NULL when nothing does. */
static const struct node *
hidden_by(const struct zone *zone, const uint8_t *name)
{
    struct key key;
    struct found found;

    key_make(&key, name);
    find_name(zone, &key, FIND_PARENT_SIDE, &found);
    if (found.kind != FIND_CUT && found.kind != FIND_DNAME)
        return NULL;
    return found.node;
}

/*
 * The NSEC record with the greatest owner at or before name.  The trie also
 * has names that have none: what lies below a cut, which one step leaves.
 */
static const struct node *
covering_nsec(const struct zone *zone, const uint8_t *name)
{
    for (unsigned i = 0; i < COVER_STEPS; i++) {
        struct key key;

        key_make(&key, name);

        const struct node *node = trie_before(zone->names, &key);

        if (node == NULL || (node->flags & NODE_NSEC) != 0)
            return node;

        const struct node *above = hidden_by(zone, node->name);

        if (above != NULL && (above->flags & NODE_NSEC) != 0)
            return above;
        name = above != NULL ? above->name : node->name;
    }
    return NULL;
}

static void
cover_with_nsec(const struct proof *proof, const uint8_t *name)
{
    write_node(proof, covering_nsec(proof->zone, name), CORE_NSEC);
}

/* No wildcard either: it would stand below the closest encloser. */
static void
cover_wildcard_with_nsec(const struct proof *proof)
{
    uint8_t wildcard[CORE_NAME_SIZE];

    if (find_wildcard_name(wildcard, proof->name, proof->found->shared))
        cover_with_nsec(proof, wildcard);
}

static void
write_nsec(const struct proof *proof, enum denial_kind kind)
{
    const struct node *node = proof->found->node;

    switch (kind) {
    case DENIAL_NAME:
        cover_with_nsec(proof, proof->name);
        cover_wildcard_with_nsec(proof);
        break;
    case DENIAL_TYPE:
    case DENIAL_DS:
        if (node != NULL)
            write_node(proof, node, CORE_NSEC);
        else
            cover_with_nsec(proof, proof->name);
        break;
    case DENIAL_WILDCARD:
        cover_with_nsec(proof, proof->name);
        break;
    case DENIAL_WILDCARD_TYPE:
        cover_with_nsec(proof, proof->name);
        if (node != NULL)
            write_node(proof, node, CORE_NSEC);
        else
            cover_wildcard_with_nsec(proof);
        break;
    }
}

/* ---- NSEC3 --------------------------------------------------------------- */

/* The NSEC3 node whose owner is the hash of name, or NULL. */
static const struct node *
matching_nsec3(const struct proof *proof, const uint8_t *name)
{
    uint8_t owner[CORE_NAME_SIZE];
    struct key key;

    if (!hash_owner(proof->zone, name, owner))
        return NULL;
    key_make(&key, owner);
    return trie_find(proof->zone->hashes, &key);
}

static void
cover_with_nsec3(const struct proof *proof, const uint8_t *name)
{
    uint8_t owner[CORE_NAME_SIZE];
    struct key key;

    if (!hash_owner(proof->zone, name, owner))
        return;
    key_make(&key, owner);

    const struct node *node = trie_before(proof->zone->hashes, &key);

    /* The last of the chain leads back to the first. */
    if (node == NULL)
        node = trie_last(proof->zone->hashes);
    write_node(proof, node, CORE_NSEC3);
}

/*
 * The closest encloser proof (RFC 5155 section 7.2.1): the nearest name above
 * that has an NSEC3 record (with opt-out not all that exist have one), and a
 * cover of the next closer name.  Returns the labels of that encloser.
 */
static unsigned
prove_encloser(const struct proof *proof, unsigned labels)
{
    const struct node *node = NULL;

    for (; labels >= proof->zone->labels; labels--) {
        node = matching_nsec3(proof, ancestor(proof->name, labels));
        if (node != NULL || labels == 0)
            break;
    }
    if (node == NULL)
        return proof->zone->labels;
    write_node(proof, node, CORE_NSEC3);
    cover_with_nsec3(proof, ancestor(proof->name, labels + 1));
    return labels;
}

static void
cover_next_closer(const struct proof *proof)
{
    cover_with_nsec3(proof,
                     ancestor(proof->name, proof->found->shared + 1));
}

/* The name exists; only opt-out leaves it without a record of its own. */
static void
match_or_prove_encloser(const struct proof *proof)
{
    const struct node *node = matching_nsec3(proof, proof->name);
    unsigned labels = core_name_labels(proof->name);

    if (node != NULL)
        write_node(proof, node, CORE_NSEC3);
    else if (labels > proof->zone->labels)
        prove_encloser(proof, labels - 1);
}

static void
write_nsec3(const struct proof *proof, enum denial_kind kind)
{
    uint8_t wildcard[CORE_NAME_SIZE];
    unsigned labels = proof->found->shared;

    switch (kind) {
    case DENIAL_NAME:
        labels = prove_encloser(proof, labels);
        if (find_wildcard_name(wildcard, proof->name, labels))
            cover_with_nsec3(proof, wildcard);
        break;
    case DENIAL_TYPE:
    case DENIAL_DS:
        match_or_prove_encloser(proof);
        break;
    case DENIAL_WILDCARD:
        cover_next_closer(proof);
        break;
    case DENIAL_WILDCARD_TYPE:
        prove_encloser(proof, labels);
        if (find_wildcard_name(wildcard, proof->name, labels))
            write_node(proof, matching_nsec3(proof, wildcard), CORE_NSEC3);
        break;
    }
}

bool
denial_write(struct reply *reply, const struct zone *zone,
             enum denial_kind kind, const uint8_t *name,
             const struct found *found)
{
    struct proof proof = {
        .reply = reply, .zone = zone, .name = name, .found = found,
    };

    if (zone->denial == ZONE_NSEC) {
        write_nsec(&proof, kind);
    } else if (zone->denial == ZONE_NSEC3) {
        if (zone->nsec3->iterations > DENIAL_ITERATIONS)
            return false;
        write_nsec3(&proof, kind);
    }
    return true;
}
