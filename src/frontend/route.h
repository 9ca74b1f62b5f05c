/*
 * route - which chain of stages serves which names
 *
 * The route of the longest zone that the name lies in is the one.  A DS record
 * belongs to the parent (RFC 4035 section 3.1.4.1): a question for the DS of a
 * route's own zone goes to the next shorter route, when there is one.
 */

#ifndef FRONTEND_ROUTE_H
#define FRONTEND_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#define ROUTE_NONE UINT32_MAX

typedef struct route_table route_table_t;

/* Makes an empty table that is to hold at most so many zones. */
route_table_t *
    route_table_new(size_t zones);

void
    route_table_destroy(route_table_t **self_p);

/*
 * Adds a zone (wire form, small letters, lent) that leads to target.  Returns
 * -1 when the table has the zone already: then nothing changes.
 */
int
    route_table_add(route_table_t *self, const uint8_t *zone, uint32_t target);

/*
 * The target for a question, or ROUTE_NONE.  *zone (when not NULL) is set to
 * the zone that matched.  The name may have letters of any case.
 */
uint32_t
    route_table_find(const route_table_t *self, const uint8_t *qname,
                     uint16_t qtype, const uint8_t **zone);

#endif
