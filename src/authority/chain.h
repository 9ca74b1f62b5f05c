/*
 * chain - the names that a question leads to
 *
 * The name of the question, then the target of each CNAME or DNAME on the way.
 * A chain ends when a name comes a second time (the loop is shown once around)
 * or when it has CHAIN_LINKS: so many that names which grow with each DNAME
 * still make no more compression pointers in a row than readers accept.
 */

#ifndef AUTHORITY_CHAIN_H
#define AUTHORITY_CHAIN_H

#include "authority/find.h"
#include "authority/zone.h"

#define CHAIN_LINKS 13                  /* 12 aliases and their target */

struct link {
    const uint8_t *name;
    const struct zone *zone;            /* that spoke for it; NULL: none */
    struct found found;                 /* what it said */
    uint8_t made[CORE_NAME_SIZE];       /* the name, when a DNAME made it */
};

struct chain {
    unsigned count;
    struct link links[CHAIN_LINKS];
};

/* A chain of one name, lent. */
void
    chain_start(struct chain *self, const uint8_t *name);

static inline struct link *
chain_last(struct chain *self)
{
    return &self->links[self->count - 1];
}

/* Adds a name, lent.  Returns false when the chain ends here. */
bool
    chain_add(struct chain *self, const uint8_t *name);

/*
 * Puts target in place of the last labels of the chain's last name, those of
 * owner (RFC 6672 section 2.3), into made.  Returns false when the result
 * would be too long for a name.
 */
bool
    chain_substitute(const struct chain *self, const uint8_t *owner,
                     const uint8_t *target, uint8_t made[CORE_NAME_SIZE]);

#endif
