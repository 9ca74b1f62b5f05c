/*
 * making - an answer that is being made
 *
 * The records of a rule's texts, in their order; behind an alias, the records
 * that its target was found to have.
 */

#ifndef TEMPLATE_MAKING_H
#define TEMPLATE_MAKING_H

#include "coredns/batch.h"
#include "coredns/writer.h"
#include "lib/arena.h"
#include "template/metrics.h"
#include "template/rule.h"

/* A record, and what was found at its target. */
struct making_piece {
    enum core_section section;
    const uint8_t *owner;
    uint16_t type, rrclass;
    uint32_t ttl;
    const uint8_t *rdata;
    size_t rdata_size;
    const uint8_t *found;               /* a message; NULL: nothing */
    size_t found_size;
};

struct making {
    core_arena_t *memory;
    unsigned rcode;
    uint16_t ede;                       /* CORE_EDE_NONE: none */
    char *ede_text;                     /* or NULL */
    struct making_piece *pieces;
    size_t count;
};

/*
 * Carries out the rule's texts for the query it has matched.  Returns NULL and
 * a fault when one of them fails, which is counted.
 */
struct making *
    making_new(const struct rule *rule, const struct rule_match *match,
               const char *name, const struct core_message *query,
               const struct core_record *record, metrics_t *metrics,
               struct core_fault *fault);
void
    making_destroy(struct making **self_p);

/* The piece is an alias whose target must be looked up for such a question. */
bool
    making_must_look_up(const struct making_piece *piece, uint16_t qtype);

/* Keeps what was found; reply may be NULL. */
void
    making_found(struct making *self, struct making_piece *piece,
                 const struct core_message *reply);

/* Writes the whole answer; its EDE is left to the caller. */
void
    making_write(const struct making *self, struct core_writer *writer);

#endif
