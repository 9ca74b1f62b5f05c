/*
 * reply - RRsets of zones on their way into a message
 */

#include "authority/reply.h"

#include <string.h>

#include "authority/rdata.h"
#include "coredns/rrtype.h"

void
reply_start(struct reply *self, struct core_writer *writer, bool dnssec_ok)
{
    self->writer = writer;
    self->dnssec_ok = dnssec_ok;
    self->truncated = false;
    self->written_count = 0;
    self->target_count = 0;
}

static bool
was_written(const struct reply *self, const struct node *node, uint16_t type)
{
    for (unsigned i = 0; i < self->written_count; i++)
        if (self->written[i].node == node && self->written[i].type == type)
            return true;
    return false;
}

static void
note_written(struct reply *self, const struct node *node, uint16_t type)
{
    if (self->written_count == REPLY_WRITTEN)
        return;
    self->written[self->written_count].node = node;
    self->written[self->written_count++].type = type;
}

/* All records of an RRset; false when one does not fit. */
static bool
write_rrset(struct core_writer *writer, enum core_section section,
            const uint8_t *owner, const struct rrset *rrset, uint32_t ttl)
{
    size_t size;
    const uint8_t *rdata;

    for (size_t offset = 0;
         (rdata = rrset_next(rrset, &offset, &size)) != NULL;)
        if (!core_writer_rr(writer, section, owner, rrset->type, CORE_IN,
                            ttl, rdata, size))
            return false;
    return true;
}

static void
write_signed(struct reply *self, enum core_section section,
             const struct node *node, const uint8_t *owner,
             const struct rrset *rrset, uint32_t ttl)
{
    struct core_writer *writer = self->writer;
    struct core_writer mark = *writer;
    struct rrset signatures;
    bool fits = write_rrset(writer, section, owner, rrset, ttl);

    if (fits && self->dnssec_ok
        && node_signatures(node, rrset->type, &signatures))
        fits = write_rrset(writer, section, owner, &signatures, ttl);
    if (fits)
        return;
    core_writer_rewind(writer, &mark);
    self->truncated = self->truncated || section != CORE_ADDITIONAL;
}

void
reply_rrset(struct reply *self, enum core_section section,
            const struct node *node, const uint8_t *owner,
            const struct rrset *rrset)
{
    if (owner == node->name || core_name_equal(owner, node->name)) {
        if (was_written(self, node, rrset->type))
            return;
        note_written(self, node, rrset->type);
    }
    write_signed(self, section, node, owner, rrset, rrset->ttl);
}

bool
reply_type(struct reply *self, enum core_section section,
           const struct node *node, const uint8_t *owner, uint16_t type)
{
    struct rrset rrset;

    if (!node_find(node, type, &rrset))
        return false;
    reply_rrset(self, section, node, owner, &rrset);
    return true;
}

void
reply_soa(struct reply *self, const struct zone *zone, uint32_t ttl)
{
    struct rrset soa;

    if (zone->has_soa && node_find(zone->apex, CORE_SOA, &soa))
        write_signed(self, CORE_AUTHORITY, zone->apex, zone->apex->name, &soa,
                     ttl);
}

void
reply_record(struct reply *self, enum core_section section,
             const uint8_t *owner, uint16_t type, uint32_t ttl,
             const uint8_t *rdata, size_t rdata_size)
{
    if (!core_writer_rr(self->writer, section, owner, type, CORE_IN, ttl,
                        rdata, rdata_size))
        self->truncated = true;
}

static void
note_target(struct reply *self, const struct zone *zone, const uint8_t *name,
            uint16_t service)
{
    struct reply_target *target = &self->targets[self->target_count];

    if (self->target_count == REPLY_TARGETS || *name == 0)
        return;
    target->zone = zone;
    target->name = name;
    target->service = service;
    self->target_count++;
}

/* RFC 9460: in AliasMode the target may be a service itself (section 4.1) and
   "." means that there is none; in ServiceMode "." is the owner (2.5). */
static void
note_service(struct reply *self, const struct zone *zone,
             const uint8_t *owner, uint16_t type, const uint8_t *rdata)
{
    const uint8_t *target = rdata_target(type, rdata);
    bool is_alias = rdata[0] == 0 && rdata[1] == 0;

    if (is_alias)
        note_target(self, zone, target, type);
    else
        note_target(self, zone, *target != 0 ? target : owner, 0);
}

void
reply_note_targets(struct reply *self, const struct zone *zone,
                   const uint8_t *owner, const struct rrset *rrset)
{
    size_t size;
    const uint8_t *rdata;

    for (size_t offset = 0;
         (rdata = rrset_next(rrset, &offset, &size)) != NULL;) {
        const uint8_t *target = rdata_target(rrset->type, rdata);

        if (target == NULL)
            return;
        if (rrset->type == CORE_SVCB || rrset->type == CORE_HTTPS)
            note_service(self, zone, owner, rrset->type, rdata);
        else
            note_target(self, zone, target, 0);
    }
}

void
reply_additional(struct reply *self)
{
    for (unsigned i = 0; i < self->target_count; i++) {
        const struct reply_target *target = &self->targets[i];
        const struct node *node = zone_find(target->zone, target->name);

        if (node == NULL)
            continue;
        reply_type(self, CORE_ADDITIONAL, node, node->name, CORE_A);
        reply_type(self, CORE_ADDITIONAL, node, node->name, CORE_AAAA);
        if (target->service != 0)
            reply_type(self, CORE_ADDITIONAL, node, node->name,
                       target->service);
    }
}
