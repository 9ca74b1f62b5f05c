/*
 * labels - questions in which a label stands for any other
 *
 * In a zone with the option CORE_ZONE_LABELS a label "*" or "any" below its
 * top fits every label.  Such a name has the records of all names that fit it,
 * each once.  The weights of SRV records are made anew: shares of a hundred
 * within their priority, at least 1.
 */

#ifndef AUTHORITY_LABELS_H
#define AUTHORITY_LABELS_H

#include <stdbool.h>
#include <stdint.h>

#include "authority/zone.h"

#define LABELS_STEPS 16384              /* names looked for and records read
                                           for a question, at most */
#define LABELS_SIZE 65536               /* octets of rdata, at most */

struct labels {
    bool exceeded;                      /* there is more than the limits; what
                                           is here is not all of it */
    unsigned steps;                     /* at work */
    bool exists;                        /* what is right of the first such
                                           label is a name of the zone */
    const struct node *node;            /* the first one that has records of
                                           the type; or NULL */
    struct rrset rrset;                 /* all of them; in bytes */
    const struct node *alias;           /* the first one that has a CNAME */
    uint8_t bytes[LABELS_SIZE];
};

/* Says whether the name, in the zone, has such a label. */
bool
    labels_are_open(const struct zone *zone, const uint8_t *name);

/* Gathers the records of a type at the names that fit. */
void
    labels_gather(struct labels *self, const struct zone *zone,
                  const uint8_t *name, uint16_t type);

#endif
