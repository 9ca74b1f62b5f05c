/*
 * node - a name of a zone with all its records, in one piece of memory
 *
 *   head | owner name | RRset | RRset | ...      RRset: head | rdata | rdata
 *
 * An RRset's head says type, count, TTL and size; each rdata stands behind its
 * size (16 bits, network order), uncompressed, as the feeds bring it.  The
 * signatures of a name are one RRset for each type that they cover.
 *
 * A node is never changed: node_change() makes another one of it.
 */

#ifndef AUTHORITY_NODE_H
#define AUTHORITY_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authority/slab.h"
#include "coredns/feed.h"

enum node_flag {                        /* it has such records */
    NODE_NS = 0x01, NODE_CNAME = 0x02, NODE_DNAME = 0x04, NODE_SOA = 0x08,
    NODE_NSEC = 0x10, NODE_DS = 0x20,
    NODE_KEPT = 0x40,                   /* the name exists without records
                                           too */
};

struct node {
    uint32_t size;                      /* of all of it */
    uint16_t rrsets;
    uint8_t flags;                      /* enum node_flag */
    uint8_t name_size;
    uint8_t name[];                     /* then the RRsets */
};

/* One RRset of a node, unpacked. */
struct rrset {
    uint16_t type;
    uint16_t covered;                   /* of RRSIG: the type; otherwise 0 */
    uint32_t count;
    uint32_t ttl;
    uint32_t size;                      /* of rdatas */
    const uint8_t *rdatas;              /* lent from the node */
};

enum node_duplicates { NODE_DROP_DUPLICATES, NODE_KEEP_DUPLICATES };

/*
 * Makes the node that results from a change to the old one (NULL: the name has
 * no records), which is left as it is.  Records that are not sound are left
 * out.  Returns NULL when no record remains and the name is not kept.
 */
struct node *
    node_change(slab_t *slab, const struct node *old,
                const struct core_change *change,
                enum node_duplicates duplicates);

/* Gives a node back to the slab; it may be NULL. */
void
    node_destroy(slab_t *slab, struct node **self_p);

/* Each RRset in turn: *offset starts at 0; false at the end. */
bool
    node_next(const struct node *self, size_t *offset, struct rrset *rrset);

/* The RRset of a type (not RRSIG); false when there is none. */
bool
    node_find(const struct node *self, uint16_t type, struct rrset *rrset);

/* The signatures that cover a type. */
bool
    node_signatures(const struct node *self, uint16_t covered,
                    struct rrset *rrset);

/* Each rdata in turn: *offset starts at 0.  Returns NULL at the end. */
static inline const uint8_t *
rrset_next(const struct rrset *rrset, size_t *offset, size_t *size)
{
    const uint8_t *at = rrset->rdatas + *offset;

    if (*offset >= rrset->size)
        return NULL;
    *size = (size_t) at[0] << 8 | at[1];
    *offset += 2 + *size;
    return at + 2;
}

/* The first rdata of an RRset; all have one. */
static inline const uint8_t *
rrset_first(const struct rrset *rrset)
{
    return rrset->rdatas + 2;
}

#endif
