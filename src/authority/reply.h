/*
 * reply - RRsets of zones on their way into a message
 *
 * Writes whole RRsets or nothing of them, with their signatures when the
 * client wants DNSSEC, each once; and notes the names whose addresses belong
 * into the additional section, which is written last.
 */

#ifndef AUTHORITY_REPLY_H
#define AUTHORITY_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "authority/node.h"
#include "authority/zone.h"
#include "coredns/writer.h"

#define REPLY_WRITTEN 64                /* RRsets that are remembered */
#define REPLY_TARGETS 64                /* names for additional records */

struct reply_written {
    const struct node *node;
    uint16_t type;
};

struct reply_target {
    const struct zone *zone;
    const uint8_t *name;                /* lent from a node or the caller */
    uint16_t service;                   /* type wanted besides addresses, or
                                           0 */
};

struct reply {
    struct core_writer *writer;         /* lent */
    bool dnssec_ok;
    bool truncated;                     /* an RRset did not fit */
    unsigned written_count;
    struct reply_written written[REPLY_WRITTEN];
    unsigned target_count;
    struct reply_target targets[REPLY_TARGETS];
};

void
    reply_start(struct reply *self, struct core_writer *writer,
                bool dnssec_ok);

/*
 * Writes the RRset with its signatures.  owner is the node's name or, of a
 * wildcard, the name that it stands for.  An RRset that was written before
 * under the node's own name is not written again.
 */
void
    reply_rrset(struct reply *self, enum core_section section,
                const struct node *node, const uint8_t *owner,
                const struct rrset *rrset);

/* The RRset of a type, if the node has it; says whether it has. */
bool
    reply_type(struct reply *self, enum core_section section,
               const struct node *node, const uint8_t *owner, uint16_t type);

/* The zone's SOA for a negative answer, with that TTL. */
void
    reply_soa(struct reply *self, const struct zone *zone, uint32_t ttl);

/* One record of our own making, without signatures. */
void
    reply_record(struct reply *self, enum core_section section,
                 const uint8_t *owner, uint16_t type, uint32_t ttl,
                 const uint8_t *rdata, size_t rdata_size);

/* Notes the targets in an RRset of the zone that was written under owner. */
void
    reply_note_targets(struct reply *self, const struct zone *zone,
                       const uint8_t *owner, const struct rrset *rrset);

/* Writes the addresses that the zones have for the targets noted. */
void
    reply_additional(struct reply *self);

#endif
