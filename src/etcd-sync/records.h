/*
 * records - the RRsets of a name, made of the services that answer for it
 *
 * Addresses, aliases, SRV with weights out of a hundred within a priority, MX
 * for mail, TXT, and PTR below arpa; at the top of a zone SOA, NS from its
 * ns.dns, and addresses from its apex.dns if that exists.
 *
 * A host that is a name makes an alias where it is the only one and there is
 * no address: a name has one alias or none, and addresses are not beside it
 * (RFC 1034 section 3.6.2).  In all other cases the addresses of hosts in our
 * zones join those of the name itself, and the first host outside becomes the
 * alias for those types of which the name has nothing.  An alias into our
 * zones that leads to no address, or back, is left out.
 */

#ifndef ETCD_SYNC_RECORDS_H
#define ETCD_SYNC_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/feed.h"
#include "etcd-sync/tree.h"
#include "etcd-sync/zones.h"

#define RECORDS_CHAIN 8                 /* aliases in a row, at most */
#define RECORDS_SIZE 65535              /* octets of an RRset: no message could
                                           hold a larger one, which is left
                                           out */

/* What is said where services say nothing, and of the zones themselves. */
struct records_style {
    uint32_t ttl_seconds;               /* of services without TTL and lease */
    uint32_t negative_seconds;          /* minimum of the SOA, and its TTL */
    uint32_t refresh_seconds, retry_seconds, expire_seconds;
    uint16_t priority;                  /* of services without one */
    bool has_hostmaster;                /* else: hostmaster of the zone */
    bool has_local;
    uint8_t hostmaster[CORE_NAME_SIZE];
    uint8_t local[CORE_NAME_SIZE];      /* local.dns of the zone stands for it,
                                           where its node is TREE_LOCAL */
};

/* As CoreDNS has it. */
extern const struct records_style records_usual_style;

typedef struct records records_t;

/* All is lent. */
records_t *
    records_new(tree_t *tree, const zones_t *zones,
                const struct records_style *style);

void
    records_destroy(records_t **self_p);

/* Makes the RRsets of a node in one of the zones.  The former ones end. */
void
    records_make(records_t *self, const struct tree_node *node,
                 uint32_t serial);

/* What of the services is in no record: TREE_TOO_LARGE, TREE_TOO_MANY_HOSTS. */
unsigned
    records_left_out(const records_t *self);

/* Makes only the SOA of a zone. */
void
    records_make_soa(records_t *self, const struct zone *zone,
                     uint32_t serial);

/* Each RRset in turn, or that the name exists without any: *index starts at 0;
   false at the end.  Lent. */
bool
    records_next(const records_t *self, size_t *index,
                 struct core_change *change);

/* A hash of all RRsets but the SOA, and of all that aliases of the name lead
   to; never 0.  While it is the same, so is what other names make of this. */
uint64_t
    records_hash(const records_t *self);

#endif
